// Starts the program, and keeps the reader informed while that takes time or goes wrong.
//
// wasm-bindgen's own start would do for a fast network and a recent browser. This one shows how far
// the download is, admits when it is slow, and says in words what failed. What it shows is in
// index.html, inside #app; the program replaces it when it starts.

const PATIENCE_MS = 10_000;

const inPage = typeof document === "object";
const { js, wasm, rest, bytes, restBytes, alone } = inPage ? document.getElementById("entry").dataset : {};
const bar = inPage && document.getElementById("boot-bar");
const restBar = inPage && document.getElementById("rest-bar");
const retry = inPage && document.getElementById("boot-retry");
/** What to call at every piece of the program that arrives. */
let arrived = () => {};

function say(message, { canRetry }) {
  document.getElementById("boot-message").textContent = message;
  retry.hidden = !canRetry;
}

function fail(message, { canRetry }) {
  bar.hidden = true;
  say(message, { canRetry });
  window.dispatchEvent(new CustomEvent("faultline:fault", { detail: message }));
}

/**
 * A part of the program. What it is called says what is in it, so what the browser has is always right:
 * of many labs on one page one loads it for all, however the server feels about caches.
 */
async function get(address) {
  let response = await fetch(address, { cache: "force-cache" });
  // A refusal that the browser has kept need not be the last word.
  if (!response.ok) response = await fetch(address, { cache: "reload" });
  if (!response.ok) throw new Error(`${response.url}: the server answered ${response.status}`);
  return response;
}

/** Fetches a part of the program; the bar, which knows how large it is, follows each piece. */
async function download(name, bar) {
  const response = await get(new URL(name, document.baseURI));
  bar.value ||= 0;
  const counted = response.body.pipeThrough(
    new TransformStream({
      transform(piece, pipe) {
        bar.value += piece.byteLength;
        arrived();
        pipe.enqueue(piece);
      },
    }),
  );
  // Said here, because a server that does not know the file type would rule out compiling while loading.
  return new Response(counted, { headers: { "content-type": "application/wasm" } });
}

/**
 * Makes the program whole: the second part shares the memory and the tables of the first, and fills
 * the places in them that the first calls it by. In a build for development there is but one part.
 */
async function join(first, rest) {
  const content = await rest;
  const program = await first;
  if (content) await WebAssembly.instantiate(content, { first: program });
}

/** The second part for whoever has the first already, with a bar that is seen where it is waited for. */
async function later() {
  restBar.max = Number(restBytes);
  restBar.value = 0;
  restBar.hidden = false;
  try {
    return await (await download(rest, restBar)).arrayBuffer();
  } finally {
    restBar.hidden = true;
  }
}

/** What the program asks this script for (web/src/rest.rs, web/src/worker), and the second part if it is there. */
function offer(first, there) {
  const address = (name) => name && new URL(name, document.baseURI).href;
  let joining;
  const whole = () => {
    joining ??= join(first, rest && (there ?? later())).then(
      () => window.dispatchEvent(new Event("faultline:whole")),
      (error) => {
        joining = there = null; // so that it can be tried again
        throw error;
      },
    );
    return joining;
  };
  const worker = () => {
    // A page that is one file has no script that a worker could be made of.
    if (alone !== undefined) throw new Error("There is no worker here.");
    const worker = new Worker(import.meta.url, { type: "module" });
    worker.postMessage({ js: address(js), wasm: address(wasm), rest: address(rest) });
    return worker;
  };
  Object.assign(globalThis.faultline, { rest: whole, worker });
}

/** In a worker: the first message says where the program is, every other one is a job, and tells its news. */
function beWorker() {
  let program;
  const load = async ({ js, wasm, rest }) => {
    const program = await import(js);
    const first = program.default({ module_or_path: wasm });
    await join(first, rest && get(rest).then((response) => response.arrayBuffer()));
    return program;
  };
  addEventListener("message", async ({ data }) => {
    program ??= load(data);
    try {
      const { Work } = await program;
      if (!(data instanceof Uint8Array)) return;
      const work = new Work(data);
      for (let news = work.next(); news; news = work.next()) postMessage(news);
      work.free();
    } catch (error) {
      reportError(error); // to the page, which says so
    }
  });
}

/** Whether a style sheet has come: the two that nothing can be read without set a word on the page. */
function isThere({ href }) {
  const word = Object.entries({ tokens: "--stage", page: "--page" }).find(([name]) => href.includes(`/${name}-`))?.[1];
  return !word || getComputedStyle(document.documentElement).getPropertyValue(word) !== "";
}

async function start() {
  document.getElementById("boot-state").hidden = false;
  // Reloading keeps the link, and is the one retry that also works for modules: a browser may
  // remember that an import failed.
  retry.addEventListener("click", () => location.reload());

  if (typeof WebAssembly !== "object") {
    fail("Faultline needs WebAssembly, which this browser lacks or has switched off. Any current browser has it.", {
      canRetry: false,
    });
    return;
  }

  // Scripts like this one run when every style sheet has come, or has not. Each says that it is there.
  const { href } = [...document.querySelectorAll('link[rel="stylesheet"]')].find((link) => !isThere(link)) ?? {};
  if (href) {
    fail(`Faultline could not start. ${href} did not come.`, { canRetry: true });
    return;
  }

  let patience;
  arrived = () => {
    clearTimeout(patience);
    patience = setTimeout(
      () => say("Still loading… The network is slow or has stopped. You can wait, or try again.", { canRetry: true }),
      PATIENCE_MS,
    );
  };
  arrived();
  try {
    // The first screen does without the second part. Every other one waits for both, and sees how far they are.
    const needsRest = rest && /^#[^&]/.test(location.hash);
    // Sizes are known from the build: a Content-Length would be that of the compressed file.
    bar.max = Number(bytes) + (needsRest ? Number(restBytes) : 0);
    const [program, module, there] = await Promise.all([
      import(new URL(js, document.baseURI)),
      download(wasm, bar).then((response) => WebAssembly.compileStreaming(response)),
      // Where it cannot be had the program says so, and tries again.
      needsRest && download(rest, bar).then((response) => response.arrayBuffer()).catch(() => null),
    ]);
    let begun;
    offer(new Promise((resolve) => (begun = resolve)), there || null);
    begun(await program.default({ module_or_path: module }));
  } catch (error) {
    fail(`Faultline could not start. ${error.message}`, { canRetry: true });
  } finally {
    clearTimeout(patience);
    arrived = () => {};
  }
}

if (inPage) start();
else beWorker();
