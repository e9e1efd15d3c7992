/** Building the page from text: nothing here, or anywhere else, parses a string as HTML. */

import { Trouble } from "./api.js";

/** el("p.meta", { dir: "auto" }, "words", node); a function among the attributes listens. */
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

export const byId = (id) => document.getElementById(id);

/** Does what may fail; the reason then stands below the row that `node` is in. */
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
  const note = el("div.note.meta", { role: "status" }, ...words);
  if (row.nextElementSibling?.matches(".note")) row.nextElementSibling.remove();
  row.after(note);
  return note;
}

/** Whether a link may lead there: http(s), or a post in this server's reader. */
export function linkable(address) {
  if (/^https?:\/\//i.test(address)) return URL.canParse(address);
  const isPost = (path) => path.startsWith("/posts/");
  return isPost(address) && isPost(new URL(address, location).pathname);
}

/** A link, or its children alone where it may not be one; other sites open in a tab and say so. */
export function link(href, attributes, ...children) {
  if (!linkable(href)) return el("span", ...children);
  if (href.startsWith("/")) return el("a", { href, ...attributes }, ...children);
  const tab = el("span.unseen", " (opens in a new tab)");
  return el("a", { href, target: "_blank", rel: "noopener", ...attributes }, ...children, tab);
}
