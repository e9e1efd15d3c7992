/** The panel that lets only some posts answer: chips, author, tag, years, source, with counts. */

import { button, el } from "./dom.js";
import { ALL, addressOf } from "./filters.js";
import { count } from "./words.js";

/** Fills `place`; `change` is called with the new filters, `close` when that is all. */
export function showPanel(place, status, filters, change, close) {
  const { authors, tags, sources = [], years = [], chips = [] } = status;
  const set = (part) => {
    filters = { ...filters, ...part };
    change(filters);
    mind();
  };
  const mind = () => (all.disabled = addressOf([], filters) === "/");

  const chip = ({ chip: id, name, posts }) => {
    const isOn = () => filters.chips.includes(id);
    const act = (clicked) => {
      const others = filters.chips.filter((other) => other !== id);
      set({ chips: isOn() ? others : [...others, id] });
      clicked.setAttribute("aria-pressed", isOn());
    };
    const made = button("button.chip", `${name} `, act, { "aria-pressed": isOn() });
    made.append(el("small", `${posts}`));
    return made;
  };
  const row = (label, kind) => {
    const shown = chips.filter((each) => each.kind === kind && each.posts).map(chip);
    const group = { role: "group", "aria-label": label };
    return shown.length ? el("div.chips", group, el("b", label), ...shown) : "";
  };
  const choice = (label, any, name, found) => {
    const now = filters[name];
    const values = found.map(({ posts, ...each }) => [String(Object.values(each)[0]), posts]);
    if (now && !values.some(([value]) => value === now)) values.push([now, 0]);
    else if (values.length < 2 && !now) return "";
    const options = values.map(([value, posts]) => el("option", { value }, `${value} (${posts})`));
    const listen = { "aria-label": label, change: ({ target }) => set({ [name]: target.value }) };
    const select = el("select.button", listen, el("option", { value: "" }, any), ...options);
    select.value = now;
    return el("label", el("b", label), select);
  };
  const all = button("quiet", `All ${count(status.posts, "post")}`, () => {
    set(ALL);
    showPanel(place, status, filters, change, close);
    place.querySelector("button").focus();
  });
  mind();
  place.replaceChildren(
    row("Stage", "stage"),
    row("Objection", "objection"),
    el(
      "div.choices",
      choice("Author", "Anyone", "author", authors),
      choice("Tag", "Any tag", "tag", tags),
      choice("From", "The first", "from", years),
      choice("To", "The last", "to", years.toReversed()),
      choice("Source", "Any source", "source", sources),
    ),
    el("div.row", all, button("button", "Done", close)),
  );
}
