/** Counts, dates and ages in words. */

/** The longest question the server takes, in code points. */
export const MAX_QUESTION = 1000;

const dateFormat = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
const numberFormat = new Intl.NumberFormat("en-GB");

/** "1 post", "1,200 posts". */
export const count = (number, noun) =>
  `${numberFormat.format(number)} ${noun}${number === 1 ? "" : "s"}`;

/** The length of a text as the server counts it. */
export const length = (text) => Array.from(text).length;

/** "3 March 2014", of YYYY-MM-DD. */
export const longDate = (published) => dateFormat.format(new Date(published));

/** "3 March 2014, 12 years ago"; without the age for a day to come. */
export function dateAndAge(published, today) {
  const age = ageOf(published, today);
  return longDate(published) + (age && `, ${age}`);
}

function ageOf(published, today) {
  const [year, month, day] = published.split("-").map(Number);
  const beforeTheDay = today.getDate() < day ? 1 : 0;
  const months = (today.getFullYear() - year) * 12 + today.getMonth() + 1 - month - beforeTheDay;
  if (months >= 12) return `${count(Math.floor(months / 12), "year")} ago`;
  if (months >= 1) return `${count(months, "month")} ago`;
  const midnight = Date.UTC(today.getFullYear(), today.getMonth(), today.getDate());
  const days = Math.round((midnight - Date.UTC(year, month - 1, day)) / 86_400_000);
  if (days < 0) return "";
  return days === 0 ? "today" : `${count(days, "day")} ago`;
}

/** "2011 to 2019", "2014", or nothing where no date is known. */
function years(dates) {
  const known = dates.flatMap((date) => date?.slice(0, 4) ?? []).sort();
  const [first, last] = [known.at(0), known.at(-1)];
  return first === last ? (first ?? "") : `${first} to ${last}`;
}

/** "3 posts, 2 authors, 2011 to 2019 · 6 ms". */
export function answerFacts({ passages, took_ms }) {
  const posts = [...new Map(passages.map(({ post }) => [post.id, post])).values()];
  const authors = new Set(posts.flatMap(({ author }) => author ?? []));
  const facts = [
    count(posts.length, "post"),
    authors.size && count(authors.size, "author"),
    years(posts.map(({ published }) => published)),
  ];
  return `${facts.filter(Boolean).join(", ")} · ${Math.max(1, Math.round(took_ms))} ms`;
}

/** "40 posts by 5 authors, 2009 to 2024". */
export function holdings({ posts, authors, first_published, last_published }) {
  const by = authors.length === 1 ? authors[0].name : count(authors.length, "author");
  const when = years([first_published, last_published]);
  return count(posts, "post") + (authors.length ? ` by ${by}` : "") + (when && `, ${when}`);
}

/** In quotation marks, of which words said get no second pair. */
export const inQuotes = (text) => (/^["“][^]*["”]$/.test(text) ? text : `“${text}”`);

/** On one line, cut where it has more code points than that. */
export function shortened(text, most = 80) {
  const points = Array.from(text.replace(/\s+/g, " "));
  if (points.length <= most) return points.join("");
  return `${points.slice(0, most - 1).join("").trimEnd()}…`;
}
