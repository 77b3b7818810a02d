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
  const WHAT = ["lab", "model", "run", "seed", "src"];
  const KNOWN = [...WHAT, "theme", "controls", "hide", "height", "label", "sandbox"];
  const EMPTY = "<fault-line> needs a lab, a model or a run.";
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
    static observedAttributes = KNOWN.filter((name) => name !== "sandbox");
    #poster = document.createElement("slot");
    #frame;
    #near;
    /** Whether it is near the screen, so that there should be a frame. */
    #here;
    /** Whether the frame takes orders, and the look that it was told to have. */
    #ready;
    #look;
    /** The height that the lab has asked for. */
    #asked;
    /** What is to be shown, as `load` takes it, if not what the attributes say; and what was ordered and is not there yet. */
    #now;
    #ordered;

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
      if (WHAT.includes(name)) this.#now = this.#ordered = null;
      if (!this.#frame) {
        if (this.#here && this.isConnected) this.#open();
        return;
      }
      this.#frame.title = this.#title();
      if (name === "src") this.#reopen();
      // Only what is behind the # has changed: the frame stays, and so does the reader's history.
      else if (WHAT.includes(name)) this.#frame.contentWindow.location.replace(this.#address());
      else this.#follow();
    }

    #title() {
      const what = this.getAttribute("lab") ?? this.getAttribute("model") ?? "";
      return this.getAttribute("label") ?? `Faultline ${what}`.trim();
    }

    #address() {
      const of = (name) => this.getAttribute(name)?.trim();
      const { lab, model, link, seed } = this.#now ?? { lab: of("lab"), model: of("model"), link: of("run"), seed: of("seed") };
      const what = link?.replace(/^[^#]*#/, "") ?? (model ? `free=${model}` : lab ? `lab=${lab}` : "");
      const more = new URLSearchParams({ embed: VERSION });
      this.#look = this.#wishes();
      for (const [name, value] of Object.entries({ ...this.#look, seed })) if (value || value === 0) more.set(name, value);
      if (location.origin !== "null") more.set("host", location.origin);
      return `${new URL(of("src") ?? ".", HERE).href.split("#")[0]}#${what}&${more}`;
    }

    #wishes() {
      const [theme, controls, hide] = ["theme", "controls", "hide"].map((name) => this.getAttribute(name)?.trim() ?? "");
      return { theme: theme === "light" || theme === "dark" ? theme : isDarkBehind(this) ? "dark" : "light", controls, hide };
    }

    /** Says in the page's own console what its author may have meant otherwise. */
    #check() {
      const warn = (words) => console.warn(`Faultline: ${words}`, this);
      for (const { name, value } of this.attributes) {
        // What every element has, and what the tools of pages add to all of them.
        const common = name in this || /^(class|is|on\w+|tabindex|item\w+)$|[^a-z]/.test(name);
        const wrong = (name === "theme" && !/^\s*(auto|light|dark)?\s*$/.test(value)) || (name === "height" && value && !(Number(value) > 0));
        if (wrong) warn(`“${value}” is no value for “${name}”; it is ignored.`);
        else if (!KNOWN.includes(name) && !common) warn(`there is no attribute “${name}”; it is ignored.`);
      }
    }

    #open() {
      this.#here = true;
      this.#near.disconnect();
      if (!this.#now && !["lab", "model", "run"].some((name) => this.getAttribute(name)?.trim())) {
        this.#poster.textContent = EMPTY;
        console.warn(`Faultline: ${EMPTY}`, this);
        this.dispatchEvent(new CustomEvent("error", { detail: { faultline: VERSION, type: "error", message: EMPTY } }));
        return;
      }
      this.#poster.textContent = "Faultline";
      this.#check();
      const frame = (this.#frame = document.createElement("iframe"));
      frame.title = this.#title();
      frame.allow = "fullscreen; clipboard-write";
      frame.setAttribute("sandbox", this.getAttribute("sandbox") ?? SANDBOX);
      frame.src = this.#address();
      this.shadowRoot.append(frame);
    }

    #close() {
      this.#here = false;
      this.#near?.disconnect();
      this.#frame?.remove();
      this.#frame = null;
      this.#poster.hidden = false;
      this.#ready = false;
      // What was ordered and never came is what comes first in the next frame.
      if (this.#ordered) this.#now = this.#ordered;
      this.#ordered = null;
    }

    #reopen() {
      this.#close();
      this.#open();
    }

    /** As high as the page says, or else as the lab asks. */
    #fit() {
      const height = Number(this.getAttribute("height")) || this.#asked || FIRST;
      this.style.height = `${Math.min(Math.max(height, LOWEST), HIGHEST)}px`;
    }

    /** Looks as the page and the attributes say; whatever is being done goes on. */
    #follow() {
      const [before, now] = [this.#look, this.#wishes()];
      if (!this.#ready || Object.keys(now).every((name) => now[name] === before[name])) return;
      this.#send("look", (this.#look = now));
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
      if (data.type === "state") this.#keep(data);
      if (data.type === "ready" || data.type === "error") {
        this.#poster.hidden = true;
        if (data.type === "ready" && this.#ordered) this.#now = this.#ordered;
        this.#ordered = null;
        // A frame that has just been made goes on where the learner was.
        if (data.type === "ready" && !this.#ready && this.#now?.state) this.#send("load", this.#now);
        this.#ready = true;
        this.#follow();
      }
      this.dispatchEvent(new CustomEvent(data.type, { detail: data }));
    }

    /** Where the learner is: another place in the page, where the frame begins anew, does not change that. */
    #keep({ lab, state, link }) {
      const before = this.#now ?? { lab: this.getAttribute("lab"), seed: this.getAttribute("seed") };
      const asked = String(before.seed ?? "").trim();
      const seed = before.lab?.trim() === lab && /^\d+$/.test(asked) ? Number(asked) : undefined;
      this.#now = lab ? { lab, state, seed } : state ? null : { link };
    }

    #send(type, fields) {
      this.#frame?.contentWindow.postMessage({ ...fields, faultline: VERSION, type }, "*");
    }

    play() { this.#send("play"); }
    pause() { this.#send("pause"); }
    step() { this.#send("step"); }
    reset() { this.#send("reset"); }
    load(what) {
      if (this.#ready) {
        this.#ordered = what;
        this.#send("load", what);
        return;
      }
      // As long as nothing is there, this is what will be.
      this.#now = what;
      if (this.#here) this.#reopen();
    }

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
