/** The page's only door to the server. */

import { bodyOf } from "./filters.js";

/** What did not work, and what to do next; `wait` is the seconds until it may. */
export class Trouble extends Error {
  constructor(message, hint, wait = 0) {
    super(message);
    Object.assign(this, { hint, wait });
  }
}

/** The answer. Throws Trouble and, once the signal is raised, an AbortError. */
export const ask = ({ question, history, filters }, signal, more) =>
  send("POST", "/api/ask", { question, history, ...bodyOf(filters), ...more }, signal);

export const status = () => call("/api/status");

export const suggest = (text, signal) =>
  call(`/api/suggest?limit=6&q=${encodeURIComponent(text)}`, { signal });

/** Stores a verdict on an answer or a passage; without one, withdraws it. */
export const judge = (verdict) => send(verdict.verdict ? "POST" : "DELETE", "/api/feedback", verdict);

/** One promise a module, so that clicks take effect in their order. */
const loading = {};

/** Does what a rarely needed module does: later("pins", "toggle", passage)(clicked). */
export const later =
  (module, act, ...given) =>
  async (clicked) => {
    loading[module] ??= reached(import(`./${module}.js`));
    loading[module].catch(() => delete loading[module]);
    return (await loading[module])[act](clicked, ...given);
  };

function send(method, path, body, signal) {
  const headers = { "Content-Type": "application/json" };
  return call(path, { method, headers, body: JSON.stringify(body), signal });
}

export async function call(path, options) {
  const response = await reached(fetch(path, options));
  const body = await reached(response.text().then(parsed));
  if (response.ok && body) return body;
  const { message, hint } = body?.error ?? {
    message: `The server gave no usable answer (status ${response.status}).`,
    hint: "Try again in a moment. If it stays like this, look at the server's log.",
  };
  throw new Trouble(message, hint, Number(response.headers.get("Retry-After")) || 0);
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

/** Null for what is no JSON, as a proxy's own error page. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
