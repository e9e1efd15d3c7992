/**
 * The page's only door to the server.
 *
 * @typedef {{start: number, end: number}} Range a range of code points, end left out
 * @typedef {{text: string, citation: number}} Quote
 * @typedef {{id: string, title: string, author: string | null, published: string | null,
 *   url: string | null, tags: string[]}} Post
 * @typedef {{rank: number, score: number, text: string, highlights: Range[], heading: string[],
 *   link: string, reader_link: string, post: Post}} Passage
 * @typedef {{title: string, link: string}} Subject
 * @typedef {{id: string, status: "answered" | "not_covered",
 *   confidence: "sure" | "partly" | "none", short_answer: Quote[],
 *   passages: Passage[], searched_with: string[], subjects: Subject[], took_ms: number,
 *   generation: string}} Answer
 * @typedef {{posts: number, passages: number, authors: {name: string, posts: number}[],
 *   first_published: string | null, last_published: string | null, examples: string[]}} Status
 */

/** A question that got no answer: what happened, and what to do next. */
export class Trouble extends Error {
  /**
   * @param {string} message
   * @param {string} hint
   */
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

/**
 * The answer to a question taken together with the earlier ones, oldest first.
 *
 * @param {string} question
 * @param {string[]} history at most 10
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 * @throws {Trouble} and, once the signal is raised, an AbortError
 */
export function ask(question, history, signal) {
  return call("/api/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ question, history }),
    signal,
  });
}

/**
 * What the archive holds, and questions it can answer.
 *
 * @returns {Promise<Status>}
 * @throws {Trouble}
 */
export function status() {
  return call("/api/status", {});
}

/**
 * @param {string} path
 * @param {RequestInit} options
 */
async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Trouble(
      "The server cannot be reached.",
      "Check your connection and that the server is running, then ask again.",
    );
  }
  const body = await bodyOf(response);
  if (response.ok && body !== null) return body;
  if (typeof body?.error?.message === "string") {
    throw new Trouble(body.error.message, body.error.hint ?? "");
  }
  throw new Trouble(
    `The server gave no usable answer (status ${response.status}).`,
    "Ask again in a moment. If it stays like this, look at the server's log.",
  );
}

/**
 * The JSON of a response; null where there is none, as from a proxy's own error page.
 *
 * @param {Response} response
 */
async function bodyOf(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (!(error instanceof TypeError)) throw error;
    throw new Trouble("The connection broke off.", "Ask again.");
  }
}
