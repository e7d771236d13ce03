// Short messages: from the page (Django's messages) and from answers (HX-Trigger: {"toast": …}).
const STAY = 6000;
const template = document.getElementById("toast-template");

function list() {
  return document.querySelector("[data-toasts]");
}

function leave(note) {
  note.dataset.leaving = "";
  setTimeout(() => note.remove(), 260);
}

// A good message leaves after six seconds in which nobody points at it or has the focus in it.
function fadeLater(note) {
  if (!["success", "info", "debug"].includes(note.dataset.level)) return;
  let timer;
  const start = () => { clearTimeout(timer); timer = setTimeout(() => leave(note), STAY); };
  const stop = () => clearTimeout(timer);
  note.addEventListener("mouseenter", stop);
  note.addEventListener("focusin", stop);
  note.addEventListener("mouseleave", start);
  note.addEventListener("focusout", start);
  start();
}

export function toast(message, level = "success") {
  const place = list();
  if (!place || !template || !message) return;
  const note = template.content.firstElementChild.cloneNode(true);
  note.dataset.level = level;
  note.querySelector("[data-toast-text]").textContent = message;
  place.append(note);
  fadeLater(note);
}

// Messages that came with the page are put in again, since a live region announces only what changes.
for (const note of document.querySelectorAll("[data-toasts] [data-toast]")) {
  const { parentElement } = note;
  note.remove();
  requestAnimationFrame(() => { parentElement.append(note); fadeLater(note); });
}

document.addEventListener("toast", (event) => toast(event.detail.message, event.detail.level));
document.addEventListener("click", (event) => {
  const note = event.target.closest("[data-toast-close]")?.closest("[data-toast]");
  if (note) leave(note);
});
document.addEventListener("htmx:sendError", () => {
  toast("The server could not be reached. Check your connection and try again.", "error");
});
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 500) toast("Something went wrong on our side. Nothing has been changed on this page.", "error");
  else if (!xhr.getResponseHeader("HX-Trigger") && !xhr.getResponseHeader("HX-Redirect")) {
    toast("That was refused. Reload the page and try again.", "error");
  }
});
