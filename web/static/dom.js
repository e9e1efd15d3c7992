/** Building the page from text: nothing here, or anywhere else, parses a string as HTML. */

/**
 * An element with attributes and children; a string among the children becomes a text node.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/**
 * The element of a page's template with this id.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const node = document.getElementById(id);
  if (node === null) throw new Error(`the page has no element #${id}`);
  return node;
}

/**
 * The address if a link may carry it, else null: http(s), or a post in this server's reader.
 * Anything else (javascript:, data:, another path of ours) is for the caller to show as text.
 *
 * @param {string} address
 */
export function linkable(address) {
  if (/^https?:\/\//i.test(address)) return URL.canParse(address) ? address : null;
  if (!address.startsWith("/posts/")) return null;
  const url = new URL(address, location.origin);
  return url.origin === location.origin && url.pathname.startsWith("/posts/") ? address : null;
}

/** Whether an address leads to another site and so opens in a tab of its own. */
function isOutside(/** @type {string} */ address) {
  return new URL(address, location.origin).origin !== location.origin;
}

/**
 * A link with these children, or the children alone where the address may not be linked.
 *
 * Links to other sites open in a tab of their own and say so.
 *
 * @param {string} address
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 */
export function link(address, attributes, ...children) {
  const href = linkable(address);
  if (href === null) return el("span", {}, ...children);
  if (!isOutside(href)) return el("a", { href, ...attributes }, ...children);
  const tab = el("span", { class: "unseen" }, " (opens in a new tab)");
  return el("a", { href, target: "_blank", rel: "noopener", ...attributes }, ...children, tab);
}
