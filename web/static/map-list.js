/** The map in words: its subjects with their posts, and the posts that answer a question. */

import { el, link, linkable } from "./dom.js";
import { addressOf, ALL } from "./filters.js";
import { count, inQuotes } from "./words.js";
import { yearOf } from "./map-colours.js";

/** @typedef {import("./map.js").MapPost} MapPost */
/** @typedef {import("./map.js").MapSubject} MapSubject */
/** @typedef {import("./api.js").Trouble} Trouble */
/**
 * @typedef {{rank: number, text: string, highlights: {start: number, end: number}[],
 *   reader_link: string, post: {id: string, title: string, author: string | null,
 *   published: string | null}}} Passage
 * @typedef {{status: "answered" | "not_covered", passages: Passage[],
 *   short_answer: {text: string, citation: number}[],
 *   subjects: {title: string, link: string}[]}} Answer
 */

/** A dot as it is on the map, to tell whose it is. */
export function swatch(/** @type {string} */ colour) {
  const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  for (const name of ["cx", "cy", "r"]) circle.setAttribute(name, "5");
  circle.setAttribute("fill", colour);
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of [["class", "swatch"], ["viewBox", "0 0 10 10"], ["aria-hidden", "true"]]) {
    picture.setAttribute(name ?? "", value ?? "");
  }
  picture.append(circle);
  return picture;
}

/**
 * A subject, closed at first; its posts, newest first, are set once it is opened.
 *
 * @param {MapSubject} subject
 * @param {MapPost[]} posts of this subject
 * @param {string | null} colour none where the dots are coloured by something else
 */
export function subjectEntry(subject, posts, colour) {
  const name = el("span", { class: "name", dir: "auto" }, subject.name);
  const number = el("span", { class: "meta" }, String(posts.length));
  number.append(el("span", { class: "unseen" }, posts.length === 1 ? " post" : " posts"));
  const list = el("ul", {});
  const mark = colour === null ? [] : [swatch(colour)];
  const summary = el("summary", { "data-subject": subject.id }, ...mark, name, number);
  const entry = el("details", { class: "subject" }, summary, list);
  entry.addEventListener("toggle", () => {
    if (!entry.open || list.hasChildNodes()) return;
    const newest = [...posts].sort((a, b) => (b.published ?? "").localeCompare(a.published ?? ""));
    list.append(...newest.map((post) => el("li", {}, postLink(post))));
  });
  return entry;
}

function postLink(/** @type {MapPost} */ post) {
  const about = factsOf(post);
  const title = el("span", { dir: "auto" }, post.title);
  const meta = el("span", { class: "meta" }, about ? ` ${about}` : "");
  return link(post.link, { "data-post": post.id }, title, meta);
}

/** "Ruth Calder, 2014", as far as it is known. */
export function factsOf(/** @type {MapPost} */ post) {
  return [post.author, yearOf(post)].filter((fact) => fact !== null).join(", ");
}

/**
 * The posts of an answer, each once, in the order of its best passage.
 *
 * @param {Answer} answer
 * @returns {Passage[]}
 */
export function answering({ status, passages }) {
  if (status === "not_covered") return [];
  const first = new Map();
  for (const passage of passages) {
    if (!first.has(passage.post.id)) first.set(passage.post.id, passage);
  }
  return [...first.values()];
}

/**
 * What came of a question.
 *
 * @param {string} question
 * @param {Answer} answer
 * @param {() => void} clear
 */
export function foundEntry(question, answer, clear) {
  const passages = answering(answer);
  if (passages.length === 0) {
    const nearest = answer.subjects.map(({ title, link: to }) => el("li", {}, link(to, {}, title)));
    const parts = [el("p", { class: "verdict" }, "The archive does not cover this.")];
    if (nearest.length) parts.push(el("p", { class: "meta" }, "The nearest it has"), el("ul", {}, ...nearest));
    return [heading(question, clear), ...parts];
  }
  const entries = passages.map((passage, at) => el("li", {}, foundLink(passage, at + 1, answer)));
  const whole = el("a", { href: addressOf([question], ALL) }, "Read the whole answer");
  return [
    heading(question, clear),
    el("p", { class: "meta" }, count(passages.length, "post")),
    el("ol", {}, ...entries),
    el("p", { class: "whole" }, whole),
  ];
}

/**
 * @param {string} question
 * @param {Trouble} trouble
 * @param {() => void} clear
 */
export function troubleEntry(question, trouble, clear) {
  const words = `${trouble.message} ${trouble.hint}`.trim();
  return [heading(question, clear), el("p", { class: "verdict trouble", role: "alert" }, words)];
}

/**
 * @param {string} question
 * @param {() => void} clear
 */
function heading(question, clear) {
  const button = el("button", { type: "button", class: "text-button meta" }, "Clear");
  button.addEventListener("click", clear);
  const title = el("h2", { tabindex: "-1", dir: "auto" }, question);
  return el("div", { class: "question-line" }, title, button);
}

/**
 * @param {Passage} passage
 * @param {number} number
 * @param {Answer} answer
 */
function foundLink(passage, number, answer) {
  const { post, reader_link: reader, rank } = passage;
  const facts = [post.author, post.published?.slice(0, 4)].filter(Boolean).join(", ");
  const quote = answer.short_answer.find(({ citation }) => citation === rank)?.text ?? marked(passage);
  const parts = [
    el("span", { class: "number" }, String(number)),
    el("span", { class: "title", dir: "auto" }, post.title),
    el("span", { class: "meta" }, facts),
  ];
  if (quote) parts.push(el("span", { class: "words", dir: "auto" }, inQuotes(quote)));
  const attributes = { class: "answer", "data-post": post.id };
  return linkable(reader) ? link(reader, attributes, ...parts) : el("div", attributes, ...parts);
}

/** The first marked words of a passage. */
function marked(/** @type {Passage} */ { text, highlights }) {
  const [first] = highlights;
  return first ? Array.from(text).slice(first.start, first.end).join("") : "";
}
