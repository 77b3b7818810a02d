// The page inside of another page: what it was asked to look like, what it says to the page around
// it, and what it hears from there. docs/embedding.md is the contract; VERSION is its version.
//
// What comes from outside is checked here, all of it: only the page around this one is heard, only
// in messages of this shape, and everything else changes nothing.

const VERSION = 1;
/** Longer messages are neither sent nor heard. */
const LONGEST = 65_536;

const PARTS = ["bar", "lesson", "stage", "diagram", "promises", "settings", "side", "transport", "links", "leaves-out"];
/** Every parameter, and what it may say. Those that change the look stand as attributes on the root. */
const PARAMETERS = {
  embed: /^1?$/,
  seed: /^\d{1,20}$/,
  host: /^https?:\/\/[\w.:[\]-]{1,255}$/,
  theme: /^(auto|light|dark)$/,
  controls: /^(full|min)$/,
  hide: new RegExp(`^(${PARTS.join("|")})([, ]+(${PARTS.join("|")}))*$`),
};
const LOOK = ["embed", "theme", "controls", "hide"];
/** What stays wherever a learner goes inside of the frame. */
const LASTING = [...LOOK, "host"];

/** What can be loaded: exactly one of the first three, with a seed, or a state with its lab. */
const LOADABLE = {
  lab: [/^(?!.*\.\.)[\w-][\w./-]{0,200}$/, (lab) => `#lab=${lab}`],
  model: [/^[a-z][a-z0-9-]{0,60}$/, (model) => `#free=${model}`],
  link: [/^[^#]{0,2000}#run=[\w-]{1,65000}$/, (link) => link.slice(link.indexOf("#"))],
};
const STATE = /^faultline state 1\n/;

const root = document.documentElement;
const around = window.parent === window ? null : window.parent;
let parameters = {};
let measuring;

/**
 * The parameters of the address: in its query, or behind the first & of its fragment, which goes first. Links
 * inside of the page have none: then those stay that last.
 */
function readParameters() {
  const fragment = [...new URLSearchParams(location.hash.split("&").slice(1).join("&"))];
  const stay = around && !fragment.some(([name]) => LASTING.includes(name)) ? lasting() : [];
  parameters = {};
  for (const [name, value] of [...new URLSearchParams(location.search), ...stay, ...fragment]) {
    const allowed = Object.hasOwn(PARAMETERS, name) && PARAMETERS[name];
    if (!allowed) console.warn(`Faultline: there is no parameter “${name}”; it is ignored.`);
    else if (!allowed.test(value)) ignored(name, value);
    else parameters[name] = value;
  }
  for (const name of LOOK) look(name, parameters[name]);
  if (stay.length > 0) keep();
}

function ignored(name, value) {
  console.warn(`Faultline: “${value.slice(0, 80)}” is no value for the parameter “${name}”; it is ignored.`);
}

/** The parameters that last, with their values. */
function lasting() {
  return LASTING.filter((name) => parameters[name] !== undefined).map((name) => [name, parameters[name]]);
}

/** Behind this address, the parameters that last. */
function withLasting([what, ...others]) {
  const seed = others.filter((parameter) => parameter.startsWith("seed="));
  return [what, ...seed, ...lasting().map(([name, value]) => `${name}=${encodeURIComponent(value)}`)].join("&");
}

/** Puts them into the address, where they are when the frame is loaded again. */
function keep() {
  try {
    history.replaceState(history.state, "", withLasting((location.hash || "#").split("&")));
  } catch {
    // Some browsers let no file change its address.
  }
}

function look(name, value) {
  if (value === undefined) delete root.dataset[name];
  else root.dataset[name] = name === "hide" ? value.replaceAll(",", " ") : value;
  if (name === "theme") repaint();
}

/** Looks as the page around wants it from now on; nothing takes a wish back. */
function wish(wishes) {
  for (const [name, value] of wishes) {
    if (value === "") delete parameters[name];
    else if (PARAMETERS[name].test(value)) parameters[name] = value;
    else ignored(name, value);
    look(name, parameters[name]);
  }
  keep();
}

/** What is painted with the colours of the style sheet has to be painted again (web/src/dom/watch.rs). */
function repaint() {
  window.dispatchEvent(new Event("faultline:theme"));
}

/** Says something to the page around this one. */
function tell(type, fields = {}) {
  if (!around) return;
  // Who says something has something to show: from now on its height is worth knowing.
  if (parameters.embed !== undefined) measuring ??= measure();
  const message = { faultline: VERSION, type, ...fields };
  if (JSON.stringify(message).length <= LONGEST) around.postMessage(message, parameters.host ?? "*");
}

/** Says how high the page is whenever that changes. Its height follows from its width alone (embed.css). */
function measure() {
  let height = 0;
  const say = () => {
    tell("resize", { height });
    // Those who listen to others than us: Canvas, and pages with the resizer of H5P.
    around.postMessage(JSON.stringify({ subject: "lti.frameResize", height }), "*");
    h5p("resize", { scrollHeight: height });
  };
  const observer = new ResizeObserver(() => {
    const now = Math.ceil(document.getElementById("app").getBoundingClientRect().height);
    if (now === height || now === 0) return;
    height = now;
    say();
  });
  observer.observe(document.getElementById("app"));
  h5p("hello");
  return say;
}

function h5p(action, fields = {}) {
  around.postMessage({ context: "h5p", action, ...fields }, "*");
}

/** An order of the page around this one as the program takes it, or nothing. */
function order(message) {
  const { type } = message;
  switch (type) {
    case "play":
    case "pause":
    case "step":
    case "reset":
      return () => give("order", type);
    case "theme":
      return PARAMETERS.theme.test(message.theme) && wishes(message, ["theme"]);
    case "look":
      return wishes(message, ["theme", "controls", "hide"]);
    case "load": {
      const what = load(message);
      return what && (() => open(what, message.lab));
    }
    default:
      return false;
  }
}

/** What is said of the look, if it is said in words. */
function wishes(message, names) {
  const said = names.filter((name) => message[name] !== undefined).map((name) => [name, message[name]]);
  return said.every(([, value]) => typeof value === "string" && value.length <= 1000) && (() => wish(said));
}

/** The address of what is to be loaded, with the state that it is to have behind it. */
function load(message) {
  const { seed, state = "" } = message;
  const named = Object.keys(LOADABLE).filter((name) => message[name] !== undefined);
  const [[shape, address] = []] = named.map((name) => LOADABLE[name]);
  const what = message[named[0]];
  if (named.length !== 1 || typeof what !== "string" || !shape.test(what)) return null;
  if (seed !== undefined && (!Number.isSafeInteger(seed) || seed < 0)) return null;
  if (typeof state !== "string" || state.length > LONGEST || (state && !STATE.test(state))) return null;
  const fragment = withLasting([address(what), ...(seed === undefined ? [] : [`seed=${seed}`])]);
  return state ? `${fragment}\n${state}` : fragment;
}

/** How often something was to be opened. */
let orders = 0;

/** Hands over what is to be opened. A lab that is not there is named, and the one that is there stays. */
async function open(what, lab) {
  const order = (orders += 1);
  const file = lab && (lab.endsWith(".toml") ? lab : `labs/${lab}.toml`);
  if (lab && !document.getElementById(`file:${file}`)) {
    const answer = await fetch(file).catch((fault) => fault);
    // Something else was asked for meanwhile.
    if (order !== orders) return;
    if (!answer.ok) return tell("error", { message: `${file}: ${answer.status ? `the server answered ${answer.status}` : answer.message}` });
  }
  give("open", what);
}

/** Hands something to the program (web/src/host). */
function give(what, detail) {
  window.dispatchEvent(new CustomEvent(`faultline:${what}`, { detail }));
}

function hear({ source, origin, data }) {
  if (source !== around || data === null || typeof data !== "object") return;
  if (data.context === "h5p" && (data.action === "hello" || data.action === "resize")) measuring?.();
  if (data.faultline !== VERSION || (parameters.host && origin !== parameters.host)) return;
  const does = order(data);
  if (does) does();
}

readParameters();
window.addEventListener("hashchange", readParameters);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
if (around) window.addEventListener("message", hear);
window.addEventListener("faultline:fault", ({ detail }) => tell("error", { message: String(detail).slice(0, 2000) }));
// What a frame was opened with is what it is there for: what else there is opens beside the page around it.
if (around && /^#[^&]/.test(location.hash)) {
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.('a[href^="#"]');
    if (link) link.target = "_blank";
  }, true);
}
globalThis.faultline = { tell: (type, fields) => tell(type, JSON.parse(fields)) };
