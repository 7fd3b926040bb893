// Slides one by one: keys, touch, notes of the speaker, a window for these. Without it they stand below each other.

const deck = document.getElementById("deck");
const slides = [...deck.querySelectorAll("[data-slide]")];
const channel = new BroadcastChannel(`deck-${deck.dataset.review}`);
const SWIPE_PX = 50;
let at = 0;

function show(place, { told = false } = {}) {
  at = Math.min(Math.max(place, 0), slides.length - 1);
  const current = slides[at];
  slides.forEach((slide) => slide.classList.toggle("current", slide === current));
  deck.querySelectorAll("[data-notes]").forEach((notes) => notes.classList.toggle("current", notes.dataset.notes === current.id));
  deck.querySelector("[data-place]").textContent = `${at + 1} / ${slides.length}`;
  deck.querySelector("[data-progress]").value = at + 1;
  deck.querySelector("[data-step='-1']").disabled = at === 0;
  deck.querySelector("[data-step='1']").disabled = at === slides.length - 1;
  history.replaceState(null, "", `${location.search}#${current.id}`);
  deck.querySelector(".deck-stage").scrollTo(0, 0);
  const part = deck.querySelector("[data-live] [name='part']");
  if (part && current.dataset.part) part.value = current.dataset.part;
  if (!told) channel.postMessage(at);
}

function toggle(name) {
  const button = deck.querySelector(`[data-toggle='${name}']`);
  if (!button) return;
  const on = deck.classList.toggle(name);
  button.setAttribute("aria-pressed", String(on));
  if (name !== "writes") return;
  deck.querySelector("[data-live]").hidden = !on;
  if (on) htmx.trigger(document.body, "write");
}

function fill() {
  if (document.fullscreenElement) document.exitFullscreen();
  else deck.requestFullscreen?.();
}

const KEYS = {
  ArrowRight: () => show(at + 1),
  ArrowDown: () => show(at + 1),
  PageDown: () => show(at + 1),
  ArrowLeft: () => show(at - 1),
  ArrowUp: () => show(at - 1),
  PageUp: () => show(at - 1),
  Home: () => show(0),
  End: () => show(slides.length - 1),
  f: fill,
  s: () => toggle("speaks"),
  w: () => toggle("writes"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  if (event.key === " " && !event.target.closest("button, a, summary")) {
    event.preventDefault();
    return show(at + (event.shiftKey ? -1 : 1));
  }
  if (!KEYS[event.key]) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // here a letter means what it does on slides
  KEYS[event.key]();
}, true);

deck.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.step) show(at + Number(button.dataset.step));
  if (button.dataset.toggle) toggle(button.dataset.toggle);
  if (button.dataset.window) window.open(button.dataset.window, "speaker", "popup,width=900,height=700");
  if ("print" in button.dataset) window.print();
  if ("full" in button.dataset) fill();
});

// A swipe to the side turns the slide; one up or down scrolls it

let touched = null;
const stage = deck.querySelector(".deck-stage");
stage.addEventListener("touchstart", (event) => (touched = event.changedTouches[0]), { passive: true });
stage.addEventListener("touchend", (event) => {
  const { clientX, clientY } = event.changedTouches[0];
  const [x, y] = [clientX - touched.clientX, clientY - touched.clientY];
  if (Math.abs(x) > SWIPE_PX && Math.abs(x) > 2 * Math.abs(y)) show(at + (x < 0 ? 1 : -1));
});

channel.addEventListener("message", (event) => show(event.data, { told: true }));
document.body.addEventListener("htmx:afterSettle", () => show(at, { told: true }));
window.addEventListener("hashchange", () => show(placeOf(location.hash), { told: true }));

function placeOf(hash) {
  return Math.max(slides.findIndex((slide) => `#${slide.id}` === hash), 0);
}

deck.classList.add("one-by-one");
deck.querySelectorAll("[data-needs-script], [data-progress]").forEach((node) => (node.hidden = false));
if ("speaker" in deck.dataset) toggle("speaks");
show(placeOf(location.hash), { told: true });
