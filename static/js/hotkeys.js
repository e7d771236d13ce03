// Keys for people who keep their hands on them: off while typing, listed under `?`, switched off by the
// user's choice (data-hotkeys="off" on the body). `g` and a letter follow the menu's data-hotkey links.
let waiting = false;
let timer;

function typing(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable], .ts-wrapper");
}

function rows() {
  return [...document.querySelectorAll("tr:has([data-select-row]), tr:has(.row-link)")];
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.classList.contains("is-active"));
  const next = all[Math.min(Math.max(now + step, 0), all.length - 1)];
  all[now]?.classList.remove("is-active");
  next.classList.add("is-active");
  (next.querySelector(".row-link, [data-select-row], a") ?? next).focus();
}

const KEYS = {
  "/": () => document.querySelector("[data-search], input[type=search]")?.focus(),
  "?": () => document.querySelector("#hotkeys-dialog")?.showModal(),
  j: () => move(1),
  k: () => move(-1),
  x: () => document.querySelector("tr.is-active [data-select-row]")?.click(),
  g: () => { waiting = true; clearTimeout(timer); timer = setTimeout(() => { waiting = false; }, 1200); },
};

function sendForm(event) {
  const form = event.target.form;
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-default-submit], .btn-primary[type=submit]"));
}

function listLinks() {
  const list = document.querySelector("[data-hotkey-list]");
  for (const link of document.querySelectorAll(".sidebar [data-hotkey]")) {
    const row = document.createElement("div");
    const keys = document.createElement("dt");
    const words = document.createElement("dd");
    for (const key of link.dataset.hotkey.split(" ")) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      keys.append(cap, " ");
    }
    words.textContent = `Go to ${link.textContent.trim()}`;
    row.append(keys, words);
    list?.append(row);
  }
}

export function startHotkeys() {
  listLinks();
  if (document.body.dataset.hotkeys === "off") return;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { sendForm(event); return; }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]") || document.querySelector(".driver-active")) return;
    if (waiting) {
      waiting = false;
      const link = document.querySelector(`[data-hotkey="g ${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
    if (act) { event.preventDefault(); act(); }
  });
}
