// What a frame costs: the page's own script against a hand-written loop that draws as many circles and
// squares on as large a canvas. `npm --prefix e2e run bench`

import assert from "node:assert/strict";
import { inPage, whole } from "../support/browser.mjs";

const RUNS = [
  { what: "50 nodes, 500 messages", messages: 350, median: 4, link: "#run=1Bmdvc3NpcDIBBwEFcm91bmSAreIEAYC0iROAjs4cAAAAAAAAwJaxAgAAgJTr3AMAAYDGho8B60LdsNybmN7knFNDNZMF" },
  { what: "1000 nodes, 5000 messages", messages: 3500, median: 12, link: "#run=1Bmdvc3NpcOgHAQcBBXJvdW5kgNrECQGAtIkTgI7OHAAAAAAAAMCWsQIAAICU69wDAAGAxoaPAeCfBcql0eLnwc-4MjWcTZE" },
];
const FRAMES = 240;
/** How much more than the hand-written loop the page may need. */
const RATIO = 1.3;

/** Before the page starts: frames are timed with all that follows from them, and drawing can be recorded. */
function watch() {
  window.costs = [];
  // What the last frame drew, and the last circles: those of a crowd are drawn only when it changes.
  window.drawn = { arc: [], fillRect: [] };
  let drawing = { arc: [], fillRect: [] };
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    ask((now) => {
      drawing = { arc: [], fillRect: [] };
      const start = performance.now();
      callback(now);
      queueMicrotask(() =>
        queueMicrotask(() => {
          window.costs.push(performance.now() - start);
          window.drawn = { fillRect: drawing.fillRect, arc: drawing.arc.length ? drawing.arc : window.drawn.arc };
        }),
      );
    });
  window.record = false;
  for (const name of ["arc", "fillRect"]) {
    const draw = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...words) {
      if (window.record) drawing[name].push([name, ...words]);
      return draw.apply(this, words);
    };
  }
}

/** A loop as anybody would write it: the same shapes, each on its way from somewhere to somewhere. */
function byHand({ list, frames }) {
  const canvas = document.createElement("canvas");
  const like = document.querySelector("canvas");
  canvas.width = like.width;
  canvas.height = like.height;
  document.body.append(canvas);
  const context = canvas.getContext("2d");
  const ring = list.filter(([name]) => name === "arc");
  const grains = list.filter(([name]) => name === "fillRect").map(([, x, y], index) => ({ x, y, toX: 900 - x, toY: 400 - y, sent: index % 50, due: 50 + (index % 37), tone: index % 3 }));
  const colours = ["rgb(47, 95, 208)", "rgb(11, 125, 94)", "rgb(135, 69, 155)"];
  const costs = [];
  return new Promise((resolve) => {
    const frame = (now) => {
      const start = performance.now();
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.fillStyle = colours[0];
      context.beginPath();
      for (const [, x, y, radius] of ring) {
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      context.fill();
      const time = (now / 20) % 50;
      for (let tone = 0; tone < colours.length; tone += 1) {
        context.fillStyle = colours[tone];
        for (const grain of grains) {
          if (grain.tone !== tone) continue;
          const share = Math.min(Math.max((time - grain.sent) / (grain.due - grain.sent), 0), 1);
          context.fillRect(grain.x + (grain.toX - grain.x) * share - 1.5, grain.y + (grain.toY - grain.y) * share - 1.5, 3, 3);
        }
      }
      costs.push(performance.now() - start);
      if (costs.length < frames) requestAnimationFrame(frame);
      else resolve(costs);
    };
    requestAnimationFrame(frame);
  });
}

const median = (costs) => [...costs].sort((a, b) => a - b)[Math.floor(costs.length / 2)];

for (const { what, messages, median: most, link } of RUNS) {
  inPage(what, { open: false }, async (page, site) => {
    page.setDefaultTimeout(60_000);
    await page.addInitScript(watch);
    await page.goto(site.url + link);
    await whole(page);
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await page.waitForFunction((frames) => window.costs.length > frames, FRAMES / 4);
    await page.evaluate(() => (window.costs = []));
    await page.waitForFunction((frames) => window.costs.length > frames, FRAMES);
    const own = await page.evaluate(() => window.costs);
    const list = await page.evaluate(async () => {
      window.record = true;
      while (!(window.drawn.arc.length && window.drawn.fillRect.length)) await new Promise((resolve) => setTimeout(resolve, 1));
      window.record = false;
      return [...window.drawn.arc, ...window.drawn.fillRect];
    });
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    const hand = await page.evaluate(`(${byHand})(${JSON.stringify({ list, frames: FRAMES })})`);
    const grains = list.filter(([name]) => name === "fillRect").length;
    const [ours, theirs] = [median(own), median(hand)];
    const mean = own.reduce((sum, cost) => sum + cost, 0) / own.length;
    console.log(`${what}: ${list.length - grains} circles, ${grains} squares; ours ${ours.toFixed(2)} ms (mean ${mean.toFixed(2)}), by hand ${theirs.toFixed(2)} ms, ratio ${(ours / theirs).toFixed(2)}`);
    assert.ok(grains >= messages, `only ${grains} messages`);
    assert.ok(ours <= most, `${ours} ms`);
    assert.ok(ours / theirs <= RATIO || ours - theirs < 0.3, `${ours} ms against ${theirs} ms`);
  });
}
