/** Words for the clipboard: plain text, Markdown, a message for Slack; whose they are goes along. */

import { shownOf } from "./answer.js";
import { byId, el } from "./dom.js";
import { addressOf } from "./filters.js";
import { inQuotes, longDate } from "./words.js";

const SAID_MS = 2000;

/** `style` is "Link", "Text", "Markdown" or "Slack". */
export async function copyAnswer(clicked, style, { asked }, answer) {
  const questions = [...asked.history, asked.question];
  const address = new URL(addressOf(questions, asked.filters), location.origin).href;
  if (style === "Link") return put(clicked, address);
  const quotes = answer.short_answer.map(({ text, citation }) => ({ text, number: citation }));
  const part = { title: asked.question, quotes, sources: shownOf(answer).map(sourceOf) };
  await copyParts(clicked, style, [part], address);
}

/** A line to say. */
export function copyWords(clicked, words, passage) {
  const { title, credit, href } = sourceOf(passage);
  return put(clicked, `${words}\n${inQuotes(title)}${credit}\n${href}`);
}

/** Parts are {title, quotes: {text, number}, sources}. */
export function copyParts(clicked, style, parts, address) {
  const texts = parts.map((part) => written(style, part));
  if (address) texts.push(address);
  return put(clicked, texts.join("\n\n"), style === "Slack" ? rich(parts) : "");
}

/** Where a passage or pin is from, as {title, credit, href}. */
export function sourceOf({ post, link }) {
  const { title, author, published } = post;
  const credit = (author ? ` by ${author}` : "") + (published ? `, ${longDate(published)}` : "");
  return { title, credit, href: new URL(link, location.origin).href };
}

function written(style, { title, quotes, sources }) {
  const isMarkdown = style === "Markdown";
  const said = (text) => (isMarkdown ? text.replace(/[\\`*_[\]<>#|]/g, "\\$&") : text);
  const heading = { Text: title, Markdown: `**${said(title)}**`, Slack: `*${title}*` }[style];
  const lines = quotes.map((quote) => {
    const words = said(numbered(quote));
    return style === "Text" ? words : `> ${words.replace(/\n+/g, "\n> ")}`;
  });
  const from = sources.map(({ title, credit, href }, index) => {
    const name = isMarkdown ? `[${said(title)}](${href})` : title;
    return `${index + 1}. ${name}${said(credit)}${isMarkdown ? "" : `\n   ${href}`}`;
  });
  const all = [heading, lines.join(isMarkdown ? "\n>\n" : "\n"), from.join("\n")];
  return all.filter(Boolean).join("\n\n");
}

const numbered = ({ text, number }) => inQuotes(text) + (number ? ` [${number}]` : "");

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
  if (navigator.clipboard) {
    const blob = (type, words) => new Blob([words], { type });
    const item = { "text/plain": blob("text/plain", text) };
    if (html) item["text/html"] = blob("text/html", html);
    try {
      await navigator.clipboard.write([new ClipboardItem(item)]);
      return true;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }
  // a page over plain http has no navigator.clipboard
  const field = el("textarea.unseen");
  field.value = text;
  const focused = document.activeElement;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return isDone;
}
