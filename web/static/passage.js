/** The text of a passage, set as paragraphs and lines with the quoted words marked. */

import { el } from "./dom.js";

/** A range of a text, in code points as the server counts; JavaScript counts otherwise. */
export const cut = (text, { start, end }) => Array.from(text).slice(start, end).join("");

/** A text cut where marking begins and ends: {text, marked}. */
function runsOf(text, highlights) {
  const runs = [];
  let position = 0;
  const upTo = (end, marked) => {
    if (end > position) runs.push({ text: cut(text, { start: position, end }), marked });
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
  /** paragraphs of lines of nodes */
  const paragraphs = [[[]]];
  for (const run of runsOf(text, highlights)) {
    for (const piece of run.text.split(/(\n\n|\n)/)) {
      const lines = paragraphs.at(-1);
      if (piece === "\n\n") paragraphs.push([[]]);
      else if (piece === "\n") lines.push([]);
      else if (piece) lines.at(-1).push(run.marked ? el("mark", piece) : piece);
    }
  }
  const inLines = (lines) => lines.map((line) => el("span.line", ...line));
  const set = (lines) =>
    el("p", { dir: "auto" }, ...(lines.length === 1 ? lines[0] : inLines(lines)));
  return el("div.passage", ...paragraphs.map(set));
}
