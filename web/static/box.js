/** The question box: keys, growing with its text, counting down near the limit. */

import { byId } from "./dom.js";
import { questions } from "./memory.js";
import { Suggestions } from "./suggest.js";
import { count, length, MAX_QUESTION } from "./words.js";

/** From this many left on, the box says how many. */
const COUNT_FROM = 100;

export class Box {
  form = byId("ask");
  field = byId("question");
  counter = byId("count");
  /** How far back the question in the box was asked; 0 for one that is being typed. */
  #back = 0;

  /** `onAsk` is called with a question fit to be sent. */
  constructor(onAsk, announce) {
    this.onAsk = onAsk;
    const choose = (text) => this.#send(text);
    this.suggestions = new Suggestions(this.field, byId("suggestions"), choose, announce);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => this.#update());
    window.addEventListener("resize", () => this.#update());
    this.#update();
  }

  /** Puts a question back, unless something else has been typed since. */
  restore(question) {
    if (!this.field.value.trim()) this.#fill(question);
  }

  focus() {
    this.field.focus();
  }

  #key(event) {
    if (event.isComposing || this.suggestions.takes(event)) return;
    const older = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (older && (this.#back || !this.field.value)) this.#recall(event, older);
  }

  /** Brings back an earlier question of this device, or the one after it. */
  #recall(event, older) {
    const past = questions();
    const back = Math.min(this.#back + older, past.length);
    if (back < 0 || back === this.#back) return;
    event.preventDefault();
    this.#fill(past[back - 1]?.question ?? "");
    this.#back = back;
  }

  #submit() {
    const question = this.field.value.trim();
    if (!question || length(question) > MAX_QUESTION) this.focus();
    else this.#send(question);
  }

  #send(question) {
    this.suggestions.close();
    this.#fill("");
    this.onAsk(question);
  }

  #fill(text) {
    this.field.value = text;
    this.#update();
  }

  #update() {
    const { field, counter } = this;
    this.#back = 0;
    const left = MAX_QUESTION - length(field.value.trim());
    counter.hidden = left > COUNT_FROM;
    counter.classList.toggle("over", left < 0);
    counter.textContent =
      left < 0
        ? `${count(-left, "character")} over the limit of ${count(MAX_QUESTION, "character")}`
        : `${count(left, "character")} left`;
    field.setAttribute("aria-invalid", left < 0);
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }
}
