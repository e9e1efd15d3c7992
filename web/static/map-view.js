/** Which part of the map its frame shows, and the wheel, mouse and fingers that change it. */

/** Room at the edges, in pixels, so that no dot is cut off, and none is under the key below. */
const MARGIN = 44;
const BELOW = 64;
const CLOSEST = 16;
/** How far a pointer may move, in pixels, and still be a click. */
const SLACK = 5;
/** A map much wider than high would pull its clouds apart. */
const WIDEST = 1.7;

/** @typedef {{x: number, y: number}} Place in pixels of the frame, or in 0..1 of the map */

export class View {
  width = 1;
  height = 1;
  scale = 1;
  #left = 0;
  #top = 0;
  #bounds = { left: 0, top: 0, wide: 1, high: 1 };
  /** @type {Map<number, Place>} */
  #pointers = new Map();
  #moved = 0;

  /**
   * @param {HTMLElement} surface what is wheeled and dragged
   * @param {{changed: () => void, hovered: (place: Place | null) => void,
   *   clicked: (place: Place, touch: boolean) => void}} picture
   */
  constructor(surface, picture) {
    this.picture = picture;
    surface.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    surface.addEventListener("pointerdown", (event) => {
      surface.setPointerCapture(event.pointerId);
      if (this.#pointers.size === 0) this.#moved = 0;
      this.#pointers.set(event.pointerId, placeOf(event));
    });
    surface.addEventListener("pointermove", (event) => this.#move(event));
    surface.addEventListener("pointerup", (event) => {
      const alone = this.#pointers.delete(event.pointerId) && this.#pointers.size === 0;
      if (alone && this.#moved < SLACK) {
        picture.clicked(placeOf(event), event.pointerType === "touch");
      }
    });
    surface.addEventListener("pointercancel", (event) => this.#pointers.delete(event.pointerId));
    surface.addEventListener("pointerleave", () => picture.hovered(null));
  }

  get isHeld() {
    return this.#pointers.size > 0 && this.#moved >= SLACK;
  }

  /**
   * @param {number} width of the frame, in pixels
   * @param {number} height
   */
  resize(width, height) {
    this.#left *= width / this.width;
    this.#top *= height / this.height;
    this.width = width;
    this.height = height;
    this.#settle();
  }

  /** Makes these places fill the frame. */
  fit(/** @type {Place[]} */ places) {
    const [across, down] = [places.map(({ x }) => x), places.map(({ y }) => y)];
    const [left, top] = [Math.min(...across), Math.min(...down)];
    const wide = Math.max(...across) - left || 1;
    const high = Math.max(...down) - top || 1;
    if (places.length > 1) this.#bounds = { left, top, wide, high };
    this.#settle();
  }

  /** Where a place of the map is in the frame. */
  toFrame(/** @type {Place} */ place) {
    const x = (place.x - this.#bounds.left) / this.#bounds.wide;
    const y = (place.y - this.#bounds.top) / this.#bounds.high;
    const high = this.height - MARGIN - BELOW;
    const wide = Math.min(this.width - 2 * MARGIN, high * WIDEST);
    const inset = (this.width - wide) / 2;
    return {
      x: (inset + x * wide) * this.scale + this.#left,
      y: (MARGIN + y * high) * this.scale + this.#top,
    };
  }

  /**
   * Zooms, keeping what is at this place where it is.
   *
   * @param {number} factor
   * @param {Place} place
   */
  zoom(factor, place = { x: this.width / 2, y: this.height / 2 }) {
    const scale = Math.min(CLOSEST, Math.max(1, this.scale * factor));
    this.#left = place.x - ((place.x - this.#left) * scale) / this.scale;
    this.#top = place.y - ((place.y - this.#top) * scale) / this.scale;
    this.scale = scale;
    this.#settle();
  }

  /** Moves a place of the map that is out of sight to the middle. */
  show(/** @type {Place} */ place) {
    const { x, y } = this.toFrame(place);
    if (x >= 0 && x <= this.width && y >= 0 && y <= this.height) return;
    this.#left += this.width / 2 - x;
    this.#top += this.height / 2 - y;
    this.#settle();
  }

  #settle() {
    this.#left = Math.min(0, Math.max(this.width * (1 - this.scale), this.#left));
    this.#top = Math.min(0, Math.max(this.height * (1 - this.scale), this.#top));
    this.picture.changed();
  }

  #wheel(/** @type {WheelEvent} */ event) {
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    // At its widest the map lets the page scroll on, where the page does.
    const scrolls = document.documentElement.scrollHeight > window.innerHeight + 1;
    if (scrolls && !event.ctrlKey && this.scale === 1) return;
    event.preventDefault();
    this.zoom(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)), placeOf(event));
  }

  #move(/** @type {PointerEvent} */ event) {
    const place = placeOf(event);
    const before = this.#pointers.get(event.pointerId);
    if (!before) {
      this.picture.hovered(place);
      return;
    }
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, place);
    this.#moved += Math.hypot(place.x - before.x, place.y - before.y);
    if (this.#moved < SLACK) return;
    this.#left += (place.x - before.x) / (other ? 2 : 1);
    this.#top += (place.y - before.y) / (other ? 2 : 1);
    if (!other) {
      this.#settle();
      return;
    }
    const apart = (/** @type {Place} */ { x, y }) => Math.hypot(x - other.x, y - other.y);
    const middle = { x: (place.x + other.x) / 2, y: (place.y + other.y) / 2 };
    this.zoom(apart(place) / Math.max(1, apart(before)), middle);
  }
}

/** @returns {Place} */
function placeOf(/** @type {MouseEvent} */ { offsetX, offsetY }) {
  return { x: offsetX, y: offsetY };
}
