// Labs inside of a page of somebody else's, at another origin: what they say to it, what they hear from
// it, and that neither disturbs the other. docs/embedding.md is the contract that is held here.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { chromium } from "playwright-core";
import { accessible, BROWSER, DESK, inPage, PHONE, picture } from "../support/browser.mjs";
import { command } from "../support/command.mjs";
import { serve, serveAround, SITE } from "../support/server.mjs";

/** A bare page with something in it that writes down every message from its frames. */
const page = (body, { head = '<script src="%SITE%embed.js"></script>', policy = "" } = {}) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A course</title><meta name="viewport" content="width=device-width">${policy}
<script nonce="x">
  window.heard = [];
  window.inside = (which) => (document.querySelectorAll("fault-line")[which]?.shadowRoot.querySelector("iframe") ?? document.querySelectorAll("iframe")[which]).contentWindow;
  addEventListener("message", ({ data }) => window.heard.push(data));
  addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-height]").forEach((part) => (part.style.height = part.dataset.height)));
</script>
${head.replace("<script", '<script nonce="x"')}</head>
<body><main><h1>A course</h1><label>Notes <input id="notes"></label><p data-height="300px">Words before.</p>${body}<p data-height="1500px">Words after.</p></main></body></html>`;

/** A test around such a page. */
function around(name, html, options, body) {
  if (typeof options === "function") [options, body] = [{}, options];
  inPage(name, { open: false, ...options }, async (tab, site) => {
    const host = await serveAround(html, site);
    try {
      await tab.goto(host.url);
      await body(tab, site, host);
    } finally {
      host.close();
    }
  });
}

const heard = (tab, type) => tab.evaluate((type) => window.heard.filter((message) => message.type === type && message.faultline === 1), type);
/** It has said that it is ready, and its frame has its height: a click on what still moves is nobody's. */
async function ready(tab, count = 1) {
  await tab.waitForFunction((count) => window.heard.filter((message) => message.type === "ready").length >= count, count);
  await settle(tab);
}
const say = (tab, message, which = 0) =>
  tab.evaluate(({ message, which }) => inside(which).postMessage(message, "*"), { message: { faultline: 1, ...message }, which });
const lab = (tab, which = 0) => tab.frameLocator("fault-line >> nth=" + which + " >> iframe");
const button = (frame, name) => frame.getByRole("button", { name, exact: true });
/** Two frames of the page have gone by in every frame, and whatever was posted has arrived. */
const settle = (tab) => tab.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 60)))));

test("the script is small", () => {
  assert.ok(brotliCompressSync(readFileSync(path.join(SITE, "embed.js"))).length <= 3_000);
});

const ONE = page('<fault-line lab="L10"></fault-line>');
/** In this one something happens all the time. */
const LIVELY = page('<fault-line lab="L07"></fault-line>');

around("it is ready, as high as its content, accessible, and the page keeps focus and scrolling", LIVELY, async (tab) => {
  await tab.locator("#notes").focus();
  await ready(tab);
  const [message] = await heard(tab, "ready");
  assert.deepEqual([message.lab, message.model, message.seed, typeof message.title], ["L07", "replicated-log", "7", "string"]);
  await lab(tab).getByRole("button", { name: "No bet, just show me" }).waitFor();
  for (const type of ["play", "pause", "step", "reset", "step"]) await say(tab, { type });
  await lab(tab).locator("output.clock").filter({ hasNotText: "0.000 s" }).waitFor();
  assert.equal(await tab.evaluate(() => document.activeElement.id), "notes");
  assert.equal(await tab.evaluate(() => scrollY), 0);
  await settle(tab);
  const [height] = (await heard(tab, "resize")).slice(-1);
  const box = await tab.locator("fault-line").boundingBox();
  assert.equal(Math.round(box.height), height.height);
  const inside = await lab(tab).locator("html").evaluate((html) => [html.scrollHeight, innerHeight, getComputedStyle(html.querySelector(".stage canvas")).touchAction]);
  assert.deepEqual(inside, [height.height, height.height, "pan-y"]);
  // The wheel over the stage scrolls the page, and so it does over the diagram.
  for (const part of [".stage", ".diagram"]) {
    await tab.evaluate(() => scrollTo(0, 200));
    const place = await lab(tab).locator(part).boundingBox();
    await tab.mouse.move(place.x + 80, Math.min(place.y + 40, DESK.height - 20));
    await tab.mouse.wheel(0, 120);
    await tab.waitForFunction(() => scrollY > 250);
  }
  await tab.evaluate(() => scrollTo(0, 250));
  await picture(tab, "embed-page-desk-light");
  await accessible(tab);
});

/** A finger goes down on the screen, moves and is lifted, as the browser hears it from the screen. */
async function swipe(tab, from, across, down) {
  const screen = await tab.context().newCDPSession(tab);
  const touch = (type, ...touchPoints) => screen.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", from);
  for (let part = 1; part <= 10; part += 1) await touch("touchMove", { x: from.x + (across * part) / 10, y: from.y + (down * part) / 10 });
  await touch("touchEnd");
  await screen.detach();
}

around("a finger that moves up or down over a lab scrolls the page, and does nothing to the lab", LIVELY, { size: PHONE }, async (tab) => {
  await ready(tab);
  await button(lab(tab), "No bet, just show me").click();
  const clock = await lab(tab).locator("output.clock").textContent();
  for (const part of [".stage canvas", ".node >> nth=0", ".lesson .say", "footer"]) {
    await tab.evaluate(() => document.querySelector("fault-line").scrollIntoView());
    const place = lab(tab).locator(part);
    await place.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await place.boundingBox();
    await settle(tab);
    const before = await tab.evaluate(() => {
      window.rest = new Promise((resolve) => addEventListener("scrollend", () => resolve(scrollY), { once: true }));
      return scrollY;
    });
    await swipe(tab, { x: x + width / 2, y: y + height / 2 }, 0, -160);
    const after = await tab.evaluate(() => window.rest);
    assert.ok(after > before + 80, `${part}: from ${before} to ${after}`);
  }
  // What moves to the side is the lab's: a line across the stage cuts what it crosses.
  assert.equal(await lab(tab).getByRole("button", { name: "Heal all" }).count(), 0, "nothing was cut by scrolling");
  assert.equal(await lab(tab).locator("#menu").count(), 0);
  assert.equal(await lab(tab).locator("output.clock").textContent(), clock);
  await tab.evaluate(() => document.querySelector("fault-line").scrollIntoView());
  await settle(tab);
  const stage = await lab(tab).locator(".stage").boundingBox();
  const still = await tab.evaluate(() => scrollY);
  await swipe(tab, { x: stage.x + 6, y: stage.y + stage.height / 2 }, stage.width - 12, 0);
  await lab(tab).getByRole("button", { name: "Heal all" }).waitFor();
  assert.equal(await tab.evaluate(() => scrollY), still);
});

around(
  "what a frame is asked for and does not know is ignored, with a note on the console",
  page('<iframe title="A lab" src="%SITE%#lab=L10&embed=1&colour=red&theme=purple&hide=side" style="width:100%;height:700px;border:0"></iframe>', { head: "" }),
  async (tab, _, host) => {
    const notes = [];
    tab.on("console", (line) => line.type() === "warning" && notes.push(line.text()));
    await tab.goto(host.url);
    await ready(tab);
    assert.deepEqual(notes.sort(), [
      "Faultline: there is no parameter “colour”; it is ignored.",
      "Faultline: “purple” is no value for the parameter “theme”; it is ignored.",
    ]);
    const { theme, hide } = await tab.frames()[1].evaluate(() => ({ ...document.documentElement.dataset }));
    assert.deepEqual([theme, hide], [undefined, "side"], "what is known beside it counts");
  },
);

around("on a phone, dark, with little: it fits", page('<fault-line lab="L10" controls="min" theme="dark" hide="side"></fault-line>'), { size: PHONE, scheme: "dark" }, async (tab) => {
  await ready(tab);
  await settle(tab);
  assert.equal(await lab(tab).locator("aside").isVisible(), false);
  assert.equal(await lab(tab).locator(".brand").isVisible(), false);
  // Nothing is to be played before the bet.
  assert.equal(await button(lab(tab), "Next event").isVisible(), false);
  await button(lab(tab), "No bet, just show me").click();
  await button(lab(tab), "Next event").waitFor();
  assert.ok(await lab(tab).locator("html").evaluate((html) => html.scrollWidth <= innerWidth));
  await tab.evaluate(() => document.querySelector("fault-line").scrollIntoView());
  await picture(tab, "embed-page-phone-dark");
});

const FIVE = page(["L10", "L07", "L01", "L12", "L16"].map((id) => `<fault-line lab="${id}"></fault-line>`).join("<p>Words between.</p>"));

// In a browser that keeps what it has loaded on a disk, as a reader's does; the others here keep little.
test("of five labs one gets the program for all, and those that stand still or are out of sight cost nothing", { timeout: 60_000 }, async () => {
  const site = await serve();
  const host = await serveAround(FIVE, site);
  const kept = mkdtempSync(path.join(tmpdir(), "faultline-embed-"));
  const browsing = await chromium.launchPersistentContext(kept, { ...BROWSER, reducedMotion: "reduce", viewport: { width: 1000, height: 5200 } });
  try {
    const tab = await browsing.newPage();
    await tab.addInitScript(() => {
      window.framesAsked = 0;
      const ask = window.requestAnimationFrame;
      window.requestAnimationFrame = (callback) => {
        window.framesAsked += 1;
        return ask.call(window, callback);
      };
    });
    await tab.goto(host.url);
    await ready(tab, 5);
    const programs = site.requests.filter((name) => name.endsWith(".wasm"));
    assert.ok(programs.length >= 1);
    assert.equal(programs.length, new Set(programs).size, `${programs}`);
    const asked = () => Promise.all(tab.frames().slice(1).map((frame) => frame.evaluate(() => window.framesAsked)));
    await tab.setViewportSize(DESK);
    await settle(tab);
    const idle = await asked();
    assert.equal(idle.length, 5);
    await settle(tab);
    assert.deepEqual(await asked(), idle);
    // One plays: it asks for frames, and the others do not. Out of sight it stops.
    await tab.evaluate(() => document.querySelectorAll("fault-line")[1].scrollIntoView());
    await say(tab, { type: "play" }, 1);
    const lively = tab.frames().find((frame) => frame.url().includes("#lab=L07"));
    await lively.waitForFunction((most) => window.framesAsked > most, Math.max(...idle) + 3);
    await tab.evaluate(() => scrollTo(0, 0));
    await lively.waitForFunction(() => new Promise((resolve) => {
      const before = window.framesAsked;
      setTimeout(() => resolve(window.framesAsked === before), 100);
    }));
    assert.equal((await asked()).filter((count, index) => count !== idle[index]).length, 1);
    // Back in sight it goes on.
    const away = await lively.evaluate(() => window.framesAsked);
    await tab.evaluate(() => document.querySelectorAll("fault-line")[1].scrollIntoView());
    await lively.waitForFunction((away) => window.framesAsked > away + 3, away);
  } finally {
    await browsing.close();
    host.close();
    site.close();
    rmSync(kept, { recursive: true, force: true });
  }
});

around("resizing comes to rest at every width, whatever the page adds, and speaks Canvas and H5P", page('<iframe id="plain" title="A lab" src="%SITE%#lab=L10&embed=1" style="width:100%;height:150px;border:0"></iframe>', { head: "" }), async (tab) => {
  await tab.evaluate(() => {
    const frame = document.getElementById("plain");
    addEventListener("message", ({ data }) => {
      // A page that means well: it adds some room, and reports back like H5P's resizer.
      if (data.type === "resize") frame.style.height = `${data.height + 17}px`;
      if (data.context === "h5p" && data.action === "resize") frame.style.height = `${data.scrollHeight}px`;
      if (data.context === "h5p" && data.action === "hello") frame.contentWindow.postMessage({ context: "h5p", action: "hello" }, "*");
    });
  });
  await ready(tab);
  for (const width of [1280, 901, 760, 520, 390, 1100]) {
    const before = (await heard(tab, "resize")).length;
    await tab.setViewportSize({ width, height: 800 });
    await settle(tab);
    await settle(tab);
    const after = (await heard(tab, "resize")).length;
    assert.ok(after - before <= 4, `${after - before} messages at ${width} px`);
    await settle(tab);
    assert.equal((await heard(tab, "resize")).length, after, `it goes on at ${width} px`);
  }
  const [last] = (await heard(tab, "resize")).slice(-1);
  const all = await tab.evaluate(() => window.heard);
  const canvas = all.filter((message) => typeof message === "string").map(JSON.parse);
  assert.deepEqual(canvas.at(-1), { subject: "lti.frameResize", height: last.height });
  assert.deepEqual(all.filter((message) => message.context === "h5p").map((message) => message.action).slice(0, 1), ["hello"]);
  assert.equal(all.findLast((message) => message.action === "resize").scrollHeight, last.height);
});

/** 10 000 messages that are no orders, always the same ones. */
function hostile(seed) {
  let state = seed;
  const below = (most) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % most;
  const pick = (list) => list[below(list.length)];
  const words = ["play", "pause", "step", "reset", "load", "theme", "__proto__", "constructor", "toString", "", "ready", "resize", "x".repeat(500)];
  const value = (depth) =>
    pick([
      () => null, () => undefined, () => below(1e9), () => -1.5, () => NaN, () => Infinity, () => true, () => pick(words), () => "L99\0", () => "../../etc/passwd",
      () => "https://evil.example/x.toml", () => "#run=1AAAA", () => "#run=1" + "A".repeat(below(3000)), () => "javascript:alert(1)", () => "<img src=x onerror=alert(1)>",
      () => new Date(0), () => [value(depth)], () => new Uint8Array(below(64)), () => new Map([[pick(words), 1]]), () => new Error("no"), () => 10n ** 30n,
      () => (depth > 3 ? 0 : Object.fromEntries(Array.from({ length: below(5) }, () => [pick([...words, "faultline", "type", "lab", "seed", "state", "link"]), value(depth + 1)]))),
    ])();
  const order = () => {
    const message = { faultline: pick([1, 1, 1, 0, 2, "1", null]), type: pick([...words, 7, null, {}, []]) };
    for (const field of ["theme", "lab", "model", "link", "seed", "state", "context", "action"]) if (below(3) === 0) message[field] = value(0);
    // What would be an order is not one in another version.
    if (["play", "pause", "step", "reset"].includes(message.type) && message.faultline === 1) message.faultline = 2;
    return message;
  };
  for (let count = 0; count < 10_000; count += 1) {
    const message = below(3) ? order() : value(0);
    try {
      inside(0).postMessage(message, "*");
    } catch {
      // Not everything can be posted.
    }
  }
}

around("ten thousand hostile messages change nothing, nor do orders from anybody but the page around", page('<fault-line lab="L07"></fault-line><iframe id="other" title="Other" srcdoc="Other"></iframe>'), { complaints: [/404/] }, async (tab) => {
  await ready(tab);
  await button(lab(tab), "No bet, just show me").click();
  await button(lab(tab), "Next event").click();
  await settle(tab);
  const inner = tab.frames().find((frame) => frame.url().includes("#lab=L07"));
  const look = () => inner.evaluate(() => [document.getElementById("app").innerHTML, location.href, { ...document.documentElement.dataset }]);
  // What happened is announced when the page has come to rest.
  await inner.waitForFunction(() => {
    const [moment, last] = [".clock", ".events .what"].map((place) => document.querySelector(place).textContent);
    return document.querySelector(".announcer").textContent.includes(`${moment}: ${last}`);
  });
  const before = await look();
  for (const seed of [1, 2, 3]) await tab.evaluate(hostile, seed);
  await settle(tab);
  // A frame beside it, and the lab's own page, give a proper order.
  await tab.frames().find((frame) => frame.url() === "about:srcdoc").evaluate(() => parent.inside(0).postMessage({ faultline: 1, type: "step" }, "*"));
  await inner.evaluate(() => postMessage({ faultline: 1, type: "step" }, "*"));
  await settle(tab);
  assert.deepEqual(await look(), before);
  // It still listens.
  await say(tab, { type: "step" });
  await inner.waitForFunction((before) => document.getElementById("app").innerHTML !== before, before[0]);
});

around("a page that is not the one that was named is not heard", page('<iframe title="A lab" src="%SITE%#lab=L07&host=https://other.example&embed=1"></iframe>', { head: "" }), { complaints: [/target origin provided/] }, async (tab) => {
  const inner = tab.frameLocator("iframe");
  await button(inner, "No bet, just show me").waitFor();
  const clock = await inner.locator("output.clock").textContent();
  await say(tab, { type: "step" });
  await settle(tab);
  assert.equal(await inner.locator("output.clock").textContent(), clock);
  assert.deepEqual(await heard(tab, "ready"), []);
});

around("attributes change the lab without loading it anew, and taking it away cleans up", ONE, async (tab) => {
  await ready(tab);
  const inner = tab.frames()[1];
  await inner.evaluate(() => (window.same = true));
  const length = await tab.evaluate(() => history.length);
  const set = (name, value) => tab.evaluate(([name, value]) => document.querySelector("fault-line").setAttribute(name, value), [name, value]);
  await set("hide", "diagram, side");
  await lab(tab).locator(".views .diagram").waitFor({ state: "hidden" });
  await set("seed", "8");
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "ready" && message.seed === "8"));
  await set("lab", "L07");
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "ready" && message.lab === "L07"));
  await set("theme", "dark");
  await inner.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  assert.deepEqual([await inner.evaluate(() => window.same), await tab.evaluate(() => history.length)], [true, length]);
  // Somewhere else in the page it goes on where it was.
  await button(lab(tab), "No bet, just show me").click();
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "state" && message.state.includes("lab L07 step 1")));
  await tab.evaluate(() => document.querySelector("main").prepend(document.querySelector("fault-line")));
  await button(lab(tab), "Previous").waitFor();
  await tab.evaluate(() => document.querySelector("fault-line").remove());
  while (tab.frames().length > 1) await settle(tab);
});

/** What the learner does in a lab, so that there is a place to lose. */
async function begin(tab, id) {
  await button(lab(tab), "No bet, just show me").click();
  await stateOf(tab, id);
}
const stateOf = (tab, id) => tab.waitForFunction((id) => window.heard.some((message) => message.type === "state" && message.lab === id && message.state.includes(`lab ${id} step 1`)), id);
const labs = async (tab) => (await heard(tab, "ready")).map((message) => message.lab);
const call = (tab, name, ...args) => tab.evaluate(([name, args]) => document.querySelector("fault-line")[name](...args), [name, args]);
const set = (tab, name, value) => tab.evaluate(([name, value]) => document.querySelector("fault-line").setAttribute(name, value), [name, value]);
const move = (tab) => tab.evaluate(() => document.querySelector("main").prepend(document.querySelector("fault-line")));

around("what is loaded, and where the learner goes, is not undone; elsewhere in the page it goes on there", ONE, async (tab) => {
  await ready(tab);
  await begin(tab, "L10");
  await call(tab, "load", { lab: "L12" });
  await ready(tab, 2);
  await settle(tab);
  await settle(tab);
  assert.deepEqual(await labs(tab), ["L10", "L12"]);
  // Somewhere else it is still the one that was loaded, though nothing was done in it yet.
  await move(tab);
  await ready(tab, 3);
  assert.equal((await labs(tab)).at(-1), "L12");
  // By a link inside of it.
  await tab.frames()[1].evaluate(() => (location.hash = "#lab=L07"));
  await ready(tab, 4);
  await settle(tab);
  await begin(tab, "L07");
  assert.equal((await labs(tab)).at(-1), "L07");
  await move(tab);
  await button(lab(tab), "Previous").waitFor();
  assert.equal((await labs(tab)).at(-1), "L07");
});

around("what is to be loaded before anything is there is what is there first", ONE, async (tab) => {
  await tab.evaluate(() => {
    const one = document.createElement("fault-line");
    one.setAttribute("lab", "L10");
    document.querySelector("main").prepend(one);
    document.querySelectorAll("fault-line")[1].remove();
    window.heard = [];
    one.load({ model: "gossip", seed: 9 });
  });
  await ready(tab);
  const [first] = await heard(tab, "ready");
  assert.deepEqual([first.model, first.seed, first.lab], ["gossip", "9", null]);
});

around("what is to be loaded while it is not in the page, or moved before it is there, comes when it is back", ONE, async (tab) => {
  await ready(tab);
  const back = (what) => tab.evaluate((what) => {
    const one = document.querySelector("fault-line");
    one.remove();
    window.heard = [];
    one.load(what);
    document.querySelector("main").prepend(one);
  }, what);
  await back({ lab: "L12" });
  await ready(tab);
  assert.deepEqual(await labs(tab), ["L12"]);
  await tab.evaluate(() => {
    window.heard = [];
    const one = document.querySelector("fault-line");
    one.load({ lab: "L07" });
    document.querySelector("main").append(one);
    one.scrollIntoView();
  });
  await ready(tab);
  assert.equal((await labs(tab)).at(-1), "L07");
  // What the attributes say later counts more.
  await tab.evaluate(() => {
    window.heard = [];
    const one = document.querySelector("fault-line");
    one.load({ lab: "L12" });
    one.setAttribute("lab", "L16");
    document.querySelector("main").prepend(one);
    one.scrollIntoView();
  });
  await ready(tab);
  assert.equal((await labs(tab)).at(-1), "L16");
});

around("a model has the seed that is asked for, and its run stays whatever it is to look like and wherever it stands", page('<fault-line model="raft" seed="8"></fault-line>'), async (tab) => {
  await ready(tab);
  const [first] = await heard(tab, "ready");
  assert.deepEqual([first.model, first.seed], ["raft", "8"]);
  const inside = lab(tab);
  const clock = () => inside.locator("output.clock").textContent();
  for (let step = 0; step < 8; step += 1) await button(inside, "Next event").click();
  await inside.getByRole("button", { name: /^Node n2/ }).click();
  await button(inside, "Kill").click();
  await inside.getByRole("button", { name: /^Node n2, down/ }).waitFor();
  const before = await clock();
  await set(tab, "hide", "diagram");
  await inside.locator(".views .diagram").waitFor({ state: "hidden" });
  await set(tab, "theme", "dark");
  await inside.locator('html[data-theme="dark"]').waitFor({ state: "attached" });
  await set(tab, "hide", "");
  await inside.locator(".views .diagram").waitFor();
  assert.deepEqual([await clock(), await button(inside, "Undo").count(), (await heard(tab, "ready")).length], [before, 1, 1]);
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "state"));
  await settle(tab);
  await move(tab);
  await ready(tab, 2);
  await inside.getByRole("button", { name: /^Node n2, down/ }).waitFor();
  assert.equal(await clock(), before);
});

around("the world with seed 0 is the same one wherever it stands", page('<fault-line lab=" L10 " seed=" 0 "></fault-line>'), async (tab) => {
  await ready(tab);
  await begin(tab, "L10");
  // The first state tells where the learner is, and the second that it is another place.
  await button(lab(tab), "Skip").click();
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "state" && message.state.includes("lab L10 step 2")));
  await settle(tab);
  await move(tab);
  await ready(tab, 2);
  await button(lab(tab), "Previous").waitFor();
  const worlds = (await heard(tab, "ready")).map(({ lab, seed }) => `${lab} ${seed}`);
  assert.deepEqual([...new Set(worlds)], ["L10 0"]);
});

around("wherever a learner goes inside, it looks as before and speaks to the same page, also when it is loaded again", page('<fault-line lab="L10" theme="dark" hide="diagram, links"></fault-line>'), async (tab, _, host) => {
  await ready(tab);
  const inner = tab.frames()[1];
  const look = () => inner.evaluate(() => [{ ...document.documentElement.dataset }, new URLSearchParams(location.hash.split("&").slice(1).join("&")).get("host")]);
  const before = await look();
  assert.deepEqual([before[0].theme, before[0].hide, before[1]], ["dark", "diagram  links", new URL(host.url).origin]);
  await inner.evaluate(() => (location.hash = "#kit=L10"));
  await lab(tab).locator("main.kit").waitFor();
  assert.deepEqual(await look(), before);
  await say(tab, { type: "theme", theme: "light" });
  await lab(tab).locator('html[data-theme="light"]').waitFor({ state: "attached" });
  await inner.evaluate(() => (location.hash = "#lab=L10"));
  await ready(tab, 2);
  const after = [{ ...before[0], theme: "light" }, before[1]];
  assert.deepEqual(await look(), after);
  await inner.evaluate(() => location.reload());
  await ready(tab, 3);
  assert.deepEqual(await look(), after);
});

around("what is loaded last is what is opened, and a network that fails is no answer of a server", ONE, { complaints: [/ERR_FAILED/] }, async (tab) => {
  await ready(tab);
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  await tab.route(/labs\/L12\.toml$/, async (route) => {
    await gate;
    await route.continue();
  });
  await tab.route(/labs\/L16\.toml$/, (route) => route.abort());
  await say(tab, { type: "load", lab: "L12" });
  await say(tab, { type: "load", lab: "L07" });
  await ready(tab, 2);
  const answered = tab.waitForResponse(/labs\/L12\.toml$/);
  release();
  await answered;
  await settle(tab);
  await settle(tab);
  assert.deepEqual(await labs(tab), ["L10", "L07"]);
  await say(tab, { type: "load", lab: "L16" });
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "error"));
  const [{ message }] = await heard(tab, "error");
  assert.ok(message.startsWith("labs/L16.toml: ") && !message.includes("the server answered"), message);
});

around("reset goes back to the run that was opened, with what its author did, and can be taken back", page('<fault-line model="raft"></fault-line>'), async (tab) => {
  await ready(tab);
  const inside = lab(tab);
  const node = (name, state) => inside.getByRole("button", { name: new RegExp(`^Node ${name}, ${state}`) });
  await node("n2", "up").click();
  await button(inside, "Kill").click();
  await node("n2", "down").waitFor();
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "state"));
  const [{ link }] = (await heard(tab, "state")).slice(-1);
  await call(tab, "load", { link });
  await ready(tab, 2);
  await node("n3", "up").click();
  await button(inside, "Kill").click();
  await node("n3", "down").waitFor();
  await call(tab, "reset");
  await node("n3", "up").waitFor();
  await button(inside, "Next event").click();
  await node("n2", "down").waitFor();
  await button(inside, "Undo").click();
  await node("n3", "down").waitFor();
});

around("it follows the page from light to dark, on the stage too", page('<fault-line lab="L10"></fault-line>', { policy: '<style nonce="x">html.dark body { background: #111; color: #eee }</style>' }), async (tab) => {
  await ready(tab);
  const ground = () => lab(tab).locator("body").evaluate((body) => getComputedStyle(body.querySelector(".stage")).backgroundColor);
  assert.equal(await ground(), "rgb(255, 255, 255)");
  const drawn = () => lab(tab).locator("canvas").evaluate((canvas) => canvas.toDataURL());
  const light = await drawn();
  await tab.evaluate(() => document.documentElement.classList.add("dark"));
  await lab(tab).locator('html[data-theme="dark"]').waitFor({ state: "attached" });
  assert.equal(await ground(), "rgb(23, 24, 28)");
  assert.notEqual(await drawn(), light);
});

const STRICT = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-x'; frame-src *">`;

