// The site as files on a server: it loads under any path, and says what is wrong when it cannot.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { accessible, DESK, inPage, PHONE, picture, whole } from "../support/browser.mjs";
import { SITE } from "../support/server.mjs";

const isProgram = (pathname) => /\/first-[^/]*\.wasm$/.test(pathname);
const isRest = (pathname) => /\/rest-[^/]*\.wasm$/.test(pathname);
/** A build for development has but one part. */
const hasRest = readdirSync(SITE).some((name) => isRest(`/${name}`));

inPage("it loads under any path, asking only for hashed files below it", async (page, site) => {
  const asked = site.requests.filter((request) => request !== "/favicon.ico");
  assert.ok(asked.length >= 5);
  for (const request of asked) {
    assert.ok(request.startsWith(site.under), request);
    const name = request.slice(site.under.length);
    if (name !== "") assert.match(name, /-[0-9a-f]{8,}(_bg)?\.\w+$/);
  }
  assert.equal(await page.locator("h1 option:checked").textContent(), "Ping-pong");
});

inPage("the compressed program runs", { open: false }, async (page, site) => {
  const program = page.waitForResponse((response) => isProgram(response.url()));
  await page.goto(site.url);
  await whole(page);
  assert.equal((await program).headers()["content-encoding"], "br");
});

inPage("its policy refuses scripts it did not bring", { complaints: [/Content Security Policy/] }, async (page) => {
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.intruded = true";
    document.body.append(script);
  });
  assert.equal(await page.evaluate(() => window.intruded), undefined);
});

inPage("the first screen can be used before the rest of the program has come", { open: false }, async (page, site) => {
  let letIn;
  await page.route((url) => isRest(url.pathname), async (route) => {
    await new Promise((resolve) => (letIn = resolve));
    await route.continue();
  });
  await page.goto(site.url);
  await page.getByRole("button", { name: "Play" }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: /^Kill Node n1/ }).click();
  await page.getByRole("button", { name: /^Restart Node n1/ }).click();
  await page.goto(`${site.url}#free=gossip`);
  await page.getByRole("status").getByText("Loading…").waitFor();
  letIn();
  await page.locator(".transport").waitFor();
});

inPage("a rest that cannot come is named, and asked for again", { open: false, complaints: [/503/] }, async (page, site) => {
  let broken = true;
  await page.route((url) => isRest(url.pathname), (route) => (broken ? route.fulfill({ status: 503 }) : route.continue()));
  await page.goto(site.url);
  await page.getByRole("alert").getByText(/Most of the page could not be loaded.*503/).waitFor();
  await page.getByRole("button", { name: /^Kill Node n1/ }).click();
  await accessible(page);
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await whole(page);
  await page.getByRole("link", { name: /^Gossip/ }).click();
  await page.locator(".transport").waitFor();
});

for (const [place, size] of [["a desk", DESK], ["a phone", PHONE]]) {
  inPage(`a lab that is long in coming: one bar for all of it, on ${place}`, { open: false, size }, async (page, site) => {
    let letIn;
    const there = new Promise((resolve) => (letIn = resolve));
    await page.route((url) => (hasRest ? isRest(url.pathname) : url.pathname.endsWith(".wasm")), async (route) => {
      await there;
      await route.continue();
    });
    await page.goto(`${site.url}#lab=L10`);
    const bar = page.locator("#boot-bar");
    if (hasRest) await page.waitForFunction(() => document.getElementById("boot-bar").value >= Number(document.getElementById("entry").dataset.bytes));
    await bar.waitFor();
    if (hasRest) assert.ok((await bar.evaluate((bar) => bar.position)) < 1);
    // All of it is one column in the middle.
    const parts = await page.locator(".boot > h1, .boot > p, #boot-bar").evaluateAll((parts) => parts.map((part) => [part.getBoundingClientRect().left, part.getBoundingClientRect().width, part.getBoundingClientRect().bottom]));
    assert.equal(new Set(parts.map(([left]) => Math.round(left))).size, 1, `${parts}`);
    assert.ok(parts.every(([, width]) => width > 250) && Math.max(...parts.map(([, , bottom]) => bottom)) < size.height / 2 + 60, `${parts}`);
    await picture(page, `boot-${size === DESK ? "desk" : "phone"}`);
    letIn();
    await page.getByRole("heading", { level: 1, name: "CAP: pick your pain" }).waitFor();
  });
}

