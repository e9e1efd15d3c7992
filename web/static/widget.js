/**
 * An ask box for any page: <script src="https://archive.example/widget.js" defer></script>
 *
 * It stands where the script stands, as the element <blogqa-ask>, in a shadow root: neither side's
 * styles reach the other, nothing is put into the page's global scope, and no style or script is
 * inline, so that a strict Content-Security-Policy need only name the server in script-src and
 * connect-src. docs/widget.md lists the options.
 */
(() => {
  const NAME = "blogqa-ask";
  const MOST_QUOTES = 3;
  const LONGEST_QUOTE = 280;
  const OPTIONS = ["title", "author", "tag", "source", "open", "server", "theme", "placeholder"];
  const FILTERS = ["author", "tag", "source"];
  /** Darker than this, in 0..1, a background asks for the dark colours. */
  const DARK = 0.4;
  const script = document.currentScript;
  const home = script ? new URL(script.src).origin : location.origin;

  const STYLE = `
    :host {
      all: initial;
      --ink: #1d2320; --soft: #5a645f; --line: #d8d6cd; --edge: #858e88; --raised: #fff;
      --green: #0b6b4b; --on-green: #fff; --green-ink: #075038; --mark: #dff3d8;
      --serif: Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, serif;
      display: block; margin-block: 24px; color: var(--ink); color-scheme: light;
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
      overflow-wrap: anywhere; text-align: start;
    }
    :host([data-scheme="dark"]) {
      --ink: #e8ebe6; --soft: #a3ada7; --line: #3a443f; --edge: #69746e; --raised: #1b211e;
      --green: #6fd3a2; --on-green: #141816; --green-ink: #8fe0b8; --mark: #1f4634;
      color-scheme: dark;
    }
    :host([hidden]) { display: none; }
    * { box-sizing: border-box; margin: 0; padding: 0; }
    details { border: 1px solid var(--line); border-radius: 10px; background: var(--raised); }
    summary {
      display: flex; align-items: center; gap: 10px; min-height: 48px; padding: 8px 16px;
      border-radius: 10px; font: 600 17px/1.35 var(--serif); list-style: none; cursor: pointer;
    }
    summary::-webkit-details-marker { display: none; }
    summary::before {
      flex: none; width: 3px; height: 1.25em; background: var(--green); content: "";
    }
    .inside { padding: 0 16px 16px; }
    form {
      display: flex; gap: 4px; padding: 4px; border: 1px solid var(--edge); border-radius: 9px;
    }
    form:focus-within { border-color: var(--green); box-shadow: 0 0 0 3px var(--mark); }
    input, button { min-height: 44px; border: 0; font: inherit; color: inherit; }
    input { flex: 1; min-width: 0; padding: 4px 10px; background: none; }
    input:focus { outline: none; }
    input::placeholder { color: var(--soft); opacity: 1; }
    button {
      padding: 4px 16px; border-radius: 6px; background: var(--green); color: var(--on-green);
      font-size: 15px; font-weight: 600; cursor: pointer;
    }
    button:hover { filter: brightness(1.08); }
    :focus-visible { outline: 2px solid var(--green); outline-offset: 2px; }
    .meta { color: var(--soft); font-size: 13px; }
    .meta:not(:empty) { margin-top: 12px; }
    .found > * { margin-top: 16px; }
    blockquote { padding-left: 14px; border-left: 3px solid var(--green); }
    blockquote p { font: 17px/1.5 var(--serif); }
    blockquote a { display: inline-block; margin-top: 4px; font-size: 14px; }
    a { color: var(--green-ink); text-decoration-thickness: 1px; text-underline-offset: 3px; }
    a:hover { text-decoration-thickness: 2px; }
    .facts { color: var(--soft); font-size: 14px; }
    .words { padding-left: 14px; border-left: 3px solid var(--line); }
    .said { font: 17px/1.5 var(--serif); }
    ul { margin-top: 8px; list-style: none; }
    li { padding-block: 4px; }
    .unseen {
      position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
      white-space: nowrap;
    }
    @media print { :host { display: none; } }
  `;

  /** An element with attributes and children; strings become text, never markup. */
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  /** A link, or its children alone where the address is not of the web. Other sites get a tab. */
  function link(address, server, ...children) {
    const url = URL.canParse(address, server) ? new URL(address, server) : null;
    if (url === null || !/^https?:$/.test(url.protocol)) return el("span", {}, ...children);
    if (url.origin === location.origin) return el("a", { href: url.href }, ...children);
    const tab = el("span", { class: "unseen" }, " (opens in a new tab)");
    return el("a", { href: url.href, target: "_blank", rel: "noopener" }, ...children, tab);
  }

  /** In quotation marks, of which words said get no second pair; cut at a word where it is long. */
  function quoted(text) {
    const points = Array.from(text.replace(/\s+/g, " ").trim());
    const cut = points.length > LONGEST_QUOTE;
    const short = cut ? points.slice(0, LONGEST_QUOTE).join("").replace(/\s\S*$/, "…") : points.join("");
    return /^["“][^]*["”]$/.test(short) ? short : `“${short}”`;
  }

  /** "From 1 post", "From 2 posts": how many different ones are quoted. */
  function counted(quotes) {
    const { size } = new Set(quotes.map(({ passage }) => passage.post.id));
    return `From ${size} post${size === 1 ? "" : "s"}`;
  }

  /** The quotes of an answer with the passages that they stand in, each passage once. */
  function quotesOf({ short_answer: quotes, passages }) {
    const found = quotes.map(({ text, citation }) => {
      return { text, passage: passages.find(({ rank }) => rank === citation) };
    });
    for (const passage of passages) {
      const [first] = passage.highlights;
      const known = found.some((other) => other.passage === passage);
      if (found.length >= MOST_QUOTES) break;
      if (known || !first) continue;
      found.push({ text: Array.from(passage.text).slice(first.start, first.end).join(""), passage });
    }
    return found.filter(({ passage }) => passage).slice(0, MOST_QUOTES);
  }

  /** How bright the page is behind an element, in 0..1; null where nothing is painted there. */
  function brightness(element) {
    for (let node = element; node; node = node.parentElement ?? node.getRootNode().host) {
      const parts = getComputedStyle(node).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [];
      const [red = 0, green = 0, blue = 0, alpha = 1] = parts;
      if (parts.length >= 3 && alpha > 0.5) return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
    }
    return null;
  }

  /** What is said where there is no answer, for a reader of the page and for who keeps it. */
  class Trouble extends Error {}

  class AskBox extends HTMLElement {
    #root = this.attachShadow({ mode: "open" });
    #field;
    #note;
    #found;
    #asking = null;
    #watching = null;

    connectedCallback() {
      if (!this.#root.hasChildNodes()) this.#build();
      const recolour = () => this.#recolour();
      const dark = matchMedia("(prefers-color-scheme: dark)");
      dark.addEventListener("change", recolour);
      const changes = new MutationObserver(recolour);
      const options = { attributes: true, attributeFilter: ["class", "style", "data-theme"] };
      for (const node of [document.documentElement, document.body]) changes.observe(node, options);
      this.#watching = () => {
        dark.removeEventListener("change", recolour);
        changes.disconnect();
      };
      recolour();
    }

    disconnectedCallback() {
      this.#watching?.();
      this.#asking?.abort();
    }

    get #server() {
      return this.dataset.server ?? home;
    }

    #build() {
      const style = new CSSStyleSheet();
      style.replaceSync(STYLE);
      this.#root.adoptedStyleSheets = [style];
      const title = this.dataset.title ?? "Ask the archive";
      const placeholder = this.dataset.placeholder ?? "Your question";
      this.#field = el("input", { type: "text", placeholder, "aria-label": title, maxlength: "1000" });
      this.#field.setAttribute("autocomplete", "off");
      this.#field.setAttribute("enterkeyhint", "send");
      const form = el("form", { role: "search" }, this.#field, el("button", {}, "Ask"));
      this.#note = el("p", { class: "meta", role: "status" });
      this.#found = el("div", { class: "found", "aria-live": "polite" });
      const inside = el("div", { class: "inside" }, form, this.#note, this.#found);
      const box = el("details", {}, el("summary", {}, title), inside);
      box.open = "open" in this.dataset;
      box.addEventListener("toggle", () => box.open && box.matches(":focus-within") && this.#field.focus());
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.#ask(this.#field.value.trim());
      });
      this.#root.append(box);
    }

    #recolour() {
      const { theme } = this.dataset;
      const bright = brightness(this.parentElement);
      const scheme = getComputedStyle(document.documentElement).colorScheme;
      const darkSystem = scheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches;
      const dark = bright === null ? darkSystem : bright < DARK;
      const known = theme === "dark" || theme === "light";
      this.dataset.scheme = known ? theme : dark ? "dark" : "light";
    }

    async #ask(question) {
      this.#asking?.abort();
      if (!question) return;
      this.#asking = new AbortController();
      const { signal } = this.#asking;
      this.#note.textContent = "Looking …";
      try {
        const answer = await this.#answer(question, signal);
        if (signal.aborted) return;
        this.#show(question, answer);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Trouble)) throw error;
        this.#note.textContent = "";
        const words = el("p", { class: "said" }, error.message);
        this.#found.replaceChildren(el("div", { class: "words" }, words));
      }
    }

    async #answer(question, signal) {
      const filters = {};
      for (const name of FILTERS) if (this.dataset[name]) filters[name] = this.dataset[name];
      let response;
      try {
        response = await fetch(new URL("/api/ask", this.#server), {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ question, filters }),
          credentials: "omit",
          signal,
        });
      } catch (error) {
        if (signal.aborted || !(error instanceof TypeError)) throw error;
        throw new Trouble(await this.#reason());
      }
      const body = await response.json().catch(() => null);
      if (response.ok && body) return body;
      const told = body?.error?.message;
      throw new Trouble(told ?? `The archive gave no usable answer (status ${response.status}). Try again in a moment.`);
    }

    /** A browser does not tell a server that is away from one that refuses this page; we ask it. */
    async #reason() {
      try {
        await fetch(new URL("/healthz", this.#server), { mode: "no-cors", credentials: "omit" });
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        return "The archive cannot be reached. Try again in a moment.";
      }
      return `The archive does not take questions from ${location.origin}. Its keeper can allow that, by the setting allowed_origins.`;
    }

    #show(question, answer) {
      const server = this.#server;
      const quotes = answer.status === "answered" ? quotesOf(answer) : [];
      const parts = quotes.map(({ text, passage }) => {
        const { author, published, title } = passage.post;
        const facts = [author, published?.slice(0, 4)].filter(Boolean).join(", ");
        const words = el("p", { dir: "auto" }, quoted(text));
        const source = link(passage.link, server, el("span", { dir: "auto" }, title));
        const about = el("span", { class: "facts" }, facts ? ` ${facts}` : "");
        return el("blockquote", {}, words, source, about);
      });
      if (quotes.length) {
        const all = new URL(`/?${new URLSearchParams({ q: question })}`, server).href;
        parts.push(el("p", {}, link(all, server, "Read the whole answer")));
      } else {
        const subjects = answer.subjects.map(({ title, link: to }) => el("li", {}, link(to, server, title)));
        const verdict = el("p", { class: "said" }, "The archive does not cover this.");
        const nearest = subjects.length
          ? [el("p", { class: "meta" }, "The nearest it has"), el("ul", {}, ...subjects)]
          : [];
        parts.push(el("div", { class: "words" }, verdict, ...nearest));
      }
      this.#note.textContent = quotes.length ? counted(quotes) : "";
      this.#found.replaceChildren(...parts);
    }
  }

  if (!customElements.get(NAME)) customElements.define(NAME, AskBox);
  if (script && document.body?.contains(script)) {
    const box = document.createElement(NAME);
    for (const name of OPTIONS) if (name in script.dataset) box.dataset[name] = script.dataset[name];
    script.after(box);
  }
})();