around(
  "without an origin, and under a strict policy of the page, it works and remembers while it is open",
  page('<fault-line lab="L10" sandbox="allow-scripts"></fault-line>', { policy: STRICT }),
  { server: { disturb: (_, response) => void response.setHeader("access-control-allow-origin", "*") } },
  async (tab) => {
    await ready(tab);
    const inner = tab.frames()[1];
    assert.equal(await inner.evaluate(() => self.origin), "null");
    await button(lab(tab), "No bet, just show me").click();
    await button(lab(tab), "Skip").click();
    await tab.waitForFunction(() => window.heard.some((message) => message.type === "progress" && message.step >= 1));
    // Another lab, and back: what was done is still known.
    await say(tab, { type: "load", lab: "L07" });
    await ready(tab, 2);
    await say(tab, { type: "load", lab: "L10" });
    await ready(tab, 3);
    const [progress] = (await heard(tab, "progress")).slice(-1);
    assert.deepEqual([progress.lab, progress.place, progress.step >= 1], ["L10", "step", true]);
  },
);

around("what cannot be opened is named, and changes nothing", ONE, { complaints: [/404/] }, async (tab) => {
  await ready(tab);
  const href = await tab.frames()[1].evaluate(() => location.href);
  await say(tab, { type: "load", link: "#run=1AAAA" });
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "error"));
  await say(tab, { type: "load", model: "no-such-model" });
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "error" && message.message.includes("no-such-model")));
  assert.equal(await tab.frames()[1].evaluate(() => location.href), href);
  await say(tab, { type: "load", lab: "L99" });
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "error" && message.message.includes("labs/L99.toml")));
});

