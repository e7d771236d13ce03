// Tabs that do not fit scroll sideways: the one that is open is brought into view, and nothing else moves.
export function showOpenTab(root) {
  for (const tab of root.querySelectorAll(".tabs a[aria-current]")) {
    const row = tab.closest("ul");
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
}
