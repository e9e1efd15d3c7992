/** The dots of the map on a canvas: each a copy of one small picture a colour, so thousands are quick. */

/** @typedef {import("./map.js").MapPost} MapPost */
/** @typedef {import("./map-view.js").View} View */
/** @typedef {import("./map-view.js").Place} Place */
/** @typedef {{colour: string, hollow: boolean, hushed: boolean}} Look */

/** How near to a dot's edge a pointer means it, in pixels. */
const REACH = 7;
const HUSHED = 0.22;

export class Dots {
  /** @type {{post: MapPost, look: Look, x: number, y: number}[]} */
  #dots = [];
  /** @type {Map<string, HTMLCanvasElement>} */
  #pictures = new Map();

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {View} view
   */
  constructor(canvas, view) {
    this.canvas = canvas;
    this.view = view;
    this.brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  }

  /** Fewer posts, larger dots; closer, larger again. */
  get radius() {
    const wide = Math.min(this.view.width, this.view.height * 1.4);
    const alone = Math.sqrt((wide * wide) / Math.max(1, this.#dots.length)) / 9;
    const smallest = this.view.width < 500 ? 1.8 : 2.4;
    return Math.min(7, Math.max(smallest, Math.min(6, alone)) * this.view.scale ** 0.35);
  }

  /**
   * @param {MapPost[]} posts
   * @param {(post: MapPost) => Look} lookOf
   */
  set(posts, lookOf) {
    this.#dots = posts.map((post) => ({ post, look: lookOf(post), x: 0, y: 0 }));
    this.#pictures.clear();
  }

  /** Puts the dots anew where the view has them; the one that is pointed at gets a ring. */
  draw(/** @type {MapPost | null} */ pointed) {
    const { canvas, brush, view } = this;
    const dense = Math.min(window.devicePixelRatio, 2);
    const [wide, high] = [Math.round(view.width * dense), Math.round(view.height * dense)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
    }
    const radius = this.radius;
    const half = Math.ceil(radius + 1) * dense;
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.clearRect(0, 0, wide, high);
    const edge = radius + 2;
    for (const dot of this.#dots) {
      const { x, y } = view.toFrame(dot.post);
      dot.x = x;
      dot.y = y;
      if (x < -edge || y < -edge || x > view.width + edge || y > view.height + edge) continue;
      brush.globalAlpha = dot.look.hushed ? HUSHED : 1;
      brush.drawImage(this.#picture(dot.look, radius, dense), x * dense - half, y * dense - half);
    }
    brush.globalAlpha = 1;
    if (pointed) this.#ring(pointed, radius, dense);
  }

  /** The post whose dot is meant at this place of the frame, the nearest first. */
  at(/** @type {Place} */ place) {
    let nearest = null;
    let least = this.radius + REACH;
    for (const { post, x, y } of this.#dots) {
      const away = Math.hypot(x - place.x, y - place.y);
      if (away < least) [nearest, least] = [post, away];
    }
    return nearest;
  }

  /**
   * How many of these dots lie in a rectangle of the frame.
   *
   * @param {{left: number, top: number, right: number, bottom: number}} box
   * @param {(post: MapPost) => boolean} counts
   */
  within({ left, top, right, bottom }, counts) {
    let number = 0;
    for (const { post, x, y } of this.#dots) {
      if (x > left && x < right && y > top && y < bottom && counts(post)) number += 1;
    }
    return number;
  }

  /**
   * @param {Look} look
   * @param {number} radius
   * @param {number} dense device pixels a pixel
   */
  #picture({ colour, hollow }, radius, dense) {
    const name = `${colour} ${hollow} ${radius.toFixed(2)} ${dense}`;
    const known = this.#pictures.get(name);
    if (known) return known;
    if (this.#pictures.size > 200) this.#pictures.clear();
    const half = Math.ceil(radius + 1) * dense;
    const picture = document.createElement("canvas");
    picture.width = picture.height = half * 2;
    const brush = /** @type {CanvasRenderingContext2D} */ (picture.getContext("2d"));
    brush.globalAlpha = 0.86;
    brush.beginPath();
    if (hollow) {
      brush.lineWidth = 1.4 * dense;
      brush.strokeStyle = colour;
      brush.arc(half, half, (radius - 0.7) * dense, 0, 2 * Math.PI);
      brush.stroke();
    } else {
      brush.fillStyle = colour;
      brush.arc(half, half, radius * dense, 0, 2 * Math.PI);
      brush.fill();
    }
    this.#pictures.set(name, picture);
    return picture;
  }

  /**
   * @param {MapPost} post
   * @param {number} radius
   * @param {number} dense
   */
  #ring(post, radius, dense) {
    const { x, y } = this.view.toFrame(post);
    const style = getComputedStyle(this.canvas);
    this.brush.beginPath();
    this.brush.arc(x * dense, y * dense, (radius + 3) * dense, 0, 2 * Math.PI);
    this.brush.lineWidth = 2 * dense;
    this.brush.strokeStyle = style.color;
    this.brush.stroke();
  }
}
