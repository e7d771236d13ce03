// Tells the server once that the page was really on screen; nothing is stored on the device.
export function announce(element) {
  const send = () => navigator.sendBeacon(element.dataset.beacon);
  if (document.visibilityState === "visible") send();
  else document.addEventListener("visibilitychange", send, { once: true });
}
