/** An answer as elements: the short answer in quotes, the passages as cards, or an honest miss. */

import { el, link, linkable } from "./dom.js";
import { passageText } from "./passage.js";
import { answerFacts, dateAndAge, inQuotes, shortened } from "./words.js";

/** @typedef {import("./api.js").Answer} Answer */
/** @typedef {import("./api.js").Passage} Passage */
/** @typedef {import("./api.js").Quote} Quote */
/** @typedef {import("./api.js").Trouble} Trouble */

const TOUCHED = "The archive touches on this.";
const FEWEST_CARDS = 3;
const MOST_CARDS = 5;
/** Code points of a heading above a passage; some blogs set whole paragraphs as headings. */
const MOST_HEADING = 60;

/**
 * The lines under a question: what the answer rests on, and what it was taken together with.
 *
 * @param {Answer} answer
 * @param {() => void} askAlone
 */
export function answerHead(answer, askAlone) {
  const lines = [];
  if (answer.status === "answered") lines.push(el("p", { class: "meta" }, answerFacts(answer)));
  if (answer.confidence === "partly") lines.push(el("p", { class: "meta" }, TOUCHED));
  if (answer.searched_with.length) {
    const earlier = answer.searched_with.map((question) => `“${shortened(question)}”`).join(", ");
    const alone = el("button", { type: "button", class: "text-button" }, "ask it alone");
    alone.addEventListener("click", askAlone);
    lines.push(el("p", { class: "meta" }, `Taken together with ${earlier} · `, alone));
  }
  return lines;
}

/**
 * What stands below a question once it is answered.
 *
 * @param {Answer} answer
 * @param {string} name prefix of the ids on the cards, unlike that of any other answer
 */
export function answerBody(answer, name) {
  if (answer.status === "not_covered") return [miss(answer)];
  const { short_answer: quotes, passages } = answer;
  const quoted = Math.max(...quotes.map(({ citation }) => citation), FEWEST_CARDS);
  const shown = passages.filter(({ rank }) => rank <= Math.min(quoted, MOST_CARDS));
  const rest = passages.filter((passage) => !shown.includes(passage));
  const parts = [...shown.map((passage) => card(passage, name))];
  if (quotes.length) parts.unshift(shortAnswer(quotes, name));
  if (rest.length) parts.push(more(rest.map((passage) => card(passage, name))));
  return parts;
}

/**
 * The answer in one breath, for a screen reader.
 *
 * @param {Answer} answer
 */
export function spokenAnswer(answer) {
  if (answer.status === "not_covered") return "The archive does not cover this.";
  const quotes = answer.short_answer.map(({ text, citation }) => `${inQuotes(text)} Passage ${citation}.`);
  if (answer.confidence === "partly") quotes.unshift(TOUCHED);
  return [...quotes, answerFacts(answer)].join(" ");
}

/** What stands below a question that got no answer. */
export function troubleBody(/** @type {Trouble} */ trouble) {
  const parts = [el("p", { class: "verdict" }, trouble.message)];
  if (trouble.hint) parts.push(el("p", { class: "hint" }, trouble.hint));
  return [el("div", { class: "trouble", role: "alert" }, ...parts)];
}

/**
 * @param {Quote[]} quotes
 * @param {string} name
 */
function shortAnswer(quotes, name) {
  const lines = quotes.map(({ text, citation }) => {
    const rank = String(citation);
    const label = { href: `#${name}-${rank}`, class: "cite", "aria-label": `Passage ${rank}` };
    const words = el("span", { "data-rank": rank }, inQuotes(text));
    return el("p", { dir: "auto" }, words, el("a", { ...label, "data-rank": rank }, rank));
  });
  return el("blockquote", { class: "short" }, ...lines);
}

/**
 * @param {Passage} passage
 * @param {string} name
 */
function card(passage, name) {
  const { rank, post, link: source, reader_link: reader } = passage;
  const id = `${name}-${rank}`;
  const title = link(source, { id: `${id}-title` }, el("span", { dir: "auto" }, post.title));
  const number = el("span", { class: "number" }, String(rank));
  return el(
    "article",
    { id, class: "card", tabindex: "-1", "data-rank": String(rank) },
    el("h3", {}, number, title),
    byline(passage),
    passageText(passage.text, passage.highlights),
    el("div", { class: "actions" }, ...actions(source, reader, `${id}-title`)),
  );
}

/** Author, date and age, headings above the passage: each only where it is known. */
function byline(/** @type {Passage} */ { post, heading }) {
  const parts = [];
  if (post.author) parts.push(el("span", { class: "author" }, post.author));
  if (post.published) {
    const words = dateAndAge(post.published, new Date());
    parts.push(el("time", { datetime: post.published }, words));
  }
  const path = heading.map((words) => shortened(words, MOST_HEADING)).join(" › ");
  if (path) parts.push(path);
  return el("p", { class: "meta" }, ...parts.flatMap((part) => [" · ", part]).slice(1));
}

/**
 * @param {string} source
 * @param {string} reader
 * @param {string} titleId
 */
function actions(source, reader, titleId) {
  const attributes = { class: "button", "aria-describedby": titleId };
  const buttons = [];
  if (source !== reader && linkable(source)) {
    const arrow = el("span", { "aria-hidden": "true" }, "\u00a0↗");
    buttons.push(link(source, attributes, "Open at this passage", arrow));
  }
  if (linkable(reader)) buttons.push(link(reader, attributes, "Read here"));
  return buttons;
}

/** @param {HTMLElement[]} cards */
function more(cards) {
  const closed = el("span", { class: "closed" }, `More passages (${cards.length})`);
  const open = el("span", { class: "open" }, "Fewer passages");
  return el("details", { class: "more" }, el("summary", {}, closed, open), ...cards);
}

/** @param {Answer} answer */
function miss({ subjects }) {
  const parts = [el("p", { class: "verdict" }, "The archive does not cover this.")];
  if (subjects.length) {
    const items = subjects.map((subject) => el("li", {}, link(subject.link, {}, subject.title)));
    const nearest = el("p", { class: "meta" }, "The nearest it has");
    parts.push(el("div", { class: "subjects" }, nearest, el("ul", {}, ...items)));
  }
  return el("div", { class: "miss" }, ...parts);
}
