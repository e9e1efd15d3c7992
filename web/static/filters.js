/** Which posts may answer: in the address bar, for the API, in words. */

export const ALL = { author: "", tag: "", source: "", from: "", to: "", chips: [] };

/** The chips' names by their ids, once the server has told them. */
export const chipNames = new Map();

/** The questions of an address, oldest first. */
export const questionsOf = (search) =>
  new URLSearchParams(search).getAll("q").map((question) => question.trim()).filter(Boolean);

export function filtersOf(search) {
  const given = new URLSearchParams(search);
  const text = (name) => given.get(name)?.trim() ?? "";
  const year = (name) => text(name).match(/^\d{4}$/)?.[0] ?? "";
  const [author, tag, source] = ["author", "tag", "source"].map(text);
  return { author, tag, source, from: year("from"), to: year("to"), chips: given.getAll("chip") };
}

/** An address that asks this again. */
export function addressOf(questions, { chips, ...rest }) {
  const pairs = questions.map((question) => ["q", question]);
  pairs.push(...Object.entries(rest).filter(([, value]) => value));
  pairs.push(...chips.map((chip) => ["chip", chip]));
  return pairs.length ? `/?${new URLSearchParams(pairs)}` : "/";
}

/** As the API takes them; nothing where every post may answer. */
export function bodyOf({ author, tag, source, from, to, chips }) {
  const dates = { after: from && `${from}-01-01`, before: to && `${to}-12-31` };
  const given = Object.entries({ author, tag, source, ...dates, chips });
  const set = given.filter(([, value]) => value.length);
  return set.length ? { filters: Object.fromEntries(set) } : {};
}

/** Each in words: "by Ruth Calder", "since 2014". */
export function wordsOf({ author, tag, source, from, to, chips }) {
  const years = from === to ? `of ${from}` : `from ${from} to ${to}`;
  return [
    ...chips.map((chip) => `on ${(chipNames.get(chip) ?? chip).toLowerCase()}`),
    author && `by ${author}`,
    tag && `tagged “${tag}”`,
    from && to ? years : from ? `since ${from}` : to && `up to ${to}`,
    source && `in ${source}`,
  ].filter(Boolean);
}