around("a prediction and a solved challenge are told, and the proof holds for verify and grade", ONE, async (tab) => {
  await ready(tab);
  const inside = lab(tab);
  await inside.locator(".answers button").first().click();
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "prediction" && message.about === "bet" && message.right === null));
  for (;;) {
    const finish = inside.getByRole("button", { name: /^(Do it for me|To the end of this)$/ });
    if (await finish.count()) await finish.click();
    await button(inside, "Continue").click();
    if (await inside.locator(".challenges").count()) break;
  }
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "prediction" && message.about === "bet" && message.right !== null));
  await inside.locator(".challenges button").filter({ hasText: "Predict it" }).first().click();
  const answer = "Availability: somebody is refused";
  await button(inside, "Nothing").click();
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "prediction" && message.about !== "bet" && message.right === false));
  await button(inside, "From the start").click();
  await button(inside, answer).click();
  await tab.waitForFunction(() => window.heard.some((message) => message.type === "completed"));
  const [completed, ...more] = await heard(tab, "completed");
  assert.deepEqual(more, []);
  assert.match(completed.duration, /^PT\d+S$/);
  assert.ok(completed.score.raw >= 1 && completed.score.max === 3);
  assert.equal(completed.statement.verb.id, "http://adlnet.gov/expapi/verbs/completed");
  assert.match(completed.statement.object.id, /#lab=L10&challenge=/);
  assert.equal(completed.statement.result.response, completed.link);
  assert.match(command("verify", completed.link), /^the same run/);
  assert.match(command("grade", "static/labs/L10.toml", completed.link, "--challenge", completed.challenge, "--answer", answer), /: solved/);
});

