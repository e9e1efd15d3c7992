/** Which posts may answer: in the address bar, for the API, in words. */

export const ALL = { author: "", tag: "", source: "", from: "", to: "", chips: [] };

/** The chips' names by their ids, once the server has told them. */
export const chipNames = new Map();

/** The questions of an address, oldest first. */
export const questionsOf = (search) =>
  new URLSearchParams(search).getAll("q").map((question) => question.trim()).filter(Boolean);

/** The filters of an address; a year that is none is left out. */
export function filtersOf(search) {
  const given = new URLSearchParams(search);
  const [author, tag, source, from, to] = ["author", "tag", "source", "from", "to"].map(
    (name) => given.get(name)?.trim() ?? "",
  );
  const year = (text) => (/^\d{4}$/.test(text) ? text : "");
  return { author, tag, source, from: year(from), to: year(to), chips: given.getAll("chip") };
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
  const filters = {
    ...(author && { author }),
    ...(tag && { tag }),
    ...(source && { source }),
    ...(from && { after: `${from}-01-01` }),
    ...(to && { before: `${to}-12-31` }),
    ...(chips.length && { chips }),
  };
  return Object.keys(filters).length ? { filters } : {};
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
