// Back leads to the list as it was left: its search, filters and page. A list page remembers its own address
// for this tab; a[data-back] whose address is that list then leads there. Without script it opens the bare list.
const key = (path) => `list:${path}`;

function remember() {
  if (document.getElementById("results")) sessionStorage.setItem(key(location.pathname), location.search);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-back]");
  if (!link) return;
  const kept = sessionStorage.getItem(key(link.pathname));
  if (kept && !link.search) link.search = kept;
}, true);

document.addEventListener("htmx:pushedIntoHistory", remember);
document.addEventListener("htmx:replacedInHistory", remember);
remember();
