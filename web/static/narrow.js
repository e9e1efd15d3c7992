/** The panel that lets only some posts answer: chips, author, tag, years, source, with counts. */

import { button, el } from "./dom.js";
import { ALL } from "./filters.js";
import { count } from "./words.js";

/** Fills `place`; `change` is called with the new filters, `close` when that is all. */
export function showPanel(place, status, filters, change, close) {
  const { authors, tags, sources = [], years = [], chips = [] } = status;
  const set = (part) => {
    filters = { ...filters, ...part };
    change(filters);
    all.disabled = JSON.stringify(filters) === JSON.stringify(ALL);
  };
  const chip = ({ chip: id, name, posts }) => {
    const isOn = () => filters.chips.includes(id);
    const act = (clicked) => {
      const others = filters.chips.filter((other) => other !== id);
      set({ chips: isOn() ? others : [...others, id] });
      clicked.setAttribute("aria-pressed", isOn());
    };
    const made = button("chip", name, act, { "aria-pressed": isOn() });
    made.append(" ", el("small", String(posts)));
    return made;
  };
  const row = (label, kind) => {
    const shown = chips.filter(
      (each) => each.kind === kind && (each.posts || filters.chips.includes(each.chip)),
    );
    const group = { role: "group", "aria-label": label };
    return shown.length ? [el("div.chips", group, el("b", label), ...shown.map(chip))] : [];
  };
  const choice = (label, any, name, values) => {
    const now = filters[name];
    if (now && !values.some(([value]) => String(value) === now)) values = [...values, [now, 0]];
    if (values.length < 2 && !now) return [];
    const options = values.map(([value, posts]) => el("option", { value }, `${value} (${posts})`));
    const select = el("select", el("option", { value: "" }, any), ...options);
    select.value = now;
    select.addEventListener("change", () => set({ [name]: select.value }));
    return [el("label", el("b", label), select)];
  };
  const byYear = years.map(({ year, posts }) => [year, posts]);
  const choices = [
    ...choice("Author", "Anyone", "author", authors.map(({ name, posts }) => [name, posts])),
    ...choice("Tag", "Any tag", "tag", tags.map(({ tag, posts }) => [tag, posts])),
    ...choice("From", "The first", "from", byYear),
    ...choice("To", "The last", "to", byYear.toReversed()),
    ...choice("Source", "Any source", "source", sources.map(({ name, posts }) => [name, posts])),
  ];
  const all = button("quiet", `All ${count(status.posts, "post")}`, () => {
    set(ALL);
    showPanel(place, status, filters, change, close);
    place.querySelector("button").focus();
  });
  place.replaceChildren(
    ...row("Stage", "stage"),
    ...row("Objection", "objection"),
    el("div.choices", ...choices),
    el("div.row", all, button("button", "Done", close)),
  );
  all.disabled = JSON.stringify(filters) === JSON.stringify(ALL);
}
