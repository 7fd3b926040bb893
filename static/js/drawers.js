// Panels that are read now and then: which of them somebody left open, a cookie keeps.

document.addEventListener("click", (event) => {
  const drawer = event.target instanceof Element && event.target.closest("summary")?.parentElement;
  if (!drawer?.dataset.drawer) return;
  const kept = new Set(/(?:^|; )drawers=([^;]*)/.exec(document.cookie)?.[1].split("."));
  kept[drawer.open ? "delete" : "add"](drawer.dataset.drawer); // the click comes before what it does
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `drawers=${[...kept].filter(Boolean).join(".")}; path=/; max-age=31536000; samesite=lax${secure}`;
});
