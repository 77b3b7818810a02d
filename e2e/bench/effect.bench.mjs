// How long it takes, on a processor four times slower than this one, until a learner can do the first
// thing on the first screen, and from a click to the picture of what it did. `npm --prefix e2e run bench`

import { atMost } from "../support/bar.mjs";
import { inPage, whole } from "../support/browser.mjs";

const SLOWER = 4;
/** From the first request to the picture of a node that was killed, in milliseconds. */
const FIRST = 2_000;
const FIRST_FLOOR = 2_500;
/** From a click to its picture. */
const EFFECT = 60;
const EFFECT_FLOOR = 160;
const ROUNDS = 9;

const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];

async function slower(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
}

/** Before the page starts: the first node is killed as soon as it can be, and it is noted when that is seen. */
function killAtOnce() {
  const node = () => document.querySelector(".hero .node");
  const look = () => {
    if (!node()) return requestAnimationFrame(look);
    window.ready = performance.now();
    node().click();
    const seen = () => (node().classList.contains("down") ? requestAnimationFrame(() => (window.done = performance.now())) : requestAnimationFrame(seen));
    requestAnimationFrame(seen);
  };
  requestAnimationFrame(look);
}

/** The browser's own measure from an input to the next picture: of pressing and of letting go. */
function watch() {
  window.effects = [];
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (["pointerdown", "click", "keydown"].includes(name)) window.effects.push(duration);
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
}

inPage(`the first thing is done ${SLOWER} times slower`, { open: false, reducedMotion: "no-preference" }, async (page, site) => {
  await page.addInitScript(killAtOnce);
  await slower(page);
  await page.goto(site.url);
  await page.waitForFunction(() => window.done);
  const { ready, done } = await page.evaluate(() => ({ ready: window.ready, done: window.done }));
  console.log(`first screen, ${SLOWER} times slower: a node can be clicked after ${ready.toFixed(0)} ms, and is dead after ${done.toFixed(0)} ms`);
  atMost(`first interaction, ${SLOWER} times slower`, FIRST, FIRST_FLOOR, done, " ms");
});

/** Clicks as a hand does: where the element is and whether it can be clicked is not asked of the page, which would take its time. */
async function click(page, element) {
  await element.waitFor();
  const { x, y, width, height } = await element.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await quiet(page);
  await page.evaluate(() => (window.effects = []));
  await page.mouse.down();
  // A finger stays down for longer than a picture takes.
  await quiet(page);
  await page.mouse.up();
}

/** Two pictures later, and a little more, the browser has said how long the last input took. */
const quiet = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 30)))));

for (const model of ["ping-pong", "raft"]) {
  inPage(`an input has its effect ${SLOWER} times slower: ${model}`, { at: `#free=${model}`, timeout: 300_000 }, async (page) => {
    page.setDefaultTimeout(60_000);
    await whole(page);
    await page.evaluate(`(${watch})()`);
    const button = (name) => page.getByRole("button", { name, exact: true });
    const node = page.locator("#node-0");
    // What is clicked, and what has to be done before, so that it is there.
    const open = () => node.click();
    const kill = async () => {
      await node.click();
      await button("Kill").click();
    };
    const acts = {
      "next event": { act: () => click(page, button("Next event")) },
      "previous event": { act: () => click(page, button("Previous event")) },
      "a node's menu": { act: () => click(page, node), after: () => page.keyboard.press("Escape") },
      "close the menu": { before: open, act: () => page.keyboard.press("Escape") },
      kill: { before: open, act: () => click(page, button("Kill")), after: () => button("Undo").click() },
      undo: { before: kill, act: () => click(page, button("Undo")) },
    };
    for (let steps = 0; steps < 12; steps += 1) await button("Next event").click();
    await slower(page);
    const worst = [];
    for (const [name, { before, act, after }] of Object.entries(acts)) {
      const times = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        await before?.();
        await quiet(page);
        await page.evaluate(() => (window.effects = []));
        await act();
        await quiet(page);
        // What takes less than 16 ms the browser does not say.
        times.push(Math.max(16, ...(await page.evaluate(() => window.effects))));
        await after?.();
      }
      worst.push([name, median(times), Math.max(...times)]);
    }
    console.log(`${model}, ${SLOWER} times slower, median (worst): ${worst.map(([name, middle, most]) => `${name} ${middle} (${most}) ms`).join(", ")}`);
    for (const [name, middle] of worst) atMost(`${model}: ${name}, ${SLOWER} times slower`, EFFECT, EFFECT_FLOOR, middle, " ms");
  });
}
