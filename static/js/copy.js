// Copy buttons: data-copy holds the text; the button and a short message say that it worked.
import { toast } from "./toasts.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const word = button.querySelector("[data-copy-word]") ?? button;
  const before = word.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    word.textContent = "Copied";
    toast(button.dataset.copied ?? "Copied to the clipboard.", "info");
  } catch {
    word.textContent = "Press Ctrl+C";
    const field = button.parentElement.querySelector("input, textarea, code");
    if (field?.select) field.select();
    else if (field) getSelection().selectAllChildren(field);
  }
  setTimeout(() => { word.textContent = before; }, 2500);
});
