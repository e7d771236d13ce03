// Keeps the minutes of `data-countdown` true while the page stays open; without it they are as of loading.
const MINUTE = 60_000;

function words(left) {
  const minutes = Math.max(Math.ceil(left / MINUTE), 0);
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

export function countDown(root) {
  for (const place of root.querySelectorAll("[data-countdown]")) {
    const show = () => (place.textContent = words(new Date(place.dataset.countdown) - Date.now()));
    show();
    setInterval(show, MINUTE / 6);
  }
}
