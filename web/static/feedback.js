/** A verdict on an answer or a passage: given once, with a reason if one likes, undone for a while. */

import { judge } from "./api.js";
import { attempt, button, el, tell } from "./dom.js";

const UNDO_MS = 30_000;

/** `target` is {answer_id, passage_id}. A second click on the same counts no more. */
export async function vote(clicked, { verdict, ...target }) {
  const group = clicked.parentElement;
  const given = group.querySelector("[aria-pressed=true]");
  if (clicked === given || group.ariaBusy === "true") return;
  await send(group, clicked, given, { ...target, verdict });
  const undo = button("text-button", "undo", async () => {
    await send(group, null, clicked, target);
    note.remove();
    clicked.focus();
  });
  const label = verdict === "helpful" ? "What helped? (optional)" : "What was missing? (optional)";
  const reason = el("input", { "aria-label": label, placeholder: label, maxlength: 1000 });
  const submit = (event) => {
    event.preventDefault();
    attempt(clicked, async () => {
      await send(group, clicked, clicked, { ...target, verdict, reason: reason.value });
      tell(clicked, "Thank you, your words are kept with it. ", undo);
    });
  };
  const form = el("form", { submit }, reason, el("button.button", "Send"));
  const note = tell(clicked, "Thank you. ", undo, form);
  const settle = () => {
    if (reason.value || note.contains(document.activeElement)) setTimeout(settle, UNDO_MS);
    else note.remove();
  };
  setTimeout(settle, UNDO_MS);
}

/** Shows `now` as given while it is sent, and `before` again if that fails. */
async function send(group, now, before, verdict) {
  const show = (given) => {
    for (const each of group.children) each.setAttribute("aria-pressed", each === given);
  };
  show(now);
  group.ariaBusy = "true";
  try {
    await judge(verdict);
  } catch (error) {
    show(before);
    throw error;
  } finally {
    group.ariaBusy = "false";
  }
}
