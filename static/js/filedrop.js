// A place to drop a file of codes on, and what its first lines look like, read here before anything is
// sent: [data-drop] holds the file input, [data-preview] beside it shows. Text only, never markup.
const HEADINGS = new Set([
  "code", "codes", "voucher", "voucher code", "voucher_code", "coupon", "coupon code", "promo", "promo code",
  "promotion code", "serial",
]);
const LINES = 10;
const READ = 64 * 1024;
const MOST = 50 * 1024 * 1024;
const NOT_TEXT = [[0x50, 0x4b], [0x1f, 0x8b], [0x25, 0x50, 0x44, 0x46], [0xd0, 0xcf]];

export function takeFiles(root) {
  for (const zone of root.querySelectorAll("[data-drop]:not([data-ready])")) {
    zone.dataset.ready = "";
    const input = zone.querySelector("input[type=file]");
    for (const kind of ["dragenter", "dragover"]) {
      zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("is-over"); });
    }
    for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    input.addEventListener("change", () => preview(input.files[0], zone.parentElement.querySelector("[data-preview]")));
  }
}

async function preview(file, place) {
  if (!place) return;
  place.replaceChildren();
  place.hidden = !file;
  if (!file) return;
  const bytes = new Uint8Array(await file.slice(0, READ).arrayBuffer());
  const { encoding, text, fault } = decode(bytes, file.size > READ);
  const size = file.size < 1024 * 1024 ? `${Math.ceil(file.size / 1024)} KB` : `${(file.size / 1048576).toFixed(1)} MB`;
  place.append(line("p", "preview-title", `${file.name}, ${size}`));
  const wrong = file.size > MOST ? "The file is larger than 50 MB. Divide it into several files." : fault;
  if (wrong) {
    place.append(line("p", "preview-fault", wrong));
    return;
  }
  const rows = text.split(/\r\n|\r|\n/);
  if (file.size > READ) rows.pop();
  const filled = rows.filter((row) => row.trim());
  const first = (filled[0] || "").replace(/^["\s]+|[",\s]+$/g, "").toLowerCase();
  const heading = HEADINGS.has(first);
  const example = (heading ? filled[1] : filled[0]) || "";
  place.append(line("p", "preview-facts", [
    encoding,
    heading ? `heading “${filled[0].trim()}” is skipped` : "no heading found",
    example ? `first code “${example.trim().slice(0, 60)}”` : "no code found",
  ].join(" · ")));
  if (filled.slice(0, 200).some((row) => /^[^",]+,\s*[^,\s]/.test(row))) {
    place.append(line("p", "preview-fault", "A second column was found. Keep only the column of codes."));
  }
  const list = line("ol", "preview-lines", "");
  for (const row of filled.slice(0, LINES)) list.append(line("li", "", row.slice(0, 80)));
  place.append(list);
}

function decode(bytes, cut) {
  if (NOT_TEXT.some((sign) => sign.every((byte, place) => bytes[place] === byte))) {
    return { fault: "This is no text file. Save the sheet as “CSV UTF-8” and choose that file." };
  }
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  if (mark === "utf-8" && bytes.includes(0)) {
    return { fault: "This is no text file. Save the sheet as “CSV UTF-8” and choose that file." };
  }
  try {
    const text = new TextDecoder(mark, { fatal: true }).decode(bytes, { stream: cut });
    return { encoding: mark.toUpperCase().replace("LE", "").replace("BE", ""), text };
  } catch {
    return { fault: "The file is not UTF-8. Save the sheet as “CSV UTF-8” and choose that file." };
  }
}

function line(tag, css, text) {
  const element = document.createElement(tag);
  if (css) element.className = css;
  element.textContent = text;
  return element;
}
