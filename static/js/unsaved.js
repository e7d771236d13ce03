// Warns before a page with half-typed input is left: forms marked data-unsaved.
const changed = new Set();
const known = new WeakMap();

function state(form) {
  return JSON.stringify([...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string"));
}

export function guardForms(root) {
  for (const form of root.querySelectorAll("form[data-unsaved]")) {
    if (!known.has(form)) known.set(form, state(form));
  }
}

export function hasUnsaved() {
  return [...changed].some((form) => form.isConnected);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || !known.has(form)) return;
  if (state(form) === known.get(form)) changed.delete(form);
  else changed.add(form);
});
document.addEventListener("submit", (event) => changed.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  if (hasUnsaved()) event.preventDefault();
});
