// Cards of a board are dragged from column to column. What a drop does, the buttons on the card do as well.

let dragged = null;

function columnOf(event) {
  return dragged && event.target.closest("[data-board] [data-column]");
}

function unmark() {
  document.querySelectorAll("[data-board] .drop").forEach((column) => column.classList.remove("drop"));
}

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-card]") ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.id);
  dragged.classList.add("dragged");
});

document.addEventListener("dragover", (event) => {
  const column = columnOf(event);
  if (!column) return;
  event.preventDefault(); // or nothing can be dropped here
  if (column.classList.contains("drop")) return;
  unmark();
  column.classList.add("drop");
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged = null;
  unmark();
});

document.addEventListener("drop", (event) => {
  const column = columnOf(event);
  if (!column) return;
  event.preventDefault();
  if (column.contains(dragged)) return;
  const values = { stage: column.dataset.column, version: dragged.dataset.version };
  htmx.ajax("POST", dragged.dataset.card, { source: dragged, target: "#dialog", values });
});
