// The one script of the frame: palette, keys, dialogs, toasts, rows. Everything works without it, only slower.

const TOAST_MS = 8000;
const palette = document.getElementById("palette");
const dialog = document.getElementById("dialog");
const help = document.getElementById("help");
const offline = document.getElementById("offline");
const nav = document.getElementById("nav");
const wide = matchMedia("(width >= 60rem)");

// Palette

let answered = null; // the text that the results belong to
let opensWhenAnswered = false; // Enter was faster than the results

function openPalette() {
  if (!palette || palette.open) return;
  palette.showModal();
  const input = palette.querySelector("input");
  input.select();
  htmx.trigger(input, "open");
}

function results() {
  return [...palette.querySelectorAll("[role=option]")];
}

function choose(index) {
  const all = results();
  all.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
  const chosen = all[index];
  const input = palette.querySelector("input");
  if (!chosen) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

palette?.addEventListener("keydown", (event) => {
  const all = results();
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") choose((at + 1) % all.length);
  else if (event.key === "ArrowUp") choose((at - 1 + all.length) % all.length);
  else if (event.key === "Enter") openResult(all[at] ?? all[0]);
  else return;
  event.preventDefault();
});

palette?.addEventListener("input", () => (opensWhenAnswered = false));

function openResult(option) {
  opensWhenAnswered = answered !== palette.querySelector("input").value;
  if (option?.href && !opensWhenAnswered) location.assign(option.href);
}

function showResults(text) {
  answered = text;
  choose(0);
  if (opensWhenAnswered) openResult(results()[0]);
}

// Rows: one is selected at a time and can be walked with j and k

function rows() {
  return [...document.querySelectorAll("[data-rows] [data-href]")];
}

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.getAttribute("aria-selected") === "true");
  const next = Math.min(Math.max(at + step, 0), all.length - 1);
  all.forEach((row) => row.removeAttribute("aria-selected"));
  all[next].setAttribute("aria-selected", "true");
  all[next].querySelector("a")?.focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
}

function selectedRow() {
  return document.querySelector('[data-rows] [aria-selected="true"]');
}

// Keys

const PLACES = { t: "/", b: "/accounts/", r: "/at-risk/", d: "/disagreements/", a: "/alerts/", k: "/tasks/", o: "/onboarding/", n: "/renewals/", m: "/outbox/" };
let awaitsPlace = false;

const KEYS = {
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => help?.showModal(),
  j: () => walk(1),
  k: () => walk(-1),
  x: () => selectedRow()?.querySelector("[data-select]")?.click(),
  e: () => (selectedRow()?.querySelector("[data-edit]") ?? document.querySelector('[data-key="e"]'))?.click(),
  t: () => document.querySelector('[data-key="t"]')?.click(),
  n: () => document.querySelector('[data-key="n"]')?.click(),
  g: () => {
    awaitsPlace = true;
    setTimeout(() => (awaitsPlace = false), 1200);
  },
};

function isTyping(target) {
  return target.closest("input, select, textarea, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return openPalette();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (awaitsPlace && PLACES[event.key]) return location.assign(PLACES[event.key]);
  if (event.key === "Enter" && event.target === document.body) return selectedRow()?.querySelector("a")?.click();
  if (!KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

// Clicks

document.addEventListener("click", (event) => {
  const target = event.target;
  const paletteLink = target.closest("[data-palette]");
  if (paletteLink && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    openPalette();
  }
  if (target.closest("[data-help]")) help.showModal();
  if (target.closest("[data-close]")) target.closest("dialog")?.close();
  if (target.closest("[data-dismiss]")) target.closest("[data-toast]").remove();
  if (target.closest("[data-retry]")) location.reload();
  const copy = target.closest("[data-copy]");
  if (copy) copyFrom(copy);
  const fold = target.closest("[data-fold]");
  if (fold) keepOfNav(fold.dataset.fold, !fold.parentElement.open); // the click comes before what it does
  if (target.closest("[data-nav]")) toggleNav();
  else if (nav?.classList.contains("open") && !target.closest("#nav")) toggleNav();
  if (target instanceof HTMLDialogElement) target.close(); // the backdrop belongs to the dialog itself
  const menu = document.querySelector("details.menu[open]");
  if (menu && !target.closest("details.menu")) menu.open = false;
});

// On a narrow page the navigation comes and goes; on a wide one it is folded to its icons. That, and which of its
// groups are open, a cookie keeps.

function toggleNav() {
  if (wide.matches) keepOfNav("icons", document.documentElement.toggleAttribute("data-folded"));
  else nav.classList.toggle("open");
  tellNav();
}

function keepOfNav(key, on) {
  const kept = new Set(/(?:^|; )nav=([^;]*)/.exec(document.cookie)?.[1].split("."));
  kept[on ? "add" : "delete"](key);
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `nav=${[...kept].filter(Boolean).join(".")}; path=/; max-age=31536000; samesite=lax${secure}`;
}

function tellNav() {
  const open = wide.matches ? !document.documentElement.hasAttribute("data-folded") : nav.classList.contains("open");
  document.querySelector("[data-nav]").setAttribute("aria-expanded", String(open));
}

if (nav) {
  tellNav();
  wide.addEventListener("change", () => {
    nav.classList.remove("open");
    tellNav();
  });
}

// What stands in a field goes to the clipboard, or is marked there where the browser keeps it shut

async function copyFrom(button) {
  const field = document.getElementById(button.dataset.copy);
  const words = button.textContent;
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = words), 2000);
  } catch {
    field.focus();
  }
}

// Ticked rows and what can be done with them

