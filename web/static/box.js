/** The question box: keys, growing with its text, counting down near the limit. */

import { byId } from "./dom.js";
import { count, length, MAX_QUESTION } from "./words.js";

/** From this many left on, the box says how many. */
const COUNT_FROM = 100;

export class Box {
  /** @param {(question: string) => void} onAsk called with a question fit to be sent */
  constructor(onAsk) {
    this.form = /** @type {HTMLFormElement} */ (byId("ask"));
    this.field = /** @type {HTMLTextAreaElement} */ (byId("question"));
    this.counter = byId("count");
    this.onAsk = onAsk;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.field.addEventListener("input", () => this.#update());
    window.addEventListener("resize", () => this.#update());
    this.#update();
  }

  /** Puts a question back, unless something else has been typed since. */
  restore(/** @type {string} */ question) {
    if (this.field.value.trim()) return;
    this.field.value = question;
    this.#update();
  }

  /** @param {string} hint what to type, in words short enough for the field */
  invite(hint) {
    this.field.placeholder = hint;
  }

  focus() {
    this.field.focus();
  }

  #submit() {
    const question = this.field.value.trim();
    if (!question || length(question) > MAX_QUESTION) {
      this.focus();
      return;
    }
    this.field.value = "";
    this.#update();
    this.onAsk(question);
  }

  #update() {
    const left = MAX_QUESTION - length(this.field.value.trim());
    this.counter.hidden = left > COUNT_FROM;
    this.counter.classList.toggle("over", left < 0);
    this.counter.textContent =
      left < 0
        ? `${count(-left, "character")} over the limit of ${count(MAX_QUESTION, "character")}`
        : `${count(left, "character")} left`;
    this.field.setAttribute("aria-invalid", String(left < 0));
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }
}
