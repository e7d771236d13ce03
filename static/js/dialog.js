// The page's dialogs: `#dialog` opens when htmx fills `#dialog-body`; others by data-open-dialog="id".
// Closing gives the focus back to what opened it (the browser does that for <dialog>, unless it is gone).
let opener = null;

function open(dialog) {
  if (!dialog || dialog.open) return;
  opener = document.activeElement;
  dialog.showModal();
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "dialog-body") return;
  const dialog = event.target.closest("dialog");
  if (!event.target.innerHTML.trim()) { dialog.close(); return; }
  const title = event.target.querySelector("h1, h2");
  if (title) { title.id ||= "dialog-title"; dialog.setAttribute("aria-labelledby", title.id); dialog.removeAttribute("aria-label"); }
  open(dialog);
});

document.addEventListener("click", (event) => {
  const open_ = event.target.closest("[data-open-dialog]");
  if (open_) {
    open_.closest("details")?.removeAttribute("open");
    open(document.getElementById(open_.dataset.openDialog));
    return;
  }
  const dialog = event.target.closest("dialog");
  if (!dialog) return;
  if (event.target.closest("[data-close-dialog]")) { event.preventDefault(); dialog.close(); }
  else if (event.target === dialog) {
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  }
});

document.addEventListener("close", (event) => {
  if (event.target instanceof HTMLDialogElement && opener?.isConnected) opener.focus();
}, true);

document.addEventListener("close-dialog", () => document.getElementById("dialog")?.close());