test("every compressed twin is its file", () => {
  const names = readdirSync(SITE, { recursive: true });
  const twins = names.filter((name) => /\.(br|gz)$/.test(name));
  assert.ok(twins.some((name) => name.endsWith(".wasm.br")));
  for (const name of twins) {
    const unpack = name.endsWith(".br") ? brotliDecompressSync : gunzipSync;
    const twin = unpack(readFileSync(path.join(SITE, name)));
    assert.ok(twin.equals(readFileSync(path.join(SITE, name.slice(0, -3)))), name);
  }
});

test("the page has no inline script", () => {
  const html = readFileSync(path.join(SITE, "index.html"), "utf8");
  assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)[^>]*>/);
  assert.match(html, /Content-Security-Policy/);
  assert.doesNotMatch(/script-src([^;]*)/.exec(html)[1], /unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)/);
});

inPage("without JavaScript it says what it needs", { javaScriptEnabled: false, open: false }, async (page, site) => {
  await page.goto(site.url);
  assert.match(await page.locator("main").innerText(), /it needs JavaScript/);
  await picture(page, "no-javascript");
});

inPage("without WebAssembly it says what it needs", { open: false }, async (page, site) => {
  await page.addInitScript(() => delete window.WebAssembly);
  await page.goto(site.url);
  await page.getByText("Faultline needs WebAssembly").waitFor();
  assert.equal(await page.getByRole("button", { name: "Try again" }).isVisible(), false);
  await accessible(page);
});

let stalled = true;
inPage(
  "on a network that stalls it admits the delay, and trying again works",
  {
    open: false,
    server: {
      disturb: (pathname, response) => {
        if (!isProgram(pathname) || !stalled) return false;
        // The head arrives, the rest never does.
        response.writeHead(200, { "content-type": "application/wasm" }).write("\0asm");
        return true;
      },
    },
  },
  async (page, site) => {
    await page.clock.install();
    await page.goto(site.url);
    await page.locator("#boot-bar[value]").waitFor();
    await page.clock.runFor(11_000);
    await page.getByText("Still loading").waitFor();
    await picture(page, "slow-network");
    await accessible(page);
    stalled = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await whole(page);
  },
);

let missing = true;
inPage(
  "when the program is missing it names the file, and trying again works",
  {
    open: false,
    complaints: [/status of 404/],
    server: { disturb: (pathname, response) => isProgram(pathname) && missing && response.writeHead(404).end() && true },
  },
  async (page, site) => {
    await page.goto(site.url);
    await page.getByText(/could not start.*\.wasm: the server answered 404/).waitFor();
    missing = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await whole(page);
  },
);

let naked = true;
inPage(
  "a style sheet that does not come is named, and nobody has to use a naked page",
  {
    open: false,
    complaints: [/404/],
    server: { disturb: (pathname, response) => /page-.*\.css$/.test(pathname) && naked && response.writeHead(404).end() && true },
  },
  async (page, site) => {
    await page.goto(site.url);
    await page.getByText(/could not start.*page-.*\.css did not come/).waitFor();
    naked = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await whole(page);
  },
);

inPage("a panic stops the page, and keeps the link and a report", { complaints: [/uncaught/] }, async (page) => {
  // Yew takes it for granted that elements can be made: without them it panics in earnest.
  await page.evaluate(() => {
    const { createElement, createElementNS } = Document.prototype;
    Document.prototype.createElement = Document.prototype.createElementNS = () => {
      throw new Error("no more elements");
    };
    window.addEventListener("faultline:panic", () => Object.assign(Document.prototype, { createElement, createElementNS }));
  });
  await page.getByRole("button", { name: "Next event" }).click();
  const dialog = page.getByRole("dialog", { name: "Faultline has stopped" });
  await dialog.waitFor();
  const report = await dialog.getByLabel("What happened").inputValue();
  assert.match(report, /panicked at .*\.rs:\d+/);
  assert.ok(report.includes(`Link: ${page.url()}`));
  assert.match(report, /Version: \d+\.\d+\.\d+ \(.*\.wasm\)/);
  await picture(page, "crash");
  await accessible(page);

  await dialog.getByRole("button", { name: "Copy report" }).click();
  await dialog.getByText("Copied.").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), report);

  const before = page.url();
  await dialog.getByRole("button", { name: "Reload" }).click();
  await whole(page);
  assert.equal(page.url(), before);
});
