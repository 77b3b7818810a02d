// Keeps the files of one build of the site, so that the page works without a network.
//
// The build puts the list of its files and their digests before this (web/tools/finish-site.mjs).
// A version is kept whole or not at all, and answers for the page until the reader asks for a newer
// one: nobody is moved in the middle of a run, and no page gets files of two builds.

const here = new URL("./", self.location);
// Other copies of the site may be on the same server.
const OURS = `faultline ${here.pathname} `;
const CACHE = OURS + BUILD.version;
// Whoever builds the site on this machine wants to see what was just built.
const BUILT_HERE = ["localhost", "127.0.0.1", "[::1]"].includes(here.hostname);

const address = (name) => new URL(name === "index.html" ? "./" : name, here).href;

async function bring(name) {
  // A server in the middle of being renewed may send a file of another build.
  const response = await fetch(address(name), { cache: "no-cache" });
  const content = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!response.ok || found !== BUILD.files[name]) throw new Error(`${name} is not the file of this build`);
  const headers = new Headers(response.headers);
  for (const packed of ["content-encoding", "content-length"]) headers.delete(packed);
  return new Response(content, { headers });
}

async function keep() {
  try {
    const cache = await caches.open(CACHE);
    await Promise.all(Object.keys(BUILD.files).map(async (name) => cache.put(address(name), await bring(name))));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function kept(name) {
  return (await caches.open(CACHE)).match(address(name));
}

async function answer(request, name) {
  if (BUILT_HERE) return fetch(request).catch(async (error) => (await kept(name)) ?? Promise.reject(error));
  // The browser may have thrown the files away, or keep none any more.
  return (await kept(name).catch(() => null)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== here.origin || !pathname.startsWith(here.pathname)) return;
  const name = decodeURIComponent(pathname.slice(here.pathname.length)) || "index.html";
  if (Object.hasOwn(BUILD.files, name)) event.respondWith(answer(request, name));
});

// What a page says to a version that waits (static/offline.js).
self.addEventListener("message", ({ data, source }) => {
  // A page that came from the network may be of this version already.
  if (data.now || data.build === BUILD.version) self.skipWaiting();
  else source.postMessage({ newer: true });
});
