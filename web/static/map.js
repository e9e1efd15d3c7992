/** The map page: ties the picture, the list beside it, the question box and the address together. */

import { ask, call, Trouble } from "./api.js";
import { byId, el, linkable } from "./dom.js";
import { ALL } from "./filters.js";
import { subjectColours, yearColours, yearOf } from "./map-colours.js";
import { Dots } from "./map-dots.js";
import { answering, factsOf, foundEntry, subjectEntry, swatch, troubleEntry } from "./map-list.js";
import { Names } from "./map-names.js";
import { placeSpots, spotsOf } from "./map-spots.js";
import { View } from "./map-view.js";
import { count } from "./words.js";

/**
 * @typedef {{id: string, title: string, author: string | null, published: string | null,
 *   x: number, y: number, subject: string | null, link: string}} MapPost
 * @typedef {{id: string, name: string, x: number, y: number, posts: number}} MapSubject
 * @typedef {{generation: string, posts: MapPost[], subjects: MapSubject[]}} ArchiveMap
 */

const NAME = document.title;
/** How many years the key under the map shows. */
const MOST_YEARS = 6;
const STEP = 1.6;
/** The subject that posts of none are listed under. */
const OTHERS = "none";

const plot = byId("plot");
const canvas = /** @type {HTMLCanvasElement} */ (byId("dots"));
const field = /** @type {HTMLInputElement} */ (byId("question"));
const tip = /** @type {HTMLAnchorElement} */ (byId("tip"));

/** @type {ArchiveMap} */
let map = { generation: "", posts: [], subjects: [] };
/** @type {import("./map-spots.js").Spot[]} */
let spots = [];
/** @type {MapPost | null} */
let pointed = null;
/** @type {string | null} */
let subjectShown = null;
let by = "subject";
let drawing = 0;
/** @type {AbortController | null} */
let asking = null;

const view = new View(canvas, { changed: redraw, hovered, clicked });
const dots = new Dots(canvas, view);
const names = new Names(byId("names"), view, dots);

/** How long the map rests after a zoom before its names are placed anew, in milliseconds. */
const REST = 120;
let resting = 0;
let placedFor = "";

function redraw() {
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    dots.draw(pointed);
    placeSpots(spots, view);
    placeNames();
    placeTip();
    plot.classList.toggle("zoomed", view.scale > 1);
    plot.classList.toggle("held", view.isHeld);
    byId("whole").hidden = view.scale === 1;
    /** @type {HTMLButtonElement} */ (byId("farther")).disabled = view.scale === 1;
  });
}

/** Names are placed anew where frame or answer changed, and once a zoom has come to rest. */
function placeNames() {
  const { width, height, scale } = view;
  const fixed = [map.generation, width, height, ...spots.map(({ post }) => post.id)].join(" ");
  const state = `${fixed} ${scale}`;
  clearTimeout(resting);
  if (placedFor && placedFor !== state && placedFor.startsWith(`${fixed} `)) {
    resting = setTimeout(() => {
      placedFor = "";
      redraw();
    }, REST);
  } else if (placedFor !== state) {
    names.place(spots.map(({ post }) => view.toFrame(post)));
    placedFor = state;
  }
  names.draw();
}

/** Colours dots and list by what is chosen; steps back what does not answer, or is not meant. */
function paint() {
  const bySubject = subjectColours(map.subjects);
  const byYear = yearColours(map.posts.map(yearOf));
  const lit = new Set(spots.map(({ post }) => post.id));
  dots.set(map.posts, (post) => {
    const year = yearOf(post);
    const colour = by === "year" ? byYear.get(year) : bySubject.get(post.subject);
    const meant = subjectShown === null || (post.subject ?? OTHERS) === subjectShown;
    return {
      colour: colour ?? "",
      hollow: by === "year" && year === null,
      hushed: !meant || (lit.size > 0 && !lit.has(post.id)),
    };
  });
  names.colour(by === "year" ? null : bySubject);
  names.hush(({ id }) => subjectShown !== null && id !== subjectShown);
  const shown = [...byYear].filter(([year]) => year !== null);
  const apart = Math.max(1, Math.ceil((shown.length - 1) / (MOST_YEARS - 1)));
  const key = shown.filter((_, at) => (shown.length - 1 - at) % apart === 0);
  byId("years").replaceChildren(
    ...key.map(([year, colour]) => el("li", {}, swatch(colour), String(year))),
  );
  byId("years").hidden = by !== "year" || key.length === 0;
  redraw();
}

function listSubjects() {
  const colours = subjectColours(map.subjects);
  const none = { id: OTHERS, name: "Of no one subject", x: 0, y: 0, posts: 0 };
  const largest = [...map.subjects].sort((a, b) => b.posts - a.posts);
  const entries = [...largest, none].flatMap((subject) => {
    const posts = map.posts.filter((post) => (post.subject ?? OTHERS) === subject.id);
    const colour = by === "year" ? null : (colours.get(subject === none ? null : subject.id) ?? null);
    return posts.length ? [subjectEntry(subject, posts, colour)] : [];
  });
  byId("subjects").replaceChildren(...entries);
}

/** Points at a post, from the picture or from the list; at none with null. */
function point(/** @type {MapPost | null} */ post) {
  if (post === pointed) return;
  pointed = post;
  for (const node of document.querySelectorAll("[data-post]")) {
    node.classList.toggle("lit", post !== null && node.getAttribute("data-post") === post.id);
  }
  tip.hidden = post === null;
  plot.classList.toggle("over", post !== null);
  if (post) {
    const facts = factsOf(post);
    tip.replaceChildren(el("span", { dir: "auto" }, post.title), el("span", { class: "meta" }, facts));
    tip.href = post.link;
  }
  redraw();
}

