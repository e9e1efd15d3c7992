/**
 * Suggestions while typing. The arrow keys choose; nothing is chosen beforehand, so that Enter asks
 * what was typed. A textarea may not have the role of a combobox, but says all that one says.
 */

import { suggest, Trouble } from "./api.js";
import { el } from "./dom.js";
import { count } from "./words.js";

const DELAY_MS = 120;
const MOST = 80;
/** After a failure there are none for a while: the page says itself when the server is away. */
const REST_MS = 30_000;
const KINDS = { question: "asked before", title: "post", heading: "heading", tag: "tag" };

export class Suggestions {
  #timer;
  #controller;
  #restUntil = 0;
  /** The option that the arrow keys are at; -1 is what was typed. */
  #at = -1;

  constructor(field, list, choose, announce) {
    Object.assign(this, { field, list, choose, announce });
    field.addEventListener("input", () => this.#typed());
    field.addEventListener("blur", () => this.close());
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => this.#take(target.closest("li")));
  }

  /** Whether a key was for the list. */
  takes(event) {
    if (this.list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = this.list.children[this.#at];
    if (step) this.#select(this.#at + step);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && !event.shiftKey && chosen) this.#take(chosen);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  close() {
    clearTimeout(this.#timer);
    this.#controller?.abort();
    this.list.hidden = true;
    this.#select(-1);
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#controller?.abort();
    const text = this.field.value.trim();
    const isFit = text.length > 1 && text.length <= MOST && Date.now() > this.#restUntil;
    if (isFit) this.#timer = setTimeout(() => this.#fetch(text), DELAY_MS);
    else this.close();
  }

  async #fetch(text) {
    const { signal } = (this.#controller = new AbortController());
    try {
      const { suggestions } = await suggest(text, signal);
      if (!signal.aborted) this.#show(suggestions.filter((each) => each.text !== text));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Trouble)) throw error;
      this.#restUntil = Date.now() + REST_MS;
      this.close();
    }
  }

  #show(found) {
    const options = found.map(({ text, kind }, index) => {
      const option = { role: "option", id: `suggestion-${index}` };
      return el("li", option, el("span", { dir: "auto" }, text), el("small", KINDS[kind]));
    });
    this.list.replaceChildren(...options);
    this.list.hidden = !found.length;
    this.#select(-1);
    if (found.length) this.announce(`${count(found.length, "suggestion")}, by the arrow keys.`);
  }

  #select(at) {
    const options = [...this.list.children];
    this.#at = at < -1 ? options.length - 1 : at === options.length ? -1 : at;
    options.forEach((option, index) => option.setAttribute("aria-selected", index === this.#at));
    this.field.setAttribute("aria-activedescendant", options[this.#at]?.id ?? "");
  }

  #take(option) {
    this.close();
    if (option) this.choose(option.firstChild.textContent);
  }
}
