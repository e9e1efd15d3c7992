/** The colours of the dots, by subject or by year, from the tokens of the style sheet. */

/** @typedef {import("./map.js").MapPost} MapPost */
/** @typedef {import("./map.js").MapSubject} MapSubject */

/** The tokens dot-1 to dot-8 are in the order of their hue, round the circle. */
const HUES = 8;
/** How alike two colours are that stand so many places apart on the circle. */
const ALIKE = [1, 0.5, 0.25, 0.1, 0];
/** What likeness costs far apart, in what it costs at a distance of the whole map. */
const ANYWHERE = 3;

/** The value of a colour token, as it is in the scheme of now. */
export function token(/** @type {string} */ name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/**
 * A colour for each subject, chosen one after the other so that those near each other differ.
 *
 * @param {MapSubject[]} subjects
 * @returns {Map<string | null, string>} by the subject's id; null for posts of none
 */
export function subjectColours(subjects) {
  /** @type {{subject: MapSubject, hue: number}[]} */
  const chosen = [];
  for (const subject of subjects) {
    const costs = Array.from({ length: HUES }, (_, hue) =>
      chosen.reduce((sum, other) => {
        const apart = Math.abs(hue - other.hue);
        const alike = ALIKE[Math.min(apart, HUES - apart)] ?? 0;
        const away = Math.hypot(subject.x - other.subject.x, subject.y - other.subject.y);
        return sum + alike * (ANYWHERE + 1 / (away + 0.02));
      }, 0),
    );
    chosen.push({ subject, hue: costs.indexOf(Math.min(...costs)) });
  }
  return new Map([
    [null, token("dot-none")],
    ...chosen.map(({ subject, hue }) => {
      return /** @type {[string, string]} */ ([subject.id, token(`dot-${hue + 1}`)]);
    }),
  ]);
}

/**
 * A colour for each year between the first and the last: ink, paler the older.
 *
 * @param {(number | null)[]} years
 * @returns {Map<number | null, string>} null for posts without a date
 */
export function yearColours(years) {
  const known = [...new Set(years.filter((year) => year !== null))].sort((a, b) => a - b);
  const [first = 0, last = 0] = [known.at(0), known.at(-1)];
  const [old, recent] = [channels(token("year-first")), channels(token("year-last"))];
  const colours = known.map((year) => {
    const part = first === last ? 1 : (year - first) / (last - first);
    const mixed = old.map((channel, at) => Math.round(channel + ((recent[at] ?? 0) - channel) * part));
    return /** @type {[number, string]} */ ([year, `rgb(${mixed.join(" ")})`]);
  });
  return new Map([[null, token("dot-none")], ...colours]);
}

/** The year of a post; null where its date is not known. */
export function yearOf(/** @type {MapPost} */ { published }) {
  return published === null ? null : Number(published.slice(0, 4));
}

/** Red, green and blue of "#rrggbb". */
function channels(/** @type {string} */ hex) {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}
