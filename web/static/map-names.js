/** The names of the subjects, each set beside its cloud where it covers the least. */

import { el } from "./dom.js";

/** @typedef {import("./map.js").MapPost} MapPost */
/** @typedef {import("./map.js").MapSubject} MapSubject */
/** @typedef {import("./map-view.js").View} View */
/** @typedef {import("./map-view.js").Place} Place */
/** @typedef {import("./map-dots.js").Dots} Dots */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */
/**
 * @typedef {{subject: MapSubject, posts: MapPost[], node: HTMLElement, width: number,
 *   height: number, offset: Place}} Name the offset leads from the cloud's middle to the top left
 */

/** What a place costs. A name on a name cannot be read, one cut off hardly. */
const ON_A_NAME = 400;
const CUT_OFF = 900;
/** A name among the dots of another subject would be taken for its name. */
const AMONG_OTHERS = 1.5;
const BESIDE = 14;
const COVERED = 2;
const AWAY = 0.03;
const AROUND = 16;
/** The height of the key below, in pixels. */
const KEY = 48;
/** The width of the number of a post that answers, in pixels. */
const SPOT = 26;

export class Names {
  /** @type {Name[]} */
  #names = [];

  /**
   * @param {HTMLElement} layer
   * @param {View} view
   * @param {Dots} dots
   */
  constructor(layer, view, dots) {
    this.layer = layer;
    this.view = view;
    this.dots = dots;
  }

  /**
   * @param {MapSubject[]} subjects
   * @param {MapPost[]} posts
   */
  set(subjects, posts) {
    const largest = subjects.reduce((most, { posts }) => Math.max(most, posts), 0);
    // The largest first: they have the first choice of a place.
    this.#names = [...subjects]
      .sort((a, b) => b.posts - a.posts)
      .map((subject) => {
        const large = subject.posts > largest / 2 ? "large" : "";
        const node = el("span", { class: large, dir: "auto" }, subject.name);
        const own = posts.filter((post) => post.subject === subject.id);
        return { subject, posts: own, node, width: 0, height: 0, offset: { x: 0, y: 0 } };
      });
    this.layer.replaceChildren(...this.#names.map(({ node }) => node));
    this.measure();
  }

  /** Takes the sizes of the names anew; they change with the frame's. */
  measure() {
    for (const name of this.#names) {
      const { offsetWidth, offsetHeight } = name.node;
      Object.assign(name, { width: offsetWidth, height: offsetHeight });
    }
  }

  /** Steps back all names but one, or but none. */
  hush(/** @type {(subject: MapSubject) => boolean} */ isHushed) {
    for (const { subject, node } of this.#names) node.classList.toggle("hushed", isHushed(subject));
  }

  /** Sets the names in the colours of their clouds, or all in ink. */
  colour(/** @type {Map<string | null, string> | null} */ colours) {
    for (const { subject, node } of this.#names) {
      node.style.setProperty("--cloud", colours?.get(subject.id) ?? "");
    }
  }

  /**
   * Chooses a place for each name, which it keeps while the map is moved.
   *
   * @param {Place[]} spots what no name may cover
   */
  place(spots) {
    const reach = SPOT / 2;
    const taken = spots.map(({ x, y }) => {
      return { left: x - reach, top: y - reach, right: x + reach, bottom: y + reach };
    });
    for (const name of this.#names) {
      const boxes = this.#places(name);
      const costs = boxes.map((box) => this.#cost(box, name.subject, taken));
      const best = boxes[costs.indexOf(Math.min(...costs))];
      if (!best) continue;
      taken.push(best);
      const middle = this.view.toFrame(name.subject);
      name.offset = { x: best.left - middle.x, y: best.top - middle.y };
    }
  }

  /** Puts the names where the map is now. */
  draw() {
    for (const { subject, node, offset } of this.#names) {
      const { x, y } = this.view.toFrame(subject);
      const [left, top] = [Math.round(x + offset.x), Math.round(y + offset.y)];
      node.style.transform = `translate(${left}px, ${top}px)`;
    }
  }

  /**
   * The middle of the cloud, and places around it, within and at its edge.
   *
   * @param {Name} name
   * @returns {Box[]}
   */
  #places({ subject, posts, width, height }) {
    const middle = this.view.toFrame(subject);
    const places = posts.length ? posts.map((post) => this.view.toFrame(post)) : [middle];
    const across = ends(places.map(({ x }) => x));
    const down = ends(places.map(({ y }) => y));
    const gap = this.dots.radius + 4;
    const wide = (across.last - across.first + width) / 2 + gap;
    const high = (down.last - down.first + height) / 2 + gap;
    const centre = { x: (across.first + across.last) / 2, y: (down.first + down.last) / 2 };
    const points = [middle];
    for (const part of [0.5, 0.8, 1]) {
      for (let at = 0; at < AROUND; at += 1) {
        const turn = (at / AROUND) * 2 * Math.PI;
        points.push({
          x: centre.x + Math.sin(turn) * wide * part,
          y: centre.y - Math.cos(turn) * high * part,
        });
      }
    }
    return points.map(({ x, y }) => {
      const [left, top] = [x - width / 2, y - height / 2];
      return { left, top, right: left + width, bottom: top + height };
    });
  }

  /**
   * @param {Box} box
   * @param {MapSubject} subject
   * @param {Box[]} taken
   */
  #cost(box, subject, taken) {
    const { left, top, right, bottom } = box;
    const { width, height } = this.view;
    const out = left < 4 || top < 4 || right > width - 4 || bottom > height - KEY ? CUT_OFF : 0;
    const on = taken.filter(
      (other) =>
        left < other.right + 6 && right > other.left - 6 && top < other.bottom && bottom > other.top,
    ).length;
    const near = { left: left - BESIDE, top: top - BESIDE, right: right + BESIDE, bottom: bottom + BESIDE };
    const others = this.dots.within(near, (post) => post.subject !== subject.id);
    const middle = this.view.toFrame(subject);
    const away = Math.hypot((left + right) / 2 - middle.x, (top + bottom) / 2 - middle.y);
    const covered = this.dots.within(box, () => true) * COVERED;
    return out + on * ON_A_NAME + covered + others * AMONG_OTHERS + away * AWAY;
  }
}

/** Where the most of these numbers lie: a tenth at each end are strays. */
function ends(/** @type {number[]} */ numbers) {
  const sorted = numbers.sort((a, b) => a - b);
  const strays = Math.floor(sorted.length / 10);
  return { first: sorted[strays] ?? 0, last: sorted[sorted.length - 1 - strays] ?? 0 };
}
