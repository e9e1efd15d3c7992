/** The page's only door to the server. */

import { bodyOf } from "./filters.js";

/** What did not work, and what to do next; `wait` is the seconds until it may. */
export class Trouble extends Error {
  constructor(message, hint, wait = 0) {
    super(message);
    this.hint = hint;
    this.wait = wait;
  }
}

/** The answer. Throws Trouble and, once the signal is raised, an AbortError. */
export const ask = ({ question, history, filters }, signal, more) =>
  send("POST", "/api/ask", { question, history, ...bodyOf(filters), ...more }, signal);

/** What the archive holds, and questions it can answer. */
export const status = () => call("/api/status");

/** Questions, titles, headings and tags that go on as `text` does. */
export const suggest = (text, signal) =>
  call(`/api/suggest?limit=6&q=${encodeURIComponent(text)}`, { signal });

/** Stores a verdict on an answer or a passage, or withdraws it. */
export const judge = (verdict) => send(verdict.verdict ? "POST" : "DELETE", "/api/feedback", verdict);

/** Does with what is clicked what a rarely needed module does: later("pins", "toggle", passage). */
export const later =
  (module, act, ...given) =>
  async (clicked) =>
    (await reached(import(`./${module}.js`)))[act](clicked, ...given);

function send(method, path, body, signal) {
  const headers = { "Content-Type": "application/json" };
  return call(path, { method, headers, body: JSON.stringify(body), signal });
}

async function call(path, options) {
  const response = await reached(fetch(path, options));
  const body = await jsonOf(response);
  if (response.ok && body !== null) return body;
  const wait = Number(response.headers.get("Retry-After")) || 0;
  if (typeof body?.error?.message === "string")
    throw new Trouble(body.error.message, body.error.hint ?? "", wait);
  throw new Trouble(
    `The server gave no usable answer (status ${response.status}).`,
    "Try again in a moment. If it stays like this, look at the server's log.",
    wait,
  );
}

/** Browsers tell of a server that is away by a TypeError. */
async function reached(promise) {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const hint = "Check your connection and that the server is running, then try again.";
    throw new Trouble("The server cannot be reached.", hint);
  }
}

/** Null where there is none, as from a proxy's own error page. */
async function jsonOf(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error instanceof TypeError ? new Trouble("The connection broke off.", "Try again.") : error;
  }
}
