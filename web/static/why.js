/** Why a passage was found, in plain words. */

import { ask } from "./api.js";
import { el } from "./dom.js";

/** Answers that explain themselves, by what was asked. */
const explained = new WeakMap();
const ordinal = new Intl.PluralRules("en", { type: "ordinal" });

/** Shows or hides it above a card's buttons. */
export async function toggle(clicked, { id }, { asked }) {
  const row = clicked.closest(".row");
  const old = row.parentElement.querySelector(".why");
  clicked.setAttribute("aria-expanded", !old);
  if (old) return old.remove();
  const place = el("p.why.meta", { role: "status" }, "Asking why …");
  row.before(place);
  try {
    const again = { explain: true, keep: false };
    if (!explained.has(asked)) explained.set(asked, ask(asked, undefined, again));
    const { passages } = await explained.get(asked);
    place.textContent = inWords(passages.find((passage) => passage.id === id)?.why);
  } catch (error) {
    explained.delete(asked);
    place.remove();
    clicked.setAttribute("aria-expanded", false);
    throw error;
  }
}

function inWords(why) {
  if (!why) return "The archive has changed since: ask again to see why.";
  const { words, other_words: others, bm25_rank: byWords, meaning_rank: byMeaning, timely } = why;
  const shared = words.length ? listed(words) : "no word";
  const parts = [`It shares ${shared} with your question.`];
  if (others.length) parts.push(`Others in the trade say ${listed(others)} for what you asked.`);
  const second = byWords ? `, ${nth(byWords)} by its words` : "";
  parts.push(`Of the passages looked at it is ${nth(byMeaning)} by meaning${second}.`);
  parts.push(timely > 0 ? "Its date counted in its favour." : "Its date made no difference.");
  return parts.join(" ");
}

const listed = (words) =>
  words.map((word) => `“${word}”`).join(", ").replace(/, ([^,]*)$/, " and $1");

/** "1st". */
const nth = (rank) => rank + { one: "st", two: "nd", few: "rd", other: "th" }[ordinal.select(rank)];