function placeTip() {
  if (pointed === null) return;
  const { x, y } = view.toFrame(pointed);
  const { offsetWidth, offsetHeight } = tip;
  const left = Math.min(view.width - offsetWidth - 8, Math.max(8, x - offsetWidth / 2));
  const above = y - offsetHeight - 18;
  const top = above < 8 ? y + 18 : above;
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

function hovered(/** @type {import("./map-view.js").Place | null} */ place) {
  if (tip.classList.contains("held")) return;
  point(place && dots.at(place));
}

/**
 * A mouse has seen the title before it clicks; a finger sees it first, and taps the title.
 *
 * @param {import("./map-view.js").Place} place
 * @param {boolean} touch
 */
function clicked(place, touch) {
  const post = dots.at(place);
  tip.classList.toggle("held", touch && post !== null);
  point(post);
  if (post && !touch) location.assign(post.link);
}

/** Asks, and lights the posts that answer. */
async function seek(/** @type {string} */ question) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  plot.setAttribute("aria-busy", "true");
  document.title = `${question} · ${NAME}`;
  try {
    const answer = await ask({ question, history: [], filters: ALL }, signal);
    signal.throwIfAborted();
    show(answer, foundEntry(question, answer, clear));
    const number = answering(answer).length;
    announce(number ? `${count(number, "post")} answer.` : "The archive does not cover this.");
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Trouble)) throw error;
    show(null, troubleEntry(question, error, clear));
  }
  plot.removeAttribute("aria-busy");
}

/**
 * @param {import("./map-list.js").Answer | null} answer
 * @param {HTMLElement[]} entry
 */
function show(answer, entry) {
  byId("found").replaceChildren(...entry);
  byId("found").parentElement?.scrollTo(0, 0);
  spots = spotsOf(answer ? answering(answer) : [], map.posts);
  byId("spots").replaceChildren(...spots.map(({ node }) => node));
  paint();
}

function clear() {
  asking?.abort();
  field.value = "";
  document.title = NAME;
  show(null, []);
  setAddress("");
  field.focus();
}

function setAddress(/** @type {string} */ question) {
  const parts = new URLSearchParams();
  if (question) parts.set("q", question);
  if (by === "year") parts.set("by", by);
  const search = parts.size ? `?${parts}` : "";
  if (search === location.search) return;
  history.pushState(null, "", `/map${search}`);
}

/** Does what the address says. */
function open() {
  const parts = new URLSearchParams(location.search);
  const question = (parts.get("q") ?? "").trim();
  by = parts.get("by") === "year" ? "year" : "subject";
  for (const choice of document.querySelectorAll("input[name=by]")) {
    const box = /** @type {HTMLInputElement} */ (choice);
    box.checked = box.value === by;
  }
  field.value = question;
  document.title = NAME;
  listSubjects();
  if (question) {
    paint();
    void seek(question);
  } else show(null, []);
}

function announce(/** @type {string} */ text) {
  byId("announcer").textContent = text;
}

/** The map as far as its posts can be opened; the ids of subjects as text, as attributes hold them. */
function named(/** @type {ArchiveMap} */ { generation, posts, subjects }) {
  return {
    generation,
    posts: posts
      .filter(({ link }) => linkable(link))
      .map((post) => ({ ...post, subject: post.subject === null ? null : `${post.subject}` })),
    subjects: subjects.map((subject) => ({ ...subject, id: `${subject.id}` })),
  };
}

async function load() {
  try {
    map = named(await call("/api/map"));
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    byId("notice").textContent = `${error.message} ${error.hint}`.trim();
    return;
  }
  const { posts, subjects } = map;
  byId("notice").textContent = posts.length ? "" : "The archive holds no posts yet.";
  const within = subjects.length ? ` in ${count(subjects.length, "subject")}` : "";
  byId("holdings").textContent = `${count(posts.length, "post")}${within}. Those near each other speak of the same.`;
  view.fit(posts);
  names.set(subjects, posts);
  open();
}

byId("seek").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = field.value.trim();
  if (!question) return;
  setAddress(question);
  void seek(question);
});
for (const choice of document.querySelectorAll("input[name=by]")) {
  choice.addEventListener("change", () => {
    by = /** @type {HTMLInputElement} */ (choice).value;
    setAddress(new URLSearchParams(location.search).get("q") ?? "");
    listSubjects();
    paint();
  });
}
byId("closer").addEventListener("click", () => view.zoom(STEP));
byId("farther").addEventListener("click", () => view.zoom(1 / STEP));
byId("whole").addEventListener("click", () => view.zoom(0));

/** What is pointed at in the list, or has the focus there, is pointed at in the picture. */
function fromList(/** @type {Event} */ { target, type }) {
  const part = /** @type {Element} */ (target).closest("[data-post], [data-subject]");
  const post = map.posts.find(({ id }) => id === part?.getAttribute("data-post")) ?? null;
  if (post && type === "focusin") view.show(post);
  tip.classList.remove("held");
  point(post);
  const subject = part?.getAttribute("data-subject") ?? null;
  if (subject === subjectShown) return;
  subjectShown = subject;
  paint();
}
const list = document.querySelector(".beside");
for (const type of ["pointerover", "focusin", "focusout", "pointerleave"]) {
  list?.addEventListener(type, fromList);
}
byId("spots").addEventListener("pointerover", fromList);
byId("spots").addEventListener("pointerout", () => point(null));

new ResizeObserver(() => {
  view.resize(plot.clientWidth, plot.clientHeight);
  names.measure();
  placedFor = "";
}).observe(plot);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  listSubjects();
  paint();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target === field || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  field.focus();
});
window.addEventListener("popstate", open);
void load();
