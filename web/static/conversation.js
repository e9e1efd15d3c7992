/** The questions asked on this page, in order, of which at most one is waiting for its answer. */

import { ask, Trouble } from "./api.js";
import { spokenAnswer } from "./answer.js";
import { Turn } from "./turn.js";

/** How many earlier questions the server takes along. */
const MAX_HISTORY = 10;

/**
 * What became of a question. Stopped: by the reader, who wants it back. Replaced: by the next one.
 * @typedef {"answered" | "failed" | "stopped" | "replaced"} Outcome
 */

export class Conversation {
  /** @type {Turn[]} */
  #turns = [];
  /** @type {{turn: Turn, controller: AbortController} | null} */
  #running = null;

  /**
   * @param {HTMLElement} place where the turns go
   * @param {{begun: (turn: Turn) => void, ended: (turn: Turn, outcome: Outcome) => void,
   *   announce: (text: string) => void}} page what the page does when a question is asked and when
   *   something came of it, and how it says a thing to a screen reader
   */
  constructor(place, page) {
    this.place = place;
    this.page = page;
  }

  get isEmpty() {
    return this.#turns.length === 0;
  }

  /** The last question and those it was taken together with, oldest first. */
  get line() {
    const last = this.#turns.at(-1);
    return last ? [...last.history, last.question] : [];
  }

  /**
   * Asks a question as a follow-up to those before it.
   *
   * @param {string} question
   * @returns {Promise<Outcome>}
   */
  ask(question) {
    this.#abort("replaced");
    const last = this.#turns.at(-1);
    if (last?.state === "failed") this.#remove(last);
    const commands = {
      askAlone: (/** @type {Turn} */ turn) => void this.#askAlone(turn),
      stop: () => this.stop(),
    };
    const turn = new Turn(question, this.line.slice(-MAX_HISTORY), commands);
    this.#turns.push(turn);
    this.place.append(turn.node);
    return this.#run(turn);
  }

  /** Gives up the question under way, if there is one. */
  stop() {
    this.#abort("stopped");
  }

  /** Forgets everything. */
  clear() {
    this.#abort("replaced");
    for (const turn of [...this.#turns]) this.#remove(turn);
  }

  /** @param {Turn} turn */
  #askAlone(turn) {
    this.#abort("replaced");
    turn.history = [];
    turn.heading.focus();
    return this.#run(turn);
  }

  /**
   * @param {Turn} turn
   * @returns {Promise<Outcome>}
   */
  async #run(turn) {
    const controller = new AbortController();
    this.#running = { turn, controller };
    turn.wait();
    this.page.begun(turn);
    const outcome = await this.#outcome(turn, controller.signal);
    if (this.#running?.controller === controller) this.#running = null;
    this.page.ended(turn, outcome);
    return outcome;
  }

  /**
   * @param {Turn} turn
   * @param {AbortSignal} signal
   * @returns {Promise<Outcome>}
   */
  async #outcome(turn, signal) {
    try {
      const answer = await ask(turn.question, turn.history, signal);
      signal.throwIfAborted();
      turn.settle(answer);
      this.page.announce(spokenAnswer(answer));
      return "answered";
    } catch (error) {
      if (signal.aborted) return signal.reason;
      if (!(error instanceof Trouble)) throw error;
      turn.fail(error);
      return "failed";
    }
  }

  /** @param {Outcome} why */
  #abort(why) {
    if (this.#running === null) return;
    const { turn, controller } = this.#running;
    this.#running = null;
    controller.abort(why);
    turn.rest();
    if (turn.state === "new") this.#remove(turn);
  }

  /** @param {Turn} turn */
  #remove(turn) {
    this.#turns = this.#turns.filter((other) => other !== turn);
    turn.node.remove();
  }
}
