/** The text of a passage, set as paragraphs and lines with the quoted words marked. */

import { el } from "./dom.js";

/** A part of a text in code points, as the server counts; JavaScript counts otherwise. */
export const cut = (text, { start, end }) => Array.from(text).slice(start, end).join("");

/** A text cut where marking begins and ends: [text, marked]. */
function runsOf(text, highlights) {
  const runs = [];
  let position = 0;
  const upTo = (end, marked) => {
    if (end > position) runs.push([cut(text, { start: position, end }), marked]);
    position = Math.max(position, end);
  };
  for (const { start, end } of [...highlights].sort((a, b) => a.start - b.start)) {
    upTo(start, false);
    upTo(end, true);
  }
  upTo(Infinity, false);
  return runs;
}

/** The passage: an empty line parts paragraphs, a line break parts the items of a list. */
export function passageText(text, highlights) {
  const paragraphs = [[[]]]; // of lines of nodes
  for (const [words, marked] of runsOf(text, highlights)) {
    for (const piece of words.split(/(\n\n|\n)/)) {
      const lines = paragraphs.at(-1);
      if (piece === "\n\n") paragraphs.push([[]]);
      else if (piece === "\n") lines.push([]);
      else if (piece) lines.at(-1).push(marked ? el("mark", piece) : piece);
    }
  }
  const inLines = (lines) => lines.map((line) => el("span.line", ...line));
  const set = (lines) => (lines.length > 1 ? inLines(lines) : lines[0]);
  return el("div.passage", ...paragraphs.map((lines) => el("p", { dir: "auto" }, ...set(lines))));
}
