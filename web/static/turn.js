/** One question on the page with the place of its answer. */

import { answerBody, answerHead, narrowedTo, troubleBody } from "./answer.js";
import { button, byId, el } from "./dom.js";

let made = 0;

export class Turn {
  /** "new" until it is "answered" or "failed"; one that is stopped when new leaves the page. */
  state = "new";
  name = `answer-${++made}`;
  facts = el("div.facts");
  body = el("div");

  /** `asked` is {question, history, filters}; the commands are the conversation's. */
  constructor(asked, commands) {
    Object.assign(this, { asked, commands });
    const heading = { id: this.name, tabindex: "-1", dir: "auto" };
    this.heading = el("h2.question", heading, asked.question);
    const head = el("div.head", this.heading, this.facts);
    const click = (event) => this.#follow(event);
    this.node = el("article.turn", { "aria-labelledby": this.name, click }, head, this.body);
    this.#lightUp("pointerover", "pointerleave");
    this.#lightUp("focusin", "focusout");
  }

  /** Shows that an answer is on its way; one that is there already stays until then. */
  wait() {
    this.setPending(true);
    if (this.state === "answered") return;
    const stop = button("text-button", "stop", this.commands.stop);
    this.#fill([el("p.meta", el("span.late", "Still looking · ", stop))], []);
  }

  settle(answer) {
    this.setPending(false);
    this.state = "answered";
    this.#fill(answerHead(this, answer), answerBody(this, answer));
  }

  fail(trouble) {
    this.setPending(false);
    this.state = "failed";
    this.#fill(narrowedTo(this), troubleBody(this, trouble));
  }

  /** A number and its card light each other up, under the pointer as under the keyboard's focus. */
  #lightUp(begin, end) {
    const light = (rank) => {
      for (const node of this.body.querySelectorAll("[data-rank]"))
        node.classList.toggle(`lit-${begin}`, node.dataset.rank === rank);
    };
    const lightOf = ({ target }) => light(target.closest("[data-rank]")?.dataset.rank);
    this.node.addEventListener(begin, lightOf);
    this.node.addEventListener(end, () => light());
  }

  /** From a number to its card; the address bar keeps the questions. */
  #follow(event) {
    const hash = event.target.closest("a.cite")?.hash;
    if (!hash) return;
    event.preventDefault();
    const card = byId(hash.slice(1));
    card?.closest("details")?.setAttribute("open", "");
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest" });
  }

  setPending(isPending) {
    this.node.classList.toggle("pending", isPending);
    this.node.setAttribute("aria-busy", isPending);
  }

  #fill(facts, body) {
    this.facts.replaceChildren(...facts);
    this.body.replaceChildren(...body);
  }
}
