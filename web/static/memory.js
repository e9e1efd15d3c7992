/** What this device remembers: questions asked on it and pinned passages. The server gets neither. */

const MOST_QUESTIONS = 50;

/** What the browser refuses to store, kept as long as the page. */
const held = {};

function read(name) {
  try {
    const found = JSON.parse(localStorage.getItem(name));
    return held[name] ?? (Array.isArray(found) ? found : []);
  } catch {
    return held[name] ?? []; // storage is forbidden here, or another program's
  }
}

function write(name, values) {
  try {
    localStorage.setItem(name, JSON.stringify(values));
  } catch {
    held[name] = values; // forbidden, or full
  }
}

/** {question, address, at}, the newest first. */
export const questions = () => read("blogqa.questions");
export const forgetQuestions = () => write("blogqa.questions", []);

export function remember(question, address) {
  const others = questions().filter((other) => other.question !== question);
  const all = [{ question, address, at: Date.now() }, ...others];
  write("blogqa.questions", all.slice(0, MOST_QUESTIONS));
}

/** Pinned passages with their questions, in the order of pinning. */
export const pins = () => read("blogqa.pins");
export const keepPins = (all) => write("blogqa.pins", all);
export const isPinned = (id) => pins().some((pin) => pin.id === id);
