// Starts every part of the page's behaviour. Parts listen on the document, so that fragments that htmx
// swaps in work without being told; what must be set up per element is set up again after each swap.
import "./toasts.js";
import "./dialog.js";
import "./selection.js";
import "./menus.js";
import "./theme.js";
import "./copy.js";
import "./print.js";
import "./back.js";
import "./composer.js";
import "./batch.js";
import "./tags.js";
import { guardForms } from "./unsaved.js";
import { startHotkeys } from "./hotkeys.js";
import { countCharacters } from "./counter.js";
import { reveal } from "./reveal.js";
import { showOpenTab } from "./tabs.js";

async function enrich(root) {
  countCharacters(root);
  reveal(root);
  guardForms(root);
  showOpenTab(root);
  root.querySelector("[data-autofocus]")?.focus();
  if (root.querySelector("select[data-rich]")) (await import("./select.js")).enrichSelects(root);
  if (root.querySelector("[data-drop]")) (await import("./filedrop.js")).takeFiles(root);
  if (root.querySelector("[data-countdown]")) (await import("./countdown.js")).countDown(root);
  if (root.querySelector("[data-chart]")) (await import("./charts.js")).drawCharts(root);
}

enrich(document);
startHotkeys();
document.addEventListener("htmx:afterSettle", (event) => enrich(event.target));
if (document.getElementById("tour-data")) import("./tour.js").then((tour) => tour.prepare());
const beacon = document.querySelector("[data-beacon]");
if (beacon) import("./beacon.js").then((module) => module.announce(beacon));
