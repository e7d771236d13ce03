// Shows groups only when they matter: data-show-when="field=one|two" (several values by a bar). What is
// hidden keeps what was typed and is still sent; the server ignores what does not apply. Without script
// everything shows.
function values(form, name) {
  return new FormData(form).getAll(name).map(String);
}

function matches(group) {
  const form = group.closest("form");
  const [name, wanted] = group.dataset.showWhen.split("=");
  return wanted.split("|").some((value) => values(form, name).includes(value));
}

export function reveal(root) {
  for (const group of root.querySelectorAll("[data-show-when]")) group.hidden = !matches(group);
}

document.addEventListener("change", (event) => {
  if (event.target.form) reveal(event.target.form);
});
