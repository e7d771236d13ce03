// Puts a tag where the cursor stands: into the field that was typed in last, else into the text.
let last = null;

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-tag-target]")) last = event.target;
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-tag]");
  if (!button) return;
  const form = button.closest("form");
  const field = last && form.contains(last) ? last : form.querySelector("textarea[data-tag-target]");
  if (!field) return;
  field.setRangeText(button.dataset.tag, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
