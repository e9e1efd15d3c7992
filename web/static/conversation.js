/** The questions asked on this page, in order, of which at most one is waiting for its answer. */

import { ask, Trouble } from "./api.js";
import { spokenAnswer } from "./answer.js";
import { ALL } from "./filters.js";
import { Turn } from "./turn.js";

/** How many earlier questions the server takes along. */
const MAX_HISTORY = 10;

export class Conversation {
  #turns = [];
  #running = null;
  /** Which posts may answer from now on. */
  filters = ALL;
  #commands = {
    askAlone: (turn) => this.#askAnew(turn, { history: [] }),
    again: (turn) => this.#askAnew(turn, {}),
    lift: (turn) => this.#askAnew(turn, { filters: (this.filters = ALL) }),
    stop: () => this.stop(),
  };

  /**
   * `page` has begun(turn, inPlace), ended(turn, outcome) and announce(text). An outcome is
   * "answered", "failed", "stopped" (by the reader, who wants it back) or "replaced" (by the next).
   */
  constructor(place, page) {
    Object.assign(this, { place, page });
  }

  /** The last question and those it was taken together with, oldest first. */
  get line() {
    const last = this.#turns.at(-1)?.asked;
    return last ? [...last.history, last.question] : [];
  }

  /** Asks a question as a follow-up to those before it. */
  ask(question) {
    this.stop("replaced");
    const last = this.#turns.at(-1);
    if (last?.state === "failed") this.#remove(last);
    const history = this.line.slice(-MAX_HISTORY);
    const turn = new Turn({ question, history, filters: this.filters }, this.#commands);
    this.#turns.push(turn);
    this.place.append(turn.node);
    return this.#run(turn);
  }

  /** Lets only some posts answer, the last question too. */
  narrow(filters) {
    this.filters = filters;
    const last = this.#turns.at(-1);
    if (last) this.#askAnew(last, { filters }, false);
  }

  /** Gives up the question under way, if there is one. */
  stop(why = "stopped") {
    if (this.#running === null) return;
    const { turn, controller } = this.#running;
    this.#running = null;
    controller.abort(why);
    turn.setPending(false);
    if (turn.state === "new") this.#remove(turn);
  }

  /** Forgets everything. */
  clear() {
    this.stop("replaced");
    for (const turn of this.#turns) this.#remove(turn);
  }

  #askAnew(turn, change, isInTurn = true) {
    if (isInTurn) turn.heading.focus({ preventScroll: true });
    if (this.#running?.turn === turn) this.#running.controller.abort("replaced");
    else this.stop("replaced");
    turn.asked = { ...turn.asked, ...change };
    void this.#run(turn, true);
  }

  async #run(turn, inPlace = false) {
    const controller = new AbortController();
    this.#running = { turn, controller };
    turn.wait();
    this.page.begun(turn, inPlace);
    const outcome = await this.#outcome(turn, controller.signal);
    if (this.#running?.controller === controller) this.#running = null;
    this.page.ended(turn, outcome);
    return outcome;
  }

  async #outcome(turn, signal) {
    try {
      const answer = await ask(turn.asked, signal);
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

  #remove(turn) {
    this.#turns = this.#turns.filter((other) => other !== turn);
    turn.node.remove();
  }
}
