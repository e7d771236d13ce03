// Counts down the characters of a textarea with maxlength; says so politely when few are left.
const FEW = 20;

function tell(area, place) {
  const left = area.maxLength - area.value.length;
  place.textContent = `${left.toLocaleString("en-GB")} ${left === 1 ? "character" : "characters"} left`;
  place.setAttribute("aria-live", left <= FEW ? "polite" : "off");
}

export function countCharacters(root) {
  for (const area of root.querySelectorAll("textarea[data-counter]")) {
    const place = document.getElementById(area.dataset.counter);
    if (place) tell(area, place);
  }
}

document.addEventListener("input", (event) => {
  const place = event.target.dataset?.counter && document.getElementById(event.target.dataset.counter);
  if (place) tell(event.target, place);
});
