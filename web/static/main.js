/** The chat page: ties the box, the conversation and the address bar together. */

import { addressOf, questionsOf } from "./address.js";
import { status, Trouble } from "./api.js";
import { Box } from "./box.js";
import { Conversation } from "./conversation.js";
import { byId, el } from "./dom.js";
import { holdings, shortened } from "./words.js";

/** @typedef {import("./conversation.js").Outcome} Outcome */
/** @typedef {import("./turn.js").Turn} Turn */

const NAME = document.title;
const narrow = window.matchMedia("(max-width: 520px)");
const touch = window.matchMedia("(pointer: coarse)");

const conversation = new Conversation(byId("conversation"), { begun, ended, announce });
const box = new Box((question) => void conversation.ask(question));

/** @param {string} text */
function announce(text) {
  byId("announcer").textContent = text;
}

/**
 * Brings a turn that begins into view, and its questions into the address.
 *
 * @param {Turn} turn
 */
function begun(turn) {
  refresh();
  const address = addressOf(conversation.line);
  const isFirst = location.search === "";
  if (address !== location.pathname + location.search) {
    history[isFirst ? "pushState" : "replaceState"](null, "", address);
  }
  if (turn.node.previousElementSibling) turn.node.scrollIntoView({ block: "start" });
  // On a phone the keyboard would cover the answer; elsewhere the box stays ready for the next.
  const fromBox = document.activeElement === box.field && !touch.matches;
  if (!fromBox) turn.heading.focus({ preventScroll: true });
}

/**
 * Gives a question without an answer back to the box.
 *
 * @param {Turn} turn
 * @param {Outcome} outcome
 */
function ended(turn, outcome) {
  if (outcome === "failed" || outcome === "stopped") box.restore(turn.question);
  if (outcome !== "stopped") return;
  announce("Stopped.");
  history.replaceState(null, "", addressOf(conversation.line));
  refresh();
  box.focus();
}

/** Sets what depends on whether anything has been asked. */
function refresh() {
  const questions = conversation.line;
  document.body.dataset.view = conversation.isEmpty ? "empty" : "asked";
  document.title = questions.length ? `${shortened(questions.at(-1) ?? "")} · ${NAME}` : NAME;
  const followUp = narrow.matches ? "Ask a follow-up" : "Ask a follow-up, or something new";
  box.invite(conversation.isEmpty ? "Your question" : followUp);
}

/** Shows what the address says: its questions asked anew, or the empty page. */
async function open() {
  const questions = questionsOf(location.search);
  if (!conversation.isEmpty && questions.join("\n") === conversation.line.join("\n")) return;
  conversation.clear();
  refresh();
  if (questions.length === 0) {
    if (!touch.matches) box.focus();
    return;
  }
  for (const question of questions) {
    if ((await conversation.ask(question)) !== "answered") return;
  }
}

async function fillShelf() {
  const place = byId("holdings");
  try {
    const archive = await status();
    place.textContent = archive.posts ? holdings(archive) : "The archive holds no posts yet.";
    const list = byId("examples");
    list.replaceChildren(...archive.examples.map(example));
    list.hidden = archive.examples.length === 0;
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    place.textContent = `${error.message} ${error.hint}`;
  }
}

/** @param {string} question */
function example(question) {
  const link = el("a", { href: addressOf([question]), dir: "auto" }, question);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void conversation.ask(question);
  });
  return el("li", {}, link);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") conversation.stop();
  if (event.key !== "/" || event.target === box.field) return;
  event.preventDefault();
  box.focus();
});
narrow.addEventListener("change", refresh);
window.addEventListener("popstate", () => void open());

void open();
void fillShelf();
