// Rows that are ticked: highlighted, counted, editable. Everything is read from the boxes themselves, so a
// swapped fragment or a reload shows the same. Hooks: [data-select-row] in each row, [data-select-page] in
// the head, [data-selected-count] for the number, [data-update-selected] on what acts on the selection.
import { toast } from "./toasts.js";

const ROW = "[data-select-row]";
const FIELDS = ".cell-edit :is(input, select, textarea)";
let lastPressed = null;

const scopeOf = (element) => element.closest("[data-batch], [data-selection]") ?? document;
const boxes = (scope) => [...scope.querySelectorAll(ROW)].filter((box) => !box.disabled);

function stored(field) {
  if ("stored" in field.dataset) return field.dataset.stored;
  if (field instanceof HTMLSelectElement) return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value;
  return field.defaultValue;
}

function restore(row) {
  for (const field of row.querySelectorAll(FIELDS)) {
    if (field.type === "checkbox") field.checked = field.defaultChecked;
    else field.value = stored(field);
  }
}

function edited(scope = document) {
  return [...scope.querySelectorAll(`.is-selected ${FIELDS}`)]
    .some((field) => (field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== stored(field)));
}

function showRow(box) {
  const row = box.closest("tr");
  if (!row) return;
  row.classList.toggle("is-selected", box.checked);
  row.setAttribute("aria-selected", String(box.checked));
  for (const field of row.querySelectorAll(FIELDS)) field.disabled = !box.checked;
}

function show(scope) {
  const all = boxes(scope);
  const count = all.filter((box) => box.checked).length;
  all.forEach(showRow);
  for (const head of scope.querySelectorAll("[data-select-page]")) {
    head.hidden = all.length === 0;
    head.checked = count > 0 && count === all.length;
    head.indeterminate = count > 0 && count < all.length;
  }
  for (const place of scope.querySelectorAll("[data-selected-count]")) place.textContent = `${count} selected`;
  for (const button of scope.querySelectorAll("[data-clear-selection]")) button.hidden = count === 0;
  for (const button of scope.querySelectorAll("[data-update-selected]")) {
    button.textContent = `${button.dataset.label} (${count})`;
    button.setAttribute("aria-disabled", String(count === 0));
  }
}

function showAll() {
  const scopes = new Set([...document.querySelectorAll(`${ROW}, [data-select-page]`)].map(scopeOf));
  scopes.forEach(show);
}

function set(box, checked) {
  if (box.checked === checked) return;
  box.checked = checked;
  if (!checked) restore(box.closest("tr"));
}

document.addEventListener("click", (event) => {
  const box = event.target.closest(ROW);
  if (box) {
    const all = boxes(scopeOf(box));
    const [from, to] = [all.indexOf(lastPressed), all.indexOf(box)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) all.slice(from, to + 1).forEach((other) => set(other, box.checked));
    lastPressed = box;
    return;
  }
  const clear = event.target.closest("[data-clear-selection]");
  if (clear) {
    event.preventDefault();
    boxes(scopeOf(clear)).forEach((other) => set(other, false));
    show(scopeOf(clear));
  }
  const button = event.target.closest("[data-update-selected]");
  if (button?.getAttribute("aria-disabled") === "true") {
    event.preventDefault();
    event.stopImmediatePropagation();
    toast(button.dataset.reason, "info");
  }
}, true);

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.matches("[data-select-page]")) boxes(scopeOf(target)).forEach((box) => set(box, target.checked));
  else if (!target.matches(ROW)) return;
  else if (!target.checked) restore(target.closest("tr"));
  show(scopeOf(target));
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.(FIELDS);
  if (field && event.key === "Escape") restore(field.closest("tr"));
});

// Search, paging and leaving clear the selection: asked first when something typed would be lost.
const QUESTION = "Changes on the selected rows have not been saved. Leave them?";
document.addEventListener("htmx:confirm", (event) => {
  if (event.detail.verb !== "get" || event.detail.target?.id === "dialog-body" || !edited()) return;
  if (!globalThis.confirm(QUESTION)) event.preventDefault();
});
let sending = false;
document.addEventListener("submit", () => { sending = true; setTimeout(() => { sending = false; }, 1000); });
window.addEventListener("beforeunload", (event) => {
  if (!sending && edited()) event.preventDefault();
});

document.addEventListener("htmx:afterSettle", showAll);
window.addEventListener("pageshow", showAll);
showAll();
