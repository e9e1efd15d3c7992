/** One question on the page with the place of its answer. */

import { answerBody, answerHead, narrowedTo, troubleBody } from "./answer.js";
import { button, el } from "./dom.js";

let made = 0;

export class Turn {
  /** Of {question, history, filters}; `commands` are the conversation's. */
  constructor(asked, commands) {
    this.asked = asked;
    this.commands = commands;
    /** "new" until it is "answered" or "failed"; a stopped turn that is new leaves the page. */
    this.state = "new";
    this.name = `answer-${++made}`;
    const heading = { id: this.name, tabindex: "-1", dir: "auto" };
    this.heading = el("h2.question", heading, asked.question);
    this.facts = el("div.facts");
    this.body = el("div");
    const head = el("div.head", this.heading, this.facts);
    this.node = el("article.turn", { "aria-labelledby": this.name }, head, this.body);
    this.node.addEventListener("click", (event) => this.#follow(event));
    this.#lightUp("pointerover", "pointerleave");
    this.#lightUp("focusin", "focusout");
  }

  /** Shows that an answer is on its way; one that is there already stays until then. */
  wait() {
    this.node.classList.add("pending");
    this.node.setAttribute("aria-busy", "true");
    if (this.state === "answered") return;
    const stop = button("text-button", "stop", this.commands.stop);
    this.#replace([el("p.meta", el("span.late", "Still looking · ", stop))], []);
  }

  /** Ends the waiting and leaves what was there. */
  rest() {
    this.node.classList.remove("pending");
    this.node.removeAttribute("aria-busy");
  }

  settle(answer) {
    this.rest();
    this.state = "answered";
    this.#replace(answerHead(this, answer), answerBody(this, answer));
  }

  fail(trouble) {
    this.rest();
    this.state = "failed";
    this.#replace(narrowedTo(this), troubleBody(this, trouble));
  }

  /** A number and its card light each other up, under the pointer as under the keyboard's focus. */
  #lightUp(begin, end) {
    const light = (rank) => {
      for (const node of this.body.querySelectorAll("[data-rank]"))
        node.classList.toggle(`lit-${begin}`, node.dataset.rank === rank);
    };
    this.node.addEventListener(begin, ({ target }) =>
      light(target.closest("[data-rank]")?.dataset.rank),
    );
    this.node.addEventListener(end, () => light(null));
  }

  /** From a number to its card; the address bar keeps the questions. */
  #follow(event) {
    const cite = event.target.closest("a.cite");
    const card = cite && document.getElementById(cite.hash.slice(1));
    if (!card) return;
    event.preventDefault();
    card.closest("details")?.setAttribute("open", "");
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }

  #replace(facts, body) {
    this.facts.replaceChildren(...facts);
    this.body.replaceChildren(...body);
  }
}
