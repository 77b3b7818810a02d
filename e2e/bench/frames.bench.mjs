// What a frame costs: the page's own script against a loop written by hand that draws the same list on
// as large a canvas: the same shapes in the same colours, each going from somewhere to somewhere. Both
// are timed alike, in turns, and first their pictures are compared. The page is timed twice: so slow
// that everything moves but next to nothing happens, which is drawing alone, as the loop does it; and at
// its usual speed, with the engine that it runs.
// `npm --prefix e2e run bench`

import assert from "node:assert/strict";
import { atMost } from "../support/bar.mjs";
import { inPage, whole } from "../support/browser.mjs";

const RUNS = [
  { what: "50 nodes, 500 messages", messages: 350, median: 4, link: "#run=1Bmdvc3NpcDIBBwEFcm91bmSAreIEAYC0iROAjs4cAAAAAAAAwJaxAgAAgJTr3AMAAYDGho8B60LdsNybmN7knFNDNZMF" },
  { what: "1000 nodes, 5000 messages", messages: 3500, median: 12, link: "#run=1Bmdvc3NpcOgHAQcBBXJvdW5kgNrECQGAtIkTgI7OHAAAAAAAAMCWsQIAAICU69wDAAGAxoaPAeCfBcql0eLnwc-4MjWcTZE" },
];
/** How many frames in a row each of the two has, and how often. */
const FRAMES = 30;
const TURNS = 8;
/** How much more than the hand-written loop the page may need, and what it must not be more than. */
const RATIO = 1.3;
const FLOOR = 2.6;

/** Clocks are exact enough for this only in a page that shares its process with nobody. */
const ALONE = {
  disturb(path, response) {
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    return false;
  },
};

/**
 * Before the page starts: whoever has the turn gets frames, sixty to a second of its own clock however
 * busy the machine is, and they are timed with all that follows from them.
 */
function watch() {
  const FRAME = 1000 / 60;
  const clocks = { page: 0, hand: 0 };
  const waiting = { page: [], hand: [] };
  let turn = { whose: "page", left: Infinity, costs: [] };
  const ask = window.requestAnimationFrame.bind(window);
  const frame = (whose, callback) =>
    ask(() => {
      const mine = turn;
      if (mine.whose !== whose || mine.left === 0) return waiting[whose].push(callback);
      mine.left -= 1;
      clocks[whose] += FRAME;
      const start = performance.now();
      callback(clocks[whose]);
      queueMicrotask(() =>
        queueMicrotask(() => {
          mine.costs.push(performance.now() - start);
          if (mine.left === 0) mine.over?.(mine.costs);
        }),
      );
    });
  window.requestAnimationFrame = (callback) => frame("page", callback);
  window.askByHand = (callback) => frame("hand", callback);
  /** So many frames of one of the two, and what each of them took. */
  window.frames = (whose, count) =>
    new Promise((over) => {
      turn = { whose, left: count, costs: [], over };
      waiting[whose].splice(0).forEach((callback) => frame(whose, callback));
    });

  /** One frame of the page as a list: what was drawn on its canvas, and how. */
  window.listOfFrame = async () => {
    const page = document.querySelector("canvas");
    const list = [];
    const { prototype } = CanvasRenderingContext2D;
    const own = {};
    for (const name of ["arc", "fillRect", "drawImage"]) {
      own[name] = prototype[name];
      prototype[name] = function (...words) {
        const { fillStyle, strokeStyle, lineWidth, globalAlpha } = this;
        if (this.canvas === page) list.push({ name, words, fillStyle, strokeStyle, lineWidth, globalAlpha });
        return own[name].apply(this, words);
      };
    }
    await window.frames("page", 1);
    Object.assign(prototype, own);
    return list;
  };
}

