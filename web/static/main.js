/** The chat page: ties the box, the conversation and the address bar together. */

import { later, status, Trouble } from "./api.js";
import { Box } from "./box.js";
import { Conversation } from "./conversation.js";
import { attempt, byId, el } from "./dom.js";
import { ALL, addressOf, chipNames, filtersOf, questionsOf, wordsOf } from "./filters.js";
import { pins, remember } from "./memory.js";
import { holdings, shortened } from "./words.js";

const NAME = document.title;
const small = window.matchMedia("(max-width: 520px)");
const touch = window.matchMedia("(pointer: coarse)");

const announce = (text) => (byId("announcer").textContent = text);
const conversation = new Conversation(byId("conversation"), { begun, ended, announce });
const box = new Box((question) => void conversation.ask(question), announce);
const panel = byId("narrow");
const narrower = byId("narrower");

/** Where what is shown can be asked for again. */
const address = () => addressOf(conversation.line, conversation.filters);

/** Brings a turn that begins into view, and its questions into the address. */
function begun(turn, inPlace) {
  showAddress(questionsOf(location.search).length ? "replaceState" : "pushState");
  if (inPlace) return;
  remember(turn.asked.question, address());
  if (turn.node.previousElementSibling) turn.node.scrollIntoView({ block: "start" });
  // On a phone the keyboard would cover the answer; elsewhere the box stays ready for the next.
  const fromBox = document.activeElement === box.field && !touch.matches;
  if (!fromBox) turn.heading.focus({ preventScroll: true });
}

/** Gives a question without an answer back to the box. */
function ended(turn, outcome) {
  if (outcome === "failed" || outcome === "stopped") box.restore(turn.asked.question);
  if (outcome !== "stopped") return;
  announce("Stopped.");
  showAddress("replaceState");
  box.focus();
}

function showAddress(how) {
  if (address() !== location.pathname + location.search) history[how](null, "", address());
  refresh();
}

/** Sets what depends on whether anything has been asked, and of which posts. */
function refresh() {
  const question = conversation.line.at(-1);
  const words = wordsOf(conversation.filters);
  document.body.dataset.view = question ? "asked" : "empty";
  document.title = question ? `${shortened(question)} · ${NAME}` : NAME;
  const followUp = small.matches ? "Ask a follow-up" : "Ask a follow-up, or something new";
  box.field.placeholder = question ? followUp : "Your question";
  byId("narrowed").textContent = words.length ? `Only posts ${words.join(", ")}` : "";
  byId("filters").textContent = words.length || "";
}

/** Shows what the address says: its questions asked anew, or the empty page. */
async function open() {
  const questions = questionsOf(location.search);
  const filters = filtersOf(location.search);
  if (questions.length && addressOf(questions, filters) === address()) return;
  conversation.clear();
  conversation.filters = filters;
  refresh();
  if (!questions.length && !touch.matches) box.focus();
  for (const question of questions) {
    if ((await conversation.ask(question)) !== "answered") return;
  }
}

/** What the archive holds; asked for once, and again where that failed. */
let known;
const archive = () => (known ??= status().then(learn, forget));

function learn(found) {
  for (const { chip, name } of found.chips ?? []) chipNames.set(chip, name);
  document.body.classList.toggle("unjudged", found.feedback === false);
  return found;
}

function forget(trouble) {
  known = null;
  throw trouble;
}

async function fillShelf() {
  try {
    const found = await archive();
    byId("holdings").textContent = found.posts ? holdings(found) : "The archive holds no posts yet.";
    byId("examples").replaceChildren(...found.examples.map(example));
    refresh();
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    byId("holdings").textContent = `${error.message} ${error.hint}`;
  }
}

function example(question) {
  const click = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void conversation.ask(question);
  };
  return el("li", el("a", { href: addressOf([question], ALL), dir: "auto", click }, question));
}

function showPanel(isOpen) {
  panel.hidden = !isOpen;
  narrower.setAttribute("aria-expanded", isOpen);
}

function closePanel() {
  showPanel(false);
  narrower.focus();
}

function narrow(filters) {
  conversation.narrow(filters);
  showAddress("replaceState");
}

/** Lets a button of the template act. */
const onClick = (id, act) => byId(id).addEventListener("click", () => attempt(byId(id), act));

onClick("past", later("past", "showPast"));
onClick("pins", later("pins", "openPins"));
onClick("narrower", async () => {
  showPanel(panel.hidden);
  if (panel.hidden) return;
  const fill = later("narrow", "showPanel", await archive(), conversation.filters, narrow, closePanel);
  await fill(panel);
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") panel.hidden ? conversation.stop() : closePanel();
  const isTyping = event.target.matches("input, textarea, select");
  if (event.key !== "/" || isTyping || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  box.focus();
});
document.addEventListener("pointerdown", ({ target }) => {
  if (!panel.hidden && !box.form.contains(target)) showPanel(false);
});
window.addEventListener("popstate", () => void open());

void open();
void fillShelf();
if (pins().length) void later("pins", "showPins")();
