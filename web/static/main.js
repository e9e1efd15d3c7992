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

const conversation = new Conversation(byId("conversation"), { begun, ended, announce });
const box = new Box((question) => void conversation.ask(question), announce);
const panel = byId("narrow");
const narrower = byId("narrower");

function announce(text) {
  byId("announcer").textContent = text;
}

/** Brings a turn that begins into view, and its questions into the address. */
function begun(turn, inPlace) {
  showAddress(questionsOf(location.search).length ? "replaceState" : "pushState");
  if (inPlace) return;
  remember(turn.asked.question, addressOf(conversation.line, conversation.filters));
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

/** Takes what was asked, of which posts, into the address bar. */
function showAddress(how) {
  const address = addressOf(conversation.line, conversation.filters);
  if (address !== location.pathname + location.search) history[how](null, "", address);
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
  const shown = addressOf(conversation.line, conversation.filters);
  if (!conversation.isEmpty && addressOf(questions, filters) === shown) return;
  conversation.clear();
  conversation.filters = filters;
  refresh();
  if (questions.length === 0 && !touch.matches) box.focus();
  for (const question of questions) {
    if ((await conversation.ask(question)) !== "answered") return;
  }
}

/** What the archive holds; asked for once, and again where that failed. */
async function archive() {
  archive.asked ??= status();
  try {
    const found = await archive.asked;
    for (const { chip, name } of found.chips ?? []) chipNames.set(chip, name);
    return found;
  } catch (error) {
    archive.asked = null;
    throw error;
  }
}

async function fillShelf() {
  const place = byId("holdings");
  try {
    const found = await archive();
    place.textContent = found.posts ? holdings(found) : "The archive holds no posts yet.";
    const list = byId("examples");
    list.replaceChildren(...found.examples.map(example));
    list.hidden = found.examples.length === 0;
    refresh();
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    place.textContent = `${error.message} ${error.hint}`;
  }
}

function example(question) {
  const click = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void conversation.ask(question);
  };
  const href = addressOf([question], ALL);
  return el("li", el("a", { href, dir: "auto", click }, question));
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

onClick("narrower", async () => {
  showPanel(panel.hidden);
  if (panel.hidden) return;
  const found = await archive();
  await later("narrow", "showPanel", found, conversation.filters, narrow, closePanel)(panel);
});
onClick("past", later("past", "showPast"));
onClick("pins", later("pins", "openPins"));

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && !panel.hidden) closePanel();
  else if (event.key === "Escape") conversation.stop();
  const isTyping = event.target.matches("input, textarea, select");
  if (event.key !== "/" || isTyping || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  box.focus();
});
document.addEventListener("pointerdown", ({ target }) => {
  if (!panel.hidden && !box.form.contains(target)) showPanel(false);
});
small.addEventListener("change", refresh);
window.addEventListener("popstate", () => void open());

void open();
void fillShelf();
if (pins().length) void later("pins", "showPins")();
