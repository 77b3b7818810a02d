// After the first visit the page needs no network, and nobody is moved to a newer version unasked.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { createHash } from "node:crypto";
import { accessible, inPage, picture, whole } from "../support/browser.mjs";
import { SITE } from "../support/server.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });

const worker = readFileSync(path.join(SITE, "sw.js"), "utf8");
const BUILD = JSON.parse(/const BUILD = (\{.*?\n\});/s.exec(worker)[1]);

/** A site of its own, which a test can renew. */
function copy() {
  const site = mkdtempSync(path.join(tmpdir(), "faultline-site-"));
  after(() => rmSync(site, { recursive: true, force: true }));
  cpSync(SITE, site, { recursive: true });
  return site;
}

/** Another build: the page is another one, and the worker knows it. */
function renew(site, sound = true) {
  const page = path.join(site, "index.html");
  const html = readFileSync(page, "utf8").replaceAll(BUILD.version, "next-build").replace("<html ", '<html data-newer ');
  writeFileSync(page, html);
  for (const name of readdirSync(site)) if (/^(index\.html|sw\.js)\.(br|gz)$/.test(name)) rmSync(path.join(site, name));
  const files = { ...BUILD.files, "index.html": sound ? createHash("sha256").update(html).digest("hex") : "of another build" };
  writeFileSync(path.join(site, "sw.js"), worker.replace(/const BUILD = \{.*?\n\};/s, `const BUILD = ${JSON.stringify({ version: "next-build", files })};`));
}

const isNewer = (page) => page.evaluate(() => "newer" in document.documentElement.dataset);

/** Waits for what the page can only say after a while: the browser's own waiting takes a promise for a yes. */
async function comes(page, isSo) {
  while (!(await page.evaluate(isSo)));
}
/** Waits until everything is kept. The page is what the worker answers for from then on. */
const kept = (page) => comes(page, async () => (await navigator.serviceWorker.ready) && navigator.serviceWorker.controller?.state === "activated");
const lookForNewer = (page) => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
// Where the site is not being built, which is anywhere but on this very machine.
const elsewhere = (site) => site.url.replace("127.0.0.1", "course.localhost");
const offline = { serviceWorkers: "allow", open: false };

