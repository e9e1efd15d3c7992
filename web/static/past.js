/** The questions asked on this device, to look at and to clear. */

import { button, el } from "./dom.js";
import { forgetQuestions, questions } from "./memory.js";
import { openSheet } from "./sheet.js";

const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

export function showPast() {
  const rows = questions().map(({ question, address, at }) =>
    el("li", el("a", { href: address, dir: "auto" }, question), el("time.meta", format.format(at))),
  );
  if (!rows.length) return openSheet("History", el("p", "No questions are kept on this device."));
  const clear = button("button", "Clear all", () => {
    forgetQuestions();
    showPast();
  });
  const foot = el("div.row", el("span.meta", "Kept on this device only."), clear);
  openSheet("History", el("ul.past", ...rows), foot);
}
