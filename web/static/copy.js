/** Words for the clipboard: plain text, Markdown, a message for Slack; whose they are goes along. */

import { shownOf } from "./answer.js";
import { byId, el } from "./dom.js";
import { addressOf } from "./filters.js";
import { inQuotes, longDate } from "./words.js";

const SAID_MS = 2000;

/** `style` is "Link", "Text", "Markdown" or "Slack". */
export function copyAnswer(clicked, style, { asked }, answer) {
  const questions = [...asked.history, asked.question];
  const address = location.origin + addressOf(questions, asked.filters);
  if (style === "Link") return put(clicked, address);
  const quotes = answer.short_answer.map(({ text, citation }) => ({ text, number: citation }));
  const part = { title: asked.question, quotes, sources: shownOf(answer).map(sourceOf) };
  return copyParts(clicked, style, [part], address);
}

/** A line to say. */
export function copyWords(clicked, words, passage) {
  const { title, credit, href } = sourceOf(passage);
  return put(clicked, `${words}\n${inQuotes(title)}${credit}\n${href}`);
}

/** Parts are {title, quotes: {text, number}, sources}. */
export function copyParts(clicked, style, parts, ...more) {
  const texts = parts.map((part) => written(style, part));
  return put(clicked, [...texts, ...more].join("\n\n"), style === "Slack" && rich(parts));
}

/** Where a passage or pin is from. */
export function sourceOf({ post: { title, author, published }, link }) {
  const credit = (author ? ` by ${author}` : "") + (published ? `, ${longDate(published)}` : "");
  return { title, credit, href: new URL(link, location).href };
}

const numbered = ({ text, number }) => inQuotes(text) + (number ? ` [${number}]` : "");

function written(style, { title, quotes, sources }) {
  const isMarkdown = style === "Markdown";
  const safe = (text) => (isMarkdown ? text.replace(/[\\`*_[\]<>#|]/g, "\\$&") : text);
  const heading = { Text: title, Markdown: `**${safe(title)}**`, Slack: `*${title}*` }[style];
  const mark = style === "Text" ? "" : "> ";
  const lines = quotes.map((quote) => mark + safe(numbered(quote)).replace(/\n+/g, `\n${mark}`));
  const from = sources.map(({ title, credit, href }, index) =>
    isMarkdown
      ? `${index + 1}. [${safe(title)}](${href})${safe(credit)}`
      : `${index + 1}. ${title}${credit}\n   ${href}`,
  );
  const all = [heading, lines.join(isMarkdown ? "\n>\n" : "\n"), from.join("\n")];
  return all.filter(Boolean).join("\n\n");
}

/** What Slack's own box takes up with its quotes and links when it is pasted there. */
function rich(parts) {
  const nodes = parts.flatMap(({ title, quotes, sources }) => [
    el("p", el("b", title)),
    ...quotes.map((quote) => el("blockquote", numbered(quote))),
    el("ol", ...sources.map(({ title, credit, href }) => el("li", el("a", { href }, title), credit))),
  ]);
  return el("div", ...nodes).innerHTML;
}

/** Puts it on the clipboard and says so, on the button and to a screen reader. */
async function put(clicked, text, html) {
  const what = (await onClipboard(text, html)) ? "Copied" : "The browser forbids it";
  clicked.dataset.label ??= clicked.textContent;
  clicked.textContent = byId("announcer").textContent = what;
  setTimeout(() => (clicked.textContent = clicked.dataset.label), SAID_MS);
}

async function onClipboard(text, html) {
  // over plain http there is no navigator.clipboard
  if (!navigator.clipboard) return byCommand(text);
  const item = { "text/plain": new Blob([text], { type: "text/plain" }) };
  if (html) item["text/html"] = new Blob([html], { type: "text/html" });
  try {
    await navigator.clipboard.write([new ClipboardItem(item)]);
    return true;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return byCommand(text);
  }
}

function byCommand(text) {
  const focused = document.activeElement;
  const field = el("textarea.unseen", text);
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  focused.focus();
  return isDone;
}