/** The loop as a good engineer would write it: what looks alike is together, and what stands still is a picture. */
function byHand(list) {
  const like = document.querySelector("canvas");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [like.width, like.height];
  document.body.append(canvas);
  const context = canvas.getContext("2d");
  const backdrop = list.find(({ name }) => name === "drawImage")?.words;

  // Everything is, at the first moment, where it was in the list.
  const arcs = list.filter(({ name }) => name === "arc").map(({ words: [x, y, radius, start, end] }, index) => {
    const left = (end - start) / (2 * Math.PI);
    const whole = 60 + (index % 37);
    return { x, y, radius, set: -(1 - left) * whole, whole };
  });
  const ring = list.find(({ name }) => name === "arc");
  const groups = new Map();
  let count = 0;
  for (const { name, words, fillStyle, globalAlpha } of list) {
    if (name !== "fillRect") continue;
    const [left, top, size] = words;
    const [x, y, share, whole] = [left + size / 2, top + size / 2, (count % 50) / 50, 80 + (count % 37)];
    const [across, down] = [((count * 37) % 200) - 100, ((count * 53) % 120) - 60];
    const grain = { fromX: x - across * share, fromY: y - down * share, toX: x + across * (1 - share), toY: y + down * (1 - share), sent: -share * whole, due: (1 - share) * whole };
    if (!groups.has(fillStyle)) groups.set(fillStyle, { fillStyle, globalAlpha, grains: [] });
    groups.get(fillStyle).grains.push(grain);
    count += 1;
  }

  const draw = (time) => {
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (backdrop) context.drawImage(...backdrop);
    if (arcs.length > 0) {
      context.strokeStyle = ring.strokeStyle;
      context.lineWidth = ring.lineWidth;
      context.beginPath();
      for (const { x, y, radius, set, whole } of arcs) {
        const left = 1 - ((time - set) % whole) / whole;
        context.moveTo(x, y - radius);
        context.arc(x, y, radius, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * left);
      }
      context.stroke();
    }
    for (const { fillStyle, globalAlpha, grains } of groups.values()) {
      context.fillStyle = fillStyle;
      context.globalAlpha = globalAlpha;
      for (const { fromX, fromY, toX, toY, sent, due } of grains) {
        const share = Math.min(Math.max((time - sent) / (due - sent), 0), 1);
        context.fillRect(fromX + (toX - fromX) * share - 1.5, fromY + (toY - fromY) * share - 1.5, 3, 3);
      }
      context.globalAlpha = 1;
    }
  };

  /** How many pixels are not alike in the two pictures. */
  const unlike = () => {
    const [one, other] = [like, canvas].map((canvas) => {
      const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
      context.drawImage(canvas, 0, 0);
      return context.getImageData(0, 0, canvas.width, canvas.height).data;
    });
    let count = 0;
    for (let at = 0; at < one.length; at += 4) if ([0, 1, 2, 3].some((part) => Math.abs(one[at + part] - other[at + part]) > 4)) count += 1;
    return count;
  };
  draw(0);
  const difference = unlike();
  let frame = 0;
  const each = () => {
    draw((frame += 1) % 100);
    window.askByHand(each);
  };
  window.askByHand(each);
  return { arcs: arcs.length, grains: count, difference };
}

const median = (costs) => [...costs].sort((a, b) => a - b)[Math.floor(costs.length / 2)];
const mean = (costs) => costs.reduce((sum, cost) => sum + cost, 0) / costs.length;

for (const { what, messages, median: most, link } of RUNS) {
  inPage(what, { open: false, server: ALONE, timeout: 300_000 }, async (page, site) => {
    page.setDefaultTimeout(120_000);
    await page.addInitScript(watch);
    await page.goto(site.url + link);
    await whole(page);
    await page.getByRole("button", { name: "Play", exact: true }).click();
    const frames = (whose, count) => page.evaluate(([whose, count]) => window.frames(whose, count), [whose, count]);
    await frames("page", 4 * FRAMES);
    const speed = page.getByRole("slider", { name: "Speed" });
    const usual = await speed.inputValue();
    await speed.fill(await speed.getAttribute("min"));
    await frames("page", FRAMES);
    const { arcs, grains, difference } = await page.evaluate(`window.listOfFrame().then(${byHand})`);
    await frames("hand", 4 * FRAMES);
    const shown = (costs) => `${median(costs).toFixed(3)} ms (mean ${mean(costs).toFixed(2)})`;
    const against = async (named) => {
      const costs = { page: [], hand: [] };
      for (let turn = 0; turn < TURNS; turn += 1) for (const whose of ["page", "hand"]) costs[whose].push(...(await frames(whose, FRAMES)));
      const [ours, theirs] = [median(costs.page), median(costs.hand)];
      console.log(`${what}, ${named}: ${arcs} timers, ${grains} messages; ours ${shown(costs.page)}, by hand ${shown(costs.hand)}, ratio ${(ours / theirs).toFixed(2)}`);
      return [ours, ours / theirs];
    };
    assert.equal(difference, 0, "pixels that the two have not alike");
    assert.ok(grains >= messages, `only ${grains} messages`);
    const [, drawn] = await against("drawing alone");
    await speed.fill(usual);
    await frames("page", FRAMES);
    const [ours, ratio] = await against("with its run");
    atMost(`a frame, ${what}`, most, most, ours, " ms");
    atMost("... drawing alone, as often as by hand", RATIO, FLOOR, drawn, " x");
    atMost("... with the run behind it, as often as drawing by hand", RATIO, FLOOR, ratio, " x");
  });
}
