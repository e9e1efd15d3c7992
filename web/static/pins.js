/** Pinned passages: the call sheet, on the screen and on paper. */

import { linesToSay } from "./card.js";
import { copyParts, sourceOf } from "./copy.js";
import { button, byId, el } from "./dom.js";
import { isPinned, keepPins, pins } from "./memory.js";
import { cut, passageText } from "./passage.js";
import { closeSheet, openSheet } from "./sheet.js";

/** What is printed, and nothing beside it, while there are pins. */
const paper = el("section.paper", { "aria-label": "Call sheet" });
document.body.append(paper);

/** Pins a passage, or takes the pin away. */
export function toggle(clicked, { id, text, highlights, say, post, link }, turn) {
  const pin = { id, question: turn.asked.question, text, highlights, say, post, link };
  keepPins(isPinned(id) ? without(id) : [...pins(), pin]);
  byId("announcer").textContent = isPinned(id) ? "On the call sheet." : "Off the call sheet.";
  showPins();
}

const without = (id) => pins().filter((pin) => pin.id !== id);

/** Sets all that tells of pins. */
export function showPins() {
  const all = pins();
  byId("pins").hidden = !all.length;
  byId("pins").textContent = `Call sheet ${all.length}`;
  document.body.classList.toggle("pinned", all.length > 0);
  for (const each of document.querySelectorAll("[data-pin]"))
    each.setAttribute("aria-pressed", isPinned(each.dataset.pin));
  paper.replaceChildren(el("h1", "Call sheet"), ...all.map(asItem));
}

export function openPins() {
  const items = pins().map((pin) => {
    const unpin = () => {
      keepPins(without(pin.id));
      showPins();
      if (pins().length) openPins();
      else closeSheet();
    };
    const item = asItem(pin);
    item.append(button("quiet", "Unpin", unpin, { "aria-label": `Unpin ${pin.post.title}` }));
    return item;
  });
  const copy = (style) => button("quiet", style, (clicked) => copyParts(clicked, style, parts()));
  const label = { role: "group", "aria-label": "Copy the call sheet as" };
  const ways = el("span.group", label, "Copy as", ...["Text", "Markdown", "Slack"].map(copy));
  const print = button("button", "Print", () => {
    closeSheet();
    window.print();
  });
  openSheet("Call sheet", ...items, el("div.row.foot", ways, print));
}

const parts = () =>
  pins().map((pin) => {
    const marked = pin.highlights.map((range) => ({ text: cut(pin.text, range) }));
    const quotes = marked.length ? marked : [{ text: pin.text }];
    return { title: pin.question, quotes, sources: [sourceOf(pin)] };
  });

function asItem(pin) {
  const { title, credit, href } = sourceOf(pin);
  const lines = linesToSay(pin).map((words) => el("li", words));
  return el(
    "article.pin",
    el("p.meta", { dir: "auto" }, pin.question),
    el("h3", { dir: "auto" }, title),
    el("p.meta", credit.replace(/^ by |^, /, "")),
    passageText(pin.text, pin.highlights),
    ...(lines.length ? [el("p.meta", "Say this"), el("ul", ...lines)] : []),
    el("p.meta", href.replace(/#:~:text=.*/, "")),
  );
}
