/** A sheet over the page; Escape, its button and a click beside it close it. */

import { button, el } from "./dom.js";

const dialog = el("dialog", {
  "aria-labelledby": "sheet-title",
  click: ({ target }) => target === dialog && dialog.close(),
});
document.body.append(dialog);

export function openSheet(title, ...children) {
  const close = button("quiet", "Close", closeSheet);
  const head = el("div.row", el("h2", { id: "sheet-title" }, title), close);
  dialog.replaceChildren(el("div.sheet", head, ...children));
  if (!dialog.open) dialog.showModal();
}

export const closeSheet = () => dialog.close();
