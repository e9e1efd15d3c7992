/** An answer as elements: the short answer in quotes, the passages as cards, or an honest miss. */

import { later } from "./api.js";
import { card, verdicts } from "./card.js";
import { button, el, link } from "./dom.js";
import { wordsOf } from "./filters.js";
import { answerFacts, inQuotes, shortened } from "./words.js";

const TOUCHED = "The archive touches on this.";
const MISSED = "The archive does not cover this.";
const FEWEST_CARDS = 3;
const MOST_CARDS = 5;

const meta = (...words) => el("p.meta", ...words);

/** The passages that are shown at once. */
export function shownOf({ short_answer, passages }) {
  const quoted = Math.max(...short_answer.map(({ citation }) => citation), FEWEST_CARDS);
  return passages.filter(({ rank }) => rank <= Math.min(quoted, MOST_CARDS));
}

/** What an answer rests on, was narrowed to and was taken together with. */
export function answerHead(turn, answer) {
  const lines = narrowedTo(turn);
  if (answer.status === "answered") lines.unshift(meta(answerFacts(answer)));
  if (answer.confidence === "partly") lines.push(meta(TOUCHED));
  if (answer.searched_with.length) {
    const earlier = answer.searched_with.map((question) => `“${shortened(question)}”`).join(", ");
    const alone = button("text-button", "ask it alone", () => turn.commands.askAlone(turn));
    lines.push(meta(`Taken together with ${earlier} · `, alone));
  }
  return lines;
}

/** Which posts may answer, where not all of them, and the way back to all. */
export function narrowedTo(turn) {
  const words = wordsOf(turn.asked.filters);
  const lift = button("text-button", "ask all posts", () => turn.commands.lift(turn));
  return words.length ? [meta(`Only posts ${words.join(", ")} · `, lift)] : [];
}

/** What stands below a question once it is answered. */
export function answerBody(turn, answer) {
  const judged = verdicts("this answer", { answer_id: answer.id });
  if (answer.status === "not_covered") return [miss(turn, answer, judged)];
  const shown = shownOf(answer);
  const rest = answer.passages.filter((passage) => !shown.includes(passage));
  const cards = (passages) => passages.map((passage) => card(passage, turn, answer));
  const parts = cards(shown);
  if (answer.short_answer.length) parts.unshift(shortAnswer(answer.short_answer, turn.name));
  if (rest.length) parts.push(more(cards(rest)));
  const copy = (style) => button("quiet", style, later("copy", "copyAnswer", style, turn, answer));
  const label = { role: "group", "aria-label": "Copy this answer as" };
  const ways = ["Link", "Text", "Markdown", "Slack"].map(copy);
  return [...parts, el("div.row.foot", el("span.group", label, "Copy as", ...ways), judged)];
}

/** The answer in one breath, for a screen reader. */
export function spokenAnswer(answer) {
  if (answer.status === "not_covered") return MISSED;
  const said = ({ text, citation }) => `${inQuotes(text)} Passage ${citation}.`;
  const parts = [...answer.short_answer.map(said), answerFacts(answer)];
  if (answer.confidence === "partly") parts.unshift(TOUCHED);
  return parts.join(" ");
}

/** What stands below a question that got no answer. */
export function troubleBody(turn, { message, hint, wait }) {
  const again = button("button", "", () => turn.commands.again(turn));
  const until = Date.now() + wait * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    again.disabled = left > 0;
    again.textContent = left > 0 ? `Ask again in ${left} s` : "Ask again";
    if (left > 0) setTimeout(tick, 500);
  };
  tick();
  const words = el("div", { role: "alert" }, el("p.verdict", message), el("p", hint));
  return [el("div.trouble", words, again)];
}

function shortAnswer(quotes, name) {
  const lines = quotes.map(({ text, citation }) => {
    const rank = { "data-rank": citation };
    const to = { href: `#${name}-${citation}`, "aria-label": `Passage ${citation}`, ...rank };
    return el("p", { dir: "auto" }, el("span", rank, inQuotes(text)), el("a.cite", to, `${citation}`));
  });
  return el("blockquote.short", ...lines);
}

function more(cards) {
  const closed = el("span.closed", `More passages (${cards.length})`);
  const summary = el("summary.button", closed, el("span.open", "Fewer passages"));
  return el("details.more", summary, ...cards);
}

function miss(turn, { subjects }, judged) {
  const narrow = wordsOf(turn.asked.filters).length > 0;
  const parts = [el("p.verdict", narrow ? "These posts do not cover this." : MISSED)];
  if (subjects.length) {
    const items = subjects.map((subject) => el("li", link(subject.link, {}, subject.title)));
    parts.push(meta("The nearest it has"), el("ul.subjects", ...items));
  }
  return el("div.miss", ...parts, el("div.row.foot", judged));
}
