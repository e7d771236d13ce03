// The look changes at once; the form behind it stores the choice (cookie and preference).
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const choice = event.submitter.value;
  document.documentElement.dataset.bsTheme = choice;
  for (const button of document.querySelectorAll("[data-theme-form] button")) {
    button.setAttribute("aria-pressed", String(button.value === choice));
  }
  const data = new FormData(form);
  data.set("theme", choice);
  fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" } });
});
