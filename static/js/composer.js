// The composer of a conversation: Enter sends and Shift+Enter breaks the line (on devices with a keyboard),
// and a quick badge chooses its status. Hooks: textarea[data-enter-sends], [data-choose][data-choose-for].
const keyboard = globalThis.matchMedia("(pointer: fine)");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (!event.target.matches?.("textarea[data-enter-sends]") || !keyboard.matches) return;
  event.preventDefault();
  event.target.form?.requestSubmit(event.target.form.querySelector("[data-default-submit]"));
});

function mark(select) {
  for (const badge of document.querySelectorAll(`[data-choose-for="${CSS.escape(select.id)}"]`)) {
    badge.setAttribute("aria-pressed", String(badge.dataset.choose === select.value));
  }
}

document.addEventListener("click", (event) => {
  const badge = event.target.closest("[data-choose]");
  const select = badge && document.getElementById(badge.dataset.chooseFor);
  if (!select) return;
  select.value = badge.dataset.choose;
  select.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLSelectElement) mark(event.target);
});