function updateBulk() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const boxes = [...document.querySelectorAll("[data-select]")];
  const ticked = boxes.filter((box) => box.checked).length;
  bar.hidden = ticked === 0;
  bar.querySelectorAll("[data-bulk-count]").forEach((node) => (node.textContent = String(ticked)));
  const all = document.querySelector("[data-select-all]");
  if (all) {
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-all]")) {
    document.querySelectorAll("[data-select]").forEach((box) => (box.checked = event.target.checked));
  }
  if (event.target.matches("[data-select-all], [data-select]")) updateBulk();
});

// The map of stakeholders: a card is dragged into another cell; its form does the same without dragging

let dragged = null;

function cellUnder(event) {
  return dragged && event.target instanceof Element ? event.target.closest("[data-cell]") : null;
}

function markCell(cell) {
  document.querySelectorAll("[data-over]").forEach((node) => node !== cell && delete node.dataset.over);
  if (cell) cell.dataset.over = "";
}

document.addEventListener("dragstart", (event) => {
  dragged = event.target instanceof Element ? event.target.closest("[data-move]") : null;
  if (dragged?.querySelector("form")) event.preventDefault(); // somebody types in it
  else if (dragged) event.dataTransfer.effectAllowed = "move";
});
document.addEventListener("dragend", () => {
  dragged = null;
  markCell(null);
});
document.addEventListener("dragover", (event) => {
  const cell = cellUnder(event);
  if (cell) event.preventDefault();
  if (dragged) markCell(cell);
});
document.addEventListener("drop", (event) => {
  const cell = cellUnder(event);
  if (!cell) return;
  event.preventDefault();
  if (cell.contains(dragged)) return;
  const values = { function: cell.dataset.function, seniority: cell.dataset.seniority, version: dragged.dataset.version };
  htmx.ajax("POST", dragged.dataset.move, { source: dragged, swap: "none", values });
});

// Toasts leave by themselves unless somebody is on them

function settle(toast) {
  setTimeout(() => (toast.matches(":hover, :focus-within") ? settle(toast) : toast.remove()), TOAST_MS);
}

document.querySelectorAll("[data-toast]").forEach(settle);

// HTMX

// A second click on what is under way is the same click.
document.body.addEventListener("htmx:confirm", (event) => {
  if (event.detail.verb !== "get" && event.detail.elt.classList.contains("htmx-request")) event.preventDefault();
});

// A page that nobody looks at asks for nothing new; once it is seen again it asks at once
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.matches("[data-while-seen]")) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.querySelectorAll("[data-while-seen]").forEach((node) => htmx.trigger(node, "seen"));
});

document.body.addEventListener("htmx:oobAfterSwap", () => {
  document.querySelectorAll("[data-toast]:not([data-settled])").forEach((toast) => {
    toast.dataset.settled = "";
    settle(toast);
  });
});

// What was opened by hand stays open when its panel comes again, as what was folded stays folded in the navigation; and
// a row that is being edited stays as it was typed
let opened = [];
let folded = [];
let edited = [];
let typedIn = null;

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { target, shouldSwap } = event.detail;
  opened = [...target.querySelectorAll("details[id][open]")].map((node) => node.id);
  folded = [...target.querySelectorAll("details.nav-fold:not([open])")].map((node) => node.id);
  edited = shouldSwap ? [...target.querySelectorAll("tr:has([data-inline])")] : [];
  typedIn = edited.some((row) => row.contains(document.activeElement)) ? document.activeElement : null;
  edited.forEach((row) => row.replaceWith(Object.assign(document.createElement("tr"), { id: row.id })));
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  opened.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  folded.forEach((id) => document.getElementById(id)?.removeAttribute("open"));
  edited.forEach((row) => {
    const place = document.getElementById(row.id);
    if (place) place.replaceWith(row);
    else document.querySelector("[data-rows] tbody")?.prepend(row); // what is typed outlives that its row left the list
  });
  typedIn?.focus({ preventScroll: true });
  if (event.detail.target === dialog && dialog.innerHTML.trim() && !dialog.open && !("done" in dialog.dataset)) dialog.showModal();
  if (event.detail.target.id === "palette-results") showResults(event.detail.requestConfig.parameters.q);
  updateBulk();
});

// Once it is saved, it is a row as any other
document.body.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.elt.matches("[data-inline]") && event.detail.xhr.status < 300) delete event.detail.elt.dataset.inline;
});

document.body.addEventListener("closeDialog", () => {
  dialog.close();
  dialog.dataset.done = "";
  // Not before the answer is swapped in: with its form gone, HTMX would look for the place of the toast in vain
  setTimeout(() => {
    dialog.replaceChildren();
    delete dialog.dataset.done;
  });
});

document.body.addEventListener("htmx:sendError", () => (offline.hidden = false));
document.body.addEventListener("htmx:timeout", () => (offline.hidden = false));
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) offline.hidden = true;
});
document.body.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  const told = event.detail.xhr.getResponseHeader("X-Reason");
  const words = told ?? { 403: "You may not do that.", 404: "That is no longer there." }[status] ?? "That did not work. Nothing was changed.";
  const toast = Object.assign(document.createElement("div"), { className: "toast bad", textContent: words });
  toast.dataset.toast = "";
  document.getElementById("toasts").append(toast);
  settle(toast);
});

// Light and dark, at once and kept in the cookie by the server

document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("[data-theme-toggle]");
  if (!button) return;
  event.preventDefault();
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  const body = new FormData(event.target);
  body.set("theme", root.dataset.theme);
  fetch(event.target.action, { method: "POST", body, headers: { "HX-Request": "true" } });
});
