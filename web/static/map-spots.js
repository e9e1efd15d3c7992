/** The posts that answer, as numbers on the map. */

import { el, linkable } from "./dom.js";

/** @typedef {import("./map-list.js").Passage} Passage */
/** @typedef {import("./map.js").MapPost} MapPost */
/** @typedef {import("./map-view.js").View} View */
/** @typedef {{post: MapPost, node: HTMLElement}} Spot */

/** How far apart the middles of two numbers stand at least, in pixels. */
const APART = 27;
const ROUNDS = 24;

/**
 * A number for each of these passages' posts.
 *
 * @param {Passage[]} passages one of each post
 * @param {MapPost[]} posts
 * @returns {Spot[]}
 */
export function spotsOf(passages, posts) {
  const known = new Map(posts.map((post) => [post.id, post]));
  return passages.flatMap((passage, at) => {
    const post = known.get(passage.post.id);
    const href = passage.reader_link;
    if (!post || !linkable(href)) return [];
    const attributes = { href, tabindex: "-1", "data-post": post.id };
    return [{ post, node: el("a", attributes, String(at + 1)) }];
  });
}

/**
 * Puts the numbers on their dots, and beside them where two would cover each other.
 *
 * @param {Spot[]} spots
 * @param {View} view
 */
export function placeSpots(spots, view) {
  const places = spots.map(({ post }) => view.toFrame(post));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [number, one] of places.entries()) {
      for (const other of places.slice(number + 1)) {
        const [x, y] = [other.x - one.x || 0.1, other.y - one.y];
        const away = Math.hypot(x, y);
        if (away >= APART) continue;
        const push = (APART - away) / 2 / away;
        one.x -= x * push;
        one.y -= y * push;
        other.x += x * push;
        other.y += y * push;
      }
    }
  }
  for (const [number, { node }] of spots.entries()) {
    const { x = 0, y = 0 } = places[number] ?? {};
    node.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
  }
}
