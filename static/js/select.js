// A search box for long selects (select[data-rich]); data-rich-url asks the server for the options.
import "../vendor/tom-select/2.6.2/tom-select.complete.min.js";

function settings(select) {
  const url = select.dataset.richUrl;
  const basis = {
    plugins: select.multiple ? { remove_button: { title: "Remove" } } : {},
    maxOptions: 200,
    placeholder: select.dataset.placeholder ?? "",
    hidePlaceholder: true,
  };
  if (!url) return basis;
  return {
    ...basis,
    valueField: "value",
    labelField: "text",
    searchField: [],
    load(query, done) {
      fetch(`${url}${url.includes("?") ? "&" : "?"}q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } })
        .then((answer) => answer.json())
        .then((found) => done(found.results))
        .catch(() => done());
    },
  };
}

export function enrichSelects(root) {
  for (const select of root.querySelectorAll("select[data-rich]:not(.tomselected)")) {
    const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    const rich = new globalThis.TomSelect(select, settings(select));
    select.setAttribute("aria-label", label?.textContent.trim() ?? "Choose");
    label?.setAttribute("for", `${select.id}-ts-control`);
    const described = select.getAttribute("aria-describedby");
    if (described) rich.control_input.setAttribute("aria-describedby", described);
    if (select.getAttribute("aria-invalid")) rich.control_input.setAttribute("aria-invalid", "true");
  }
}