test("exactly what the page needs is kept", () => {
  const site = readdirSync(SITE, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = site.map((entry) => path.relative(SITE, path.join(entry.parentPath, entry.name)));
  for (const name of names.filter((name) => !/\.(br|gz|md)$|schema\.json$|sizes\.json$|sw\.js$/.test(name))) {
    const digest = createHash("sha256").update(readFileSync(path.join(SITE, name))).digest("hex");
    assert.equal(BUILD.files[name], digest, name);
  }
  for (const name of Object.keys(BUILD.files)) assert.ok(names.includes(name), name);
  assert.ok(Object.keys(BUILD.files).some((name) => name.startsWith("labs/L")));
});

test("it can be installed", () => {
  const manifest = JSON.parse(readFileSync(path.join(SITE, "manifest.webmanifest"), "utf8"));
  assert.deepEqual([manifest.start_url, manifest.scope, manifest.display], ["./", "./", "standalone"]);
  assert.ok(manifest.icons.some(({ purpose }) => purpose === "maskable"));
  for (const { src, sizes, type } of manifest.icons) {
    const icon = readFileSync(path.join(SITE, src));
    if (type === "image/png") assert.equal(`${icon.readUInt32BE(16)}x${icon.readUInt32BE(20)}`, sizes, src);
  }
  assert.match(readFileSync(path.join(SITE, "index.html"), "utf8"), /<link rel="manifest" href="manifest.webmanifest"/);
});

for (const [where, of] of [["on a server", elsewhere], ["where it is built", (site) => site.url]]) {
  inPage(`after one visit a lab and a model work without a network, ${where}`, offline, async (page, site) => {
    await page.goto(of(site));
    await whole(page);
    await kept(page);
    await page.context().setOffline(true);
    await page.reload();
    await whole(page);
    await page.getByRole("link", { name: /^L07/ }).click();
    await page.getByRole("region", { name: "Lab" }).waitFor();
    await page.goto(`${of(site)}#free=gossip`);
    await page.reload();
    await whole(page);
    await button(page, "Next event").click();
    await page.waitForURL(/#run=/);
    const run = page.url();
    const before = await page.locator(".clock").textContent();
    // As from a bookmark, in a tab of its own.
    const again = await page.context().newPage();
    await again.goto(run);
    await whole(again);
    assert.equal(await again.locator(".clock").textContent(), before);
  });
}

inPage("a newer version is offered, and taken when it is wanted, with the run", { ...offline, server: { site: copy() } }, async (page, site) => {
  const url = elsewhere(site);
  await page.goto(`${url}#free=raft`);
  await whole(page);
  await kept(page);
  for (let step = 0; step < 8; step += 1) await button(page, "Next event").click();
  renew(site.folder);
  await lookForNewer(page);
  const offer = page.getByRole("status").filter({ hasText: "A newer version is ready." });
  await offer.waitFor();
  await accessible(page);
  await picture(page, "newer-version");

  // Not now: nothing happens, not even when the page is loaded again.
  await button(page, "Not now").click();
  await offer.waitFor({ state: "hidden" });
  await page.waitForURL(/#run=/);
  await page.reload();
  await whole(page);
  assert.equal(await isNewer(page), false);

  // It is still there for whoever wants it.
  await offer.waitFor();
  const clock = await page.locator(".clock").textContent();
  await button(page, "Next event").click();
  const later = await page.locator(".clock").textContent();
  assert.ok(later >= clock);
  // At once, before the address could settle by itself.
  const loaded = page.waitForEvent("load");
  await button(page, "Update").click();
  await loaded;
  await whole(page);
  assert.equal(await isNewer(page), true);
  assert.equal(await page.locator(".clock").textContent(), later);
  assert.equal(await offer.count(), 0);
  // The old version is not kept; it may go a moment after the page has come back.
  await comes(page, async () => (await window.caches.keys()).length === 1);
  assert.match((await page.evaluate(() => window.caches.keys()))[0], /next-build$/);
});

inPage("another tab that is still of the old version is offered the newer one too", { ...offline, server: { site: copy() } }, async (page, site) => {
  await page.goto(`${elsewhere(site)}#free=raft`);
  await whole(page);
  await kept(page);
  const other = await page.context().newPage();
  await other.goto(`${elsewhere(site)}#free=gossip`);
  await whole(other);
  renew(site.folder);
  await lookForNewer(page);
  const loaded = page.waitForEvent("load");
  await button(page, "Update").click();
  await loaded;
  await button(other, "Update").waitFor();
  assert.equal(await isNewer(other), false, "it is not moved unasked");
});

inPage("files of two builds are never kept together", { ...offline, complaints: [/./], server: { site: copy() } }, async (page, site) => {
  await page.goto(elsewhere(site));
  await whole(page);
  await kept(page);
  renew(site.folder, false);
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const found = new Promise((resolve) => registration.addEventListener("updatefound", () => resolve(registration.installing)));
    await registration.update();
    const worker = await found;
    if (worker.state !== "redundant") await new Promise((resolve) => worker.addEventListener("statechange", () => worker.state === "redundant" && resolve()));
  });
  assert.equal(await page.getByText("A newer version").count(), 0);
  const caches = await page.evaluate(() => window.caches.keys());
  assert.equal(caches.length, 1);
  assert.ok(caches[0].endsWith(BUILD.version));
  await page.context().setOffline(true);
  await page.reload();
  await whole(page);
});

inPage("where it is built a new build is seen at once", { ...offline, server: { site: copy() } }, async (page, site) => {
  await page.goto(site.url);
  await whole(page);
  await kept(page);
  renew(site.folder);
  await page.reload();
  await whole(page);
  assert.equal(await isNewer(page), true);
  // The page is the newer version: there is nothing to offer.
  await comes(page, async () => (await caches.keys()).every((name) => name.endsWith("next-build")));
  assert.equal(await button(page, "Update").count(), 0);
});

inPage("the worker comes after the page and takes nothing from its first load", offline, async (page, site) => {
  await page.goto(elsewhere(site));
  await whole(page);
  await kept(page);
  const first = site.requests.findIndex((request) => request.endsWith("/sw.js"));
  const program = site.requests.findIndex((request) => request.endsWith(".wasm"));
  assert.ok(program >= 0 && first > program, `${site.requests}`);
});

for (const [place, sandbox] of [["without an origin", "allow-scripts"], ["with one", "allow-scripts allow-same-origin"]]) {
  inPage(`in a frame ${place} nothing is kept, and nothing is different`, { ...offline, server: { open: true } }, async (page, site) => {
    await page.route("**/course.html", (route) =>
      route.fulfill({ contentType: "text/html", body: `<!doctype html><title>Course</title><iframe sandbox="${sandbox}" src="${site.url}#free=raft" width="900" height="700"></iframe>` }),
    );
    await page.goto(new URL("course.html", site.url).href);
    const frame = page.frameLocator("iframe");
    await frame.getByRole("button", { name: "Next event" }).click();
    await frame.locator(".transport").waitFor();
    assert.ok(!site.requests.some((request) => request.endsWith("/sw.js")));
  });
}

inPage("where the browser refuses to keep anything the page is as ever", { ...offline, open: false }, async (page, site) => {
  await page.addInitScript(() => {
    navigator.serviceWorker.register = () => Promise.reject(new DOMException("refused", "SecurityError"));
  });
  await page.goto(`${site.url}#free=raft`);
  await whole(page);
  await button(page, "Next event").click();
});