for (const way of ["a click", "Enter"]) {
  around(`a number that is foreseen is taken with ${way}, in the sandbox as it is`, ONE, async (tab) => {
    await ready(tab);
    const inside = lab(tab);
    await button(inside, "Straight to the challenges").click();
    await inside.getByRole("button", { name: /No cut: the price of agreement/ }).click();
    const field = inside.getByLabel("Your answer");
    assert.ok(await button(inside, "Bet").isDisabled());
    await field.press("Enter");
    await field.fill("124 ms");
    if (way === "Enter") await field.press("Enter");
    else await button(inside, "Bet").click();
    await tab.waitForFunction(() => window.heard.some((message) => message.type === "completed"));
    assert.match((await heard(tab, "completed"))[0].link, /#run=1/);
  });
}

around("a client asks with Enter in the field, and what is no number is named", page('<fault-line model="raft"></fault-line>'), async (tab) => {
  await ready(tab);
  const inside = lab(tab);
  await inside.getByRole("button", { name: /^Client c1/ }).click();
  const key = inside.locator("#menu .entry").filter({ hasText: "write" }).getByRole("spinbutton");
  await key.fill("");
  await key.press("Enter");
  await inside.getByRole("alert").getByText("needs a whole number").waitFor();
  await key.fill("7");
  await key.press("Enter");
  await inside.locator("#menu").waitFor({ state: "detached" });
  await inside.locator(".events").getByText(/^c1 asks/).first().waitFor();
});

for (const [name, what, fault] of [["model", 'model="raftt"', "There is no model “raftt”."], ["run", 'run="#run=1Dbroken"', "This link cannot be opened"]]) {
  around(`a wrong ${name} is an error, and nothing else comes in its place`, page(`<fault-line ${what}></fault-line>`), async (tab) => {
    await tab.waitForFunction(() => window.heard.some((message) => message.type === "error"));
    await lab(tab).getByRole("alert").getByText(fault).waitFor();
    assert.ok((await heard(tab, "error"))[0].message.startsWith(fault));
    assert.equal(await lab(tab).locator(".stage").count(), 0);
    assert.deepEqual(await heard(tab, "ready"), []);
    await accessible(tab);
    // With what there is, it goes on.
    await tab.evaluate(() => {
      const element = document.querySelector("fault-line");
      element.removeAttribute("run");
      element.setAttribute("model", "raft");
    });
    await tab.waitForFunction(() => window.heard.some((message) => message.type === "ready" && message.model === "raft"));
  });
}

around("a lab stays in its frame: what else there is opens beside the page, and what is for teachers is not there", ONE, async (tab) => {
  await ready(tab);
  const inside = lab(tab);
  assert.equal(await inside.getByRole("link", { name: "For teachers" }).count(), 0);
  const [before] = [tab.frames()[1].url()];
  for (const [name, place] of [["Faultline", /#$/], [/Acknowledged/, /#lab=L07$/]]) {
    const opened = tab.context().waitForEvent("page");
    await inside.getByRole("link", { name }).first().click();
    const other = await opened;
    await other.waitForURL(place);
    await other.close();
  }
  assert.equal(tab.frames()[1].url(), before);
  assert.deepEqual((await heard(tab, "ready")).length, 1);
});

around("in a frame of a fixed height play and step are in sight", page('<fault-line lab="L10" height="600"></fault-line>'), async (tab) => {
  await ready(tab);
  await button(lab(tab), "No bet, just show me").click();
  const frame = await tab.locator("fault-line").boundingBox();
  const play = await button(lab(tab), "Next event").boundingBox();
  assert.equal(frame.height, 600);
  assert.ok(play.y + play.height <= frame.y + frame.height, `${play.y + play.height} of ${frame.y + frame.height}`);
  await tab.evaluate(() => scrollTo(0, 250));
  await picture(tab, "embed-fixed-height");
});

around(
  "what the author of a page has written wrong is said in its console, and an element that shows nothing says so itself",
  page('<fault-line lab="L10" heigth="500" theme="purple" class="wide" data-x="1"></fault-line><fault-line></fault-line>'),
  async (tab, _, host) => {
    const notes = [];
    tab.on("console", (line) => line.type() === "warning" && notes.push(line.text().replace(/ (JSHandle|<fault-line|HTML)\S*$/, "")));
    await tab.goto(host.url);
    await ready(tab);
    const needs = "Faultline: <fault-line> needs a lab, a model or a run.";
    assert.deepEqual([...new Set(notes.map((note) => note.replace(/ fault-line\S*$/, "")))].sort(), [needs, "Faultline: there is no attribute “heigth”; it is ignored.", "Faultline: “purple” is no value for “theme”; it is ignored."]);
    assert.equal(tab.frames().length, 2);
    assert.equal(await tab.evaluate(() => document.querySelectorAll("fault-line")[1].shadowRoot.textContent), "<fault-line> needs a lab, a model or a run.");
    // Programs that build pages may say later what is in them.
    await tab.evaluate(() => document.querySelectorAll("fault-line")[1].setAttribute("lab", "L07"));
    await tab.waitForFunction(() => window.heard.some((message) => message.type === "ready" && message.lab === "L07"));
  },
);
