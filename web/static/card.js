/** A passage as a card: whose it is, its words, what to say of them, and what can be done with it. */

import { later } from "./api.js";
import { button, el, link, linkable } from "./dom.js";
import { isPinned } from "./memory.js";
import { cut, passageText } from "./passage.js";
import { dateAndAge, inQuotes, longDate, shortened } from "./words.js";

/** Code points of a heading above a passage; some blogs set whole paragraphs as headings. */
const MOST_HEADING = 60;

const auto = { dir: "auto" };

export function card(passage, turn, answer) {
  const { rank, post, newer, say } = passage;
  const id = `${turn.name}-${rank}`;
  const title = link(passage.link, { id: `${id}-title` }, el("span", auto, post.title));
  const parts = [el("h3", el("span.number", `${rank}`), title), byline(passage)];
  if (newer) {
    const to = link(newer.link, {}, el("span", auto, newer.title));
    parts.push(el("p.meta", "A newer take: ", to, newer.published ? `, ${longDate(newer.published)}` : ""));
  }
  parts.push(passageText(passage.text, passage.highlights));
  if (say?.length) parts.push(sayThis(passage));
  const judged = verdicts(`passage ${rank}`, { answer_id: answer.id, passage_id: passage.id });
  parts.push(el("div.row", el("span.group", ...actions(passage, turn, `${id}-title`)), judged));
  return el("article.card", { id, tabindex: "-1", "data-rank": rank }, ...parts);
}

/** Author, date and age, headings above the passage: each where it is known. */
function byline({ post: { author, published }, heading }) {
  const parts = [];
  if (author) parts.push(el("span.author", author));
  if (published) parts.push(el("time", { datetime: published }, dateAndAge(published, new Date())));
  if (heading.length) parts.push(heading.map((words) => shortened(words, MOST_HEADING)).join(" › "));
  return el("p.meta", ...parts.flatMap((part) => [" · ", part]).slice(1));
}

/** What can be spoken or sent as it stands. */
export const linesToSay = ({ text, say }) =>
  (say ?? []).map((range) => {
    const words = cut(text, range).replace(/\s+/g, " ").trim();
    return range.kind === "step" ? words : inQuotes(words);
  });

function sayThis(passage) {
  const lines = linesToSay(passage).map((words) => {
    const label = { "aria-label": `Copy ${shortened(words, 40)}` };
    const copy = button("button", "Copy", later("copy", "copyWords", words, passage), label);
    return el("li.row", el("span", auto, words), copy);
  });
  return el("div.say", el("p.meta", "Say this"), el("ul", ...lines));
}

function actions(passage, turn, titleId) {
  const { link: source, reader_link: reader, id } = passage;
  const of = { "aria-describedby": titleId };
  const look = { class: "button", ...of };
  const arrow = el("span", { "aria-hidden": "true" }, "\u00a0↗");
  const ways = [
    button("quiet", "Pin", later("pins", "toggle", passage, turn), { "aria-pressed": isPinned(id), "data-pin": id, ...of }),
    button("quiet", "Why this", later("why", "toggle", passage, turn), { "aria-expanded": false, ...of }),
  ];
  if (linkable(reader)) ways.unshift(link(reader, look, "Read here"));
  if (source !== reader && linkable(source))
    ways.unshift(link(source, look, "Open at this passage", arrow));
  return ways;
}

/** Two buttons for a verdict on `what`. */
export function verdicts(what, target) {
  const vote = (label, verdict) =>
    button("quiet", label, later("feedback", "vote", { ...target, verdict }), { "aria-pressed": false });
  const label = { role: "group", "aria-label": `Was ${what} helpful?` };
  return el("span.group.verdicts", label, "Helpful?", vote("Yes", "helpful"), vote("No", "not_helpful"));
}
