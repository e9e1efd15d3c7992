/** One question on the page with the place of its answer. */

import { answerBody, answerHead, troubleBody } from "./answer.js";
import { el } from "./dom.js";

/** @typedef {import("./api.js").Answer} Answer */
/** @typedef {import("./api.js").Trouble} Trouble */

let made = 0;

export class Turn {
  /**
   * @param {string} question
   * @param {string[]} history the questions it is taken together with, oldest first
   * @param {{askAlone: (turn: Turn) => void, stop: () => void}} commands
   */
  constructor(question, history, commands) {
    this.question = question;
    this.history = history;
    /** "new" until the first answer or failure; a stopped turn that is new leaves the page. */
    this.state = /** @type {"new" | "answered" | "failed"} */ ("new");
    this.name = `answer-${++made}`;
    this.commands = commands;
    const heading = { id: this.name, class: "question", tabindex: "-1", dir: "auto" };
    this.heading = el("h2", heading, question);
    this.facts = el("div", { class: "facts" });
    this.body = el("div", {});
    const head = el("div", { class: "head" }, this.heading, this.facts);
    this.node = el("article", { class: "turn", "aria-labelledby": this.name }, head, this.body);
    this.node.addEventListener("click", (event) => this.#follow(event));
    this.#lightUp("pointerover", "pointerleave");
    this.#lightUp("focusin", "focusout");
  }

  /** Shows that an answer is on its way; one that is there already stays until then. */
  wait() {
    this.node.classList.add("pending");
    this.node.setAttribute("aria-busy", "true");
    if (this.state === "answered") return;
    const stop = el("button", { type: "button", class: "text-button" }, "stop");
    stop.addEventListener("click", this.commands.stop);
    const late = el("span", { class: "late" }, "Still looking · ", stop);
    this.#replace([el("p", { class: "meta" }, late)], []);
  }

  /** Ends the waiting and leaves what was there. */
  rest() {
    this.node.classList.remove("pending");
    this.node.removeAttribute("aria-busy");
  }

  /** @param {Answer} answer */
  settle(answer) {
    this.rest();
    this.state = "answered";
    const askAlone = () => this.commands.askAlone(this);
    this.#replace(answerHead(answer, askAlone), answerBody(answer, this.name));
  }

  /** @param {Trouble} trouble */
  fail(trouble) {
    this.rest();
    this.state = "failed";
    this.#replace([], troubleBody(trouble));
  }

  /**
   * A number and its card light each other up, under the pointer as under the keyboard's focus.
   *
   * @param {"pointerover" | "focusin"} begin
   * @param {"pointerleave" | "focusout"} end
   */
  #lightUp(begin, end) {
    const light = (/** @type {string | null | undefined} */ rank) => {
      for (const node of this.body.querySelectorAll("[data-rank]")) {
        node.classList.toggle(`lit-${begin}`, node.getAttribute("data-rank") === rank);
      }
    };
    this.node.addEventListener(begin, ({ target }) => {
      const part = /** @type {Element} */ (target).closest("[data-rank]");
      light(part?.getAttribute("data-rank"));
    });
    this.node.addEventListener(end, () => light(null));
  }

  /**
   * Leads from a number to its card, without the address bar changing, which holds the questions.
   *
   * @param {Event} event
   */
  #follow(event) {
    const cite = /** @type {Element} */ (event.target).closest("a.cite");
    const card = cite && document.getElementById(cite.getAttribute("href")?.slice(1) ?? "");
    if (!card) return;
    event.preventDefault();
    card.closest("details")?.setAttribute("open", "");
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {HTMLElement[]} facts
   * @param {HTMLElement[]} body
   */
  #replace(facts, body) {
    this.facts.replaceChildren(...facts);
    this.body.replaceChildren(...body);
  }
}
