/** The text of a passage, set as paragraphs and lines with the quoted words marked. */

import { el } from "./dom.js";

/** @typedef {import("./api.js").Range} Range */
/** @typedef {{text: string, marked: boolean}} Run */

/**
 * A text cut where marking begins and ends.
 *
 * The server counts in code points and JavaScript in UTF-16 units, so that an emoji before a
 * highlight would shift it by one; hence the array.
 *
 * @param {string} text
 * @param {Range[]} highlights in any order
 * @returns {Run[]}
 */
export function runsOf(text, highlights) {
  const points = Array.from(text);
  /** @type {Run[]} */
  const runs = [];
  let position = 0;
  const cut = (/** @type {number} */ end, /** @type {boolean} */ marked) => {
    if (end > position) runs.push({ text: points.slice(position, end).join(""), marked });
    position = Math.max(position, end);
  };
  for (const { start, end } of [...highlights].sort((a, b) => a.start - b.start)) {
    cut(start, false);
    cut(end, true);
  }
  cut(points.length, false);
  return runs;
}

/**
 * The passage as elements: an empty line parts paragraphs, a line break parts the items of a list.
 *
 * @param {string} text
 * @param {Range[]} highlights
 * @returns {HTMLElement}
 */
export function passageText(text, highlights) {
  /** @type {Node[][][]} paragraphs of lines of nodes */
  const paragraphs = [[[]]];
  for (const run of runsOf(text, highlights)) {
    for (const piece of run.text.split(/(\n\n|\n)/)) {
      const lines = /** @type {Node[][]} */ (paragraphs.at(-1));
      if (piece === "\n\n") paragraphs.push([[]]);
      else if (piece === "\n") lines.push([]);
      else if (piece) lines.at(-1)?.push(run.marked ? el("mark", {}, piece) : new Text(piece));
    }
  }
  const setParagraph = (/** @type {Node[][]} */ lines) =>
    lines.length === 1
      ? el("p", { dir: "auto" }, ...(lines[0] ?? []))
      : el("p", { dir: "auto" }, ...lines.map((line) => el("span", { class: "line" }, ...line)));
  return el("div", { class: "passage" }, ...paragraphs.map(setParagraph));
}
