// Arrow keys turn to what comes before and after: links say by data-turn which key is theirs.

document.addEventListener("keydown", (event) => {
  const isOther = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
  if (isOther || event.target.closest("input, select, textarea, [contenteditable]") || document.querySelector("dialog[open]")) return;
  const link = document.querySelector(`[data-turn="${CSS.escape(event.key)}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});
