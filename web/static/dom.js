/** Building the page from text: nothing here, or anywhere else, parses a string as HTML. */

import { Trouble } from "./api.js";

/** An element: el("p.meta", { dir: "auto" }, "words", node). A function among the attributes listens. */
export function el(kind, ...children) {
  const [tag, ...classes] = kind.split(".");
  const node = document.createElement(tag);
  const attributes = children[0]?.constructor === Object ? children.shift() : {};
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes))
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** The element of the page's template with this id. */
export function byId(id) {
  const node = document.getElementById(id);
  if (node === null) throw new Error(`the page has no element #${id}`);
  return node;
}

/** Does what may fail; the reason stands below the row of buttons that `node` is in. */
export async function attempt(node, act) {
  try {
    await act(node);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    tell(node, `${error.message} ${error.hint}`);
  }
}

/** button("quiet", "Pin", act, attributes) */
export function button(look, label, act, attributes = {}) {
  const click = ({ currentTarget }) => attempt(currentTarget, act);
  return el(`button.${look}`, { type: "button", click, ...attributes }, label);
}

/** Says a line below the row that `node` is in, in the place of the one before. */
export function tell(node, ...words) {
  const row = node.closest(".row") ?? node;
  const note = el("p.note.meta", { role: "status" }, ...words);
  if (row.nextElementSibling?.matches(".note")) row.nextElementSibling.replaceWith(note);
  else row.after(note);
  return note;
}

/**
 * The address if a link may carry it, else null: http(s), or a post in this server's reader.
 * Anything else (javascript:, data:, another path of ours) is for the caller to show as text.
 */
export function linkable(address) {
  if (/^https?:\/\//i.test(address)) return URL.canParse(address) ? address : null;
  if (!address.startsWith("/posts/")) return null;
  const url = new URL(address, location.origin);
  return url.origin === location.origin && url.pathname.startsWith("/posts/") ? address : null;
}

/** A link, or its children alone where it may not be one; other sites open in a tab and say so. */
export function link(address, attributes, ...children) {
  const href = linkable(address);
  if (href === null) return el("span", ...children);
  if (new URL(href, location.origin).origin === location.origin)
    return el("a", { href, ...attributes }, ...children);
  const tab = el("span.unseen", " (opens in a new tab)");
  return el("a", { href, target: "_blank", rel: "noopener", ...attributes }, ...children, tab);
}
