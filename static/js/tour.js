// The guided tour of a page: steps come from the server, a step without its target is passed over, and
// where it was left is sent back so that it goes on from there.
import { driver } from "../vendor/driver.js/1.8.0/driver.js";

const FINISHED = -1;
const facts = JSON.parse(document.getElementById("tour-data").textContent);

function visible(step) {
  const target = document.querySelector(step.target);
  return target !== null && target.getClientRects().length > 0;
}

function remember(step) {
  const form = document.querySelector("[data-tour-seen]");
  if (!form) return;
  const data = new FormData(form);
  data.set("step", String(step));
  fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" }, keepalive: true });
  facts.begin = step > 0 ? step : 0;
  document.querySelector(".tour-new")?.remove();
}

function start() {
  const here = facts.steps.map((step, index) => ({ ...step, index })).filter(visible);
  if (!here.length) return;
  const opener = document.activeElement;
  let at = Math.max(here.findIndex((step) => step.index >= facts.begin), 0);
  let finished = false;
  const tour = driver({
    popoverClass: "tour-card",
    animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    showProgress: here.length > 1,
    progressText: "{{current}} of {{total}}",
    nextBtnText: "Next",
    prevBtnText: "Back",
    doneBtnText: "Done",
    stagePadding: 6,
    stageRadius: 10,
    steps: here.map((step) => ({ element: step.target, popover: { title: step.title, description: step.text, side: step.side } })),
    onPopoverRender: ({ title, footer }) => {
      // The library draws them as the header and footer of the whole page.
      for (const part of [title, footer]) part.setAttribute("role", "none");
    },
    onHighlighted: (element, _step, { state }) => {
      at = state.activeIndex ?? at;
      finished = at === here.length - 1;
      // The library marks the target as if it opened the card; on a region that is not allowed.
      for (const name of ["aria-haspopup", "aria-expanded", "aria-controls"]) element?.removeAttribute(name);
    },
    onDestroyed: () => { remember(finished ? FINISHED : here[at].index); opener?.focus?.(); },
  });
  tour.drive(at);
}

export function prepare() {
  document.querySelector("[data-tour-start]")?.addEventListener("click", (event) => { event.preventDefault(); start(); });
  if (facts.start) start();
}
