// Lets the page work without a network after the first visit, and offers a newer version when there
// is one (static/sw.js keeps the files). It begins when the page is whole, so that it delays nothing;
// where the browser refuses, as in a frame without an origin, nothing is different.

/** Whether the reader wants the newer version now. */
let now = false;

const PATIENCE_MS = 3_000;

function offer() {
  window.dispatchEvent(new Event("faultline:newer"));
}

async function begin() {
  // A page inside another one is for its host to keep.
  if (window.parent !== window) return;
  const workers = navigator.serviceWorker;
  if (!workers) return;
  const { build, alone } = document.getElementById("entry").dataset;
  // A page that is one file is kept by whoever has it.
  if (alone !== undefined) return;
  let controlled = Boolean(workers.controller);

  workers.addEventListener("message", ({ data }) => data.newer && offer());
  workers.addEventListener("controllerchange", () => {
    if (now) location.reload();
    // Another tab has asked for the newer version; or this page came from the network and is of it already.
    else if (controlled) workers.controller?.postMessage({ build });
    controlled = true;
  });

  const registration = await workers.register(new URL("sw.js", document.baseURI));
  const ask = () => registration.active && registration.waiting?.postMessage({ build });
  const watch = () => registration.installing?.addEventListener("statechange", ask);
  registration.addEventListener("updatefound", watch);
  watch();
  ask();
  window.addEventListener("faultline:update", () => {
    now = true;
    // After the page has put its run into the address.
    if (!registration.waiting) {
      setTimeout(() => location.reload());
      return;
    }
    registration.waiting.postMessage({ now });
    // A browser may let the old version finish what it is at, for as long as that takes. Then the page
    // does without either, and keeps the newer one as on a first visit.
    setTimeout(() => navigator.onLine && registration.unregister().finally(() => location.reload()), PATIENCE_MS);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) registration.update().catch(() => {});
  });
}

window.addEventListener("faultline:whole", () => begin().catch(() => {}), { once: true });
