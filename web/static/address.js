/**
 * The address bar holds the questions behind the last answer, /?q=first&q=follow-up, so that a
 * reload, a way back from the reader, or a link sent to a colleague shows the same.
 */

/** The questions of the address, oldest first. */
export function questionsOf(/** @type {string} */ search) {
  const questions = new URLSearchParams(search).getAll("q").map((question) => question.trim());
  return questions.filter(Boolean);
}

/** The address of these questions. */
export function addressOf(/** @type {string[]} */ questions) {
  if (questions.length === 0) return "/";
  return `/?${new URLSearchParams(questions.map((question) => ["q", question]))}`;
}
