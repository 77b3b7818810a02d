// A lab in anybody's page: <fault-line lab="L10"></fault-line>. It makes a frame when it comes near the
// screen, keeps it as high as the lab and as light or dark as the page, and passes on what the lab says
// as events. docs/embedding.md says the rest. One plain script that needs nothing.

(() => {
  if (customElements.get("fault-line")) return;
  const HERE = document.currentScript.src;
  const VERSION = 1;
  const SANDBOX = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads";
  const [LOWEST, FIRST, HIGHEST] = [120, 640, 6000];
  const SAID = ["ready", "state", "progress", "prediction", "completed", "error"];
  const all = new Set();
  const wishesDark = matchMedia("(prefers-color-scheme: dark)");

  // A sheet made here is allowed even where the page's security policy forbids styles in the text.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; position: relative; height: ${FIRST}px }
    :host([hidden]), slot[hidden] { display: none }
    slot { position: absolute; inset: 0; display: grid; place-items: center; overflow: hidden }
    iframe { position: relative; display: block; width: 100%; height: 100%; border: 0; color-scheme: normal }
  `);

  /** Whether the page is dark where an element stands: by the first background behind it that is not clear. */
  function isDarkBehind(element) {
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
      const [, ...colour] = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?/.exec(getComputedStyle(at).backgroundColor) ?? [];
      const [red, green, blue, alpha = 1] = colour.map((part) => part && Number(part));
      if (red !== undefined && alpha > 0.5) return red * 0.3 + green * 0.59 + blue * 0.11 < 128;
    }
    const scheme = getComputedStyle(document.documentElement).colorScheme;
    return scheme.includes("dark") && (wishesDark.matches || !scheme.includes("light"));
  }

  class FaultLine extends HTMLElement {
    static observedAttributes = ["lab", "model", "run", "seed", "theme", "controls", "hide", "height", "label", "src"];
    #poster = document.createElement("slot");
    #frame;
    #near;
    /** The height that the lab has asked for, the theme that it has, and where its learner was. */
    #asked;
    #theme;
    #state;

    constructor() {
      super();
      // What the page has put into the element is shown until the lab is there.
      const shadow = this.attachShadow({ mode: "open" });
      shadow.adoptedStyleSheets = [sheet];
      this.#poster.textContent = "Faultline";
      shadow.append(this.#poster);
    }

    connectedCallback() {
      all.add(this);
      this.#fit();
      this.#near = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && this.#open(), { rootMargin: "400px" });
      this.#near.observe(this);
    }

    disconnectedCallback() {
      all.delete(this);
      this.#close();
    }

    attributeChangedCallback(name, before, now) {
      if (before === now) return;
      if (name === "height") this.#fit();
      if (["lab", "model", "run", "seed", "src"].includes(name)) this.#state = null;
      if (!this.#frame || name === "height") return;
      this.#frame.title = this.#title();
      if (name === "src") {
        this.#close();
        this.#open();
      } else if (name !== "label") {
        // Only what is behind the # has changed: the frame stays, and so does the reader's history.
        this.#frame.contentWindow.location.replace(this.#address());
      }
    }

    #title() {
      const what = this.getAttribute("lab") ?? this.getAttribute("model") ?? "";
      return this.getAttribute("label") ?? `Faultline ${what}`.trim();
    }

    #address() {
      const of = (name) => this.getAttribute(name)?.trim();
      const what = of("run")?.replace(/^[^#]*#/, "") ?? (of("model") ? `free=${of("model")}` : of("lab") ? `lab=${of("lab")}` : "");
      const more = new URLSearchParams({ embed: VERSION, theme: (this.#theme = this.#wishes()) });
      for (const name of ["seed", "controls", "hide"]) if (of(name)) more.set(name, of(name));
      if (location.origin !== "null") more.set("host", location.origin);
      return `${new URL(of("src") ?? ".", HERE).href.split("#")[0]}#${what}&${more}`;
    }

    #wishes() {
      const theme = this.getAttribute("theme");
      return theme === "light" || theme === "dark" ? theme : isDarkBehind(this) ? "dark" : "light";
    }

    #open() {
      this.#near.disconnect();
      const frame = (this.#frame = document.createElement("iframe"));
      frame.title = this.#title();
      frame.allow = "fullscreen; clipboard-write";
      frame.setAttribute("sandbox", this.getAttribute("sandbox") ?? SANDBOX);
      frame.src = this.#address();
      this.shadowRoot.append(frame);
    }

    #close() {
      this.#near?.disconnect();
      this.#frame?.remove();
      this.#frame = null;
      this.#poster.hidden = false;
    }

    /** As high as the page says, or else as the lab asks. */
    #fit() {
      const height = Number(this.getAttribute("height")) || this.#asked || FIRST;
      this.style.height = `${Math.min(Math.max(height, LOWEST), HIGHEST)}px`;
    }

    #follow() {
      if (this.#frame && this.#wishes() !== this.#theme) this.#send("theme", { theme: (this.#theme = this.#wishes()) });
    }

    #hear({ source, origin, data }) {
      const frame = this.#frame;
      if (source !== frame?.contentWindow || data?.faultline !== VERSION) return;
      // A frame in a sandbox may have no origin; its window says enough.
      if (origin !== "null" && origin !== new URL(frame.src).origin) return;
      if (data.type === "resize" && Number.isFinite(data.height)) {
        this.#asked = data.height;
        this.#fit();
      }
      if (!SAID.includes(data.type)) return;
      if (data.type === "state") this.#state = data.state;
      if (data.type === "ready" || data.type === "error") this.#poster.hidden = true;
      if (data.type === "ready" && this.#state) {
        // A frame that was moved in the page has begun anew: it goes on where it was.
        this.#send("load", { lab: this.getAttribute("lab"), state: this.#state });
        this.#state = null;
      }
      this.dispatchEvent(new CustomEvent(data.type, { detail: data }));
    }

    #send(type, fields) {
      this.#frame?.contentWindow.postMessage({ ...fields, faultline: VERSION, type }, "*");
    }

    play() { this.#send("play"); }
    pause() { this.#send("pause"); }
    step() { this.#send("step"); }
    reset() { this.#send("reset"); }
    load(what) { this.#send("load", what); }

    static {
      const follow = () => all.forEach((lab) => lab.#follow());
      addEventListener("message", (event) => all.forEach((lab) => lab.#hear(event)));
      // Pages switch their theme with an attribute at the top; where that fades, it is over later.
      wishesDark.addEventListener("change", follow);
      addEventListener("transitionend", follow);
      const watch = new MutationObserver(follow);
      const begin = () => [document.documentElement, document.body].forEach((top) => watch.observe(top, { attributes: true }));
      document.body ? begin() : addEventListener("DOMContentLoaded", begin);
    }
  }

  customElements.define("fault-line", FaultLine);
})();
