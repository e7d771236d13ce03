// One choice for all selected rows: select[data-set-all="field"] sets the control of that field on each of them, where
// the row offers that choice.
document.addEventListener("change", (event) => {
  const chooser = event.target.closest?.("select[data-set-all]");
  if (!chooser || !chooser.value) return;
  const boxes = chooser.form?.querySelectorAll("[data-select-row]:checked") ?? [];
  for (const box of boxes) {
    const field = chooser.form.elements[`row-${box.value}-${chooser.dataset.setAll}`];
    if (![...(field?.options ?? [])].some((option) => option.value === chooser.value)) continue;
    field.value = chooser.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
