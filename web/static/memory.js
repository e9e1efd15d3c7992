/** What this device remembers: questions asked on it and pinned passages. The server gets neither. */

const MOST_QUESTIONS = 50;

/** What a browser refuses to store, kept as long as the page. */
const held = {};

function read(name) {
  try {
    const found = JSON.parse(localStorage.getItem(name));
    return held[name] ?? (Array.isArray(found) ? found : []);
  } catch (error) {
    if (!(error instanceof DOMException || error instanceof SyntaxError)) throw error;
    return held[name] ?? [];
  }
}

function write(name, values) {
  held[name] = values;
  try {
    localStorage.setItem(name, JSON.stringify(values));
    delete held[name];
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

/** {question, address, at}, the newest first. */
export const questions = () => read("blogqa.questions");

export function remember(question, address) {
  const others = questions().filter((other) => other.question !== question);
  const all = [{ question, address, at: Date.now() }, ...others];
  write("blogqa.questions", all.slice(0, MOST_QUESTIONS));
}

export const forgetQuestions = () => write("blogqa.questions", []);

/** Pinned passages with their questions, in the order of pinning. */
export const pins = () => read("blogqa.pins");
export const keepPins = (all) => write("blogqa.pins", all);
export const isPinned = (id) => pins().some((pin) => pin.id === id);
