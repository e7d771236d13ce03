// Menus are <details>: a press elsewhere or Escape closes them, and Escape returns the focus.
const MENUS = "details[data-menu][open], details[data-close-outside][open]";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(MENUS)) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.(MENUS) ?? document.querySelector(MENUS);
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A row's menu stands over the table, which scrolls sideways and would cut it off.
function place(menu) {
  const list = menu.querySelector(".dropdown-menu");
  const mark = menu.querySelector("summary").getBoundingClientRect();
  const { style } = list;
  Object.assign(style, { position: "fixed", insetInline: "auto", left: "0", top: "0" });
  const box = list.getBoundingClientRect();
  const below = mark.bottom + 4;
  style.top = `${Math.max(below + box.height > innerHeight ? mark.top - 4 - box.height : below, 4)}px`;
  style.left = `${Math.max(Math.min(mark.right, innerWidth - 4) - box.width, 4)}px`;
}
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".table-wrap details[open]:has(> .dropdown-menu)")) place(event.target);
}, true);
document.addEventListener("scroll", () => {
  for (const menu of document.querySelectorAll(".table-wrap details[open]:has(> .dropdown-menu)")) menu.open = false;
}, { capture: true, passive: true });
