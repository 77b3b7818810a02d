// What an hour at twenty times the speed of real time costs in memory. The page's frames are driven as
// fast as they go: each is given the longest time a frame may stand for, so nothing is left out of what
// happens in that hour, only the waiting. `MINUTES=10` makes it shorter. `npm --prefix e2e run bench`

import { atMost } from "../support/bar.mjs";
import { inPage, whole } from "../support/browser.mjs";
import { drive } from "../support/frames.mjs";

const MINUTES = Number(process.env.MINUTES ?? 60);
/** The longest time that one frame stands for, in milliseconds: web/src/session.rs. */
const FRAME = 100;
/** How much of what there is after a minute there may be at the end, and what it must not be more than. */
const GROWTH = 1.1;
const FLOOR = 1.25;

inPage(`${MINUTES} minutes at twenty times the speed`, { open: false, timeout: 3_600_000 }, async (page, site) => {
  await page.addInitScript(drive);
  await page.goto(`${site.url}#free=raft`);
  await whole(page);
  const session = await page.context().newCDPSession(page);
  await page.getByRole("slider", { name: "Speed" }).fill("4");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const measure = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return { script: usedSize, program: await page.evaluate(() => window.programMemory()) };
  };
  const minute = async () => {
    for (let second = 0; second < 60; second += 1) {
      const waiting = await page.evaluate(([count, each]) => window.frames(count, each), [1_000 / FRAME, FRAME]);
      if (waiting === 0) return false;
    }
    return true;
  };
  const shown = ({ script, program }) => `scripts ${(script / 1e6).toFixed(1)} MB, program ${(program / 1e6).toFixed(1)} MB`;
  await minute();
  const first = await measure();
  console.log(`after 1 minute: ${shown(first)}`);
  let plays = true;
  let minutes = 1;
  for (; minutes < MINUTES && plays; minutes += 1) plays = await minute();
  const last = await measure();
  console.log(`after ${minutes} minutes${plays ? "" : ", where it stopped by itself"}, at ${await page.locator(".clock").textContent()}: ${shown(last)}`);
  atMost(`memory of scripts after ${minutes} minutes, to that after 1`, GROWTH, FLOOR, last.script / first.script, " x");
  atMost("... and of the program", GROWTH, FLOOR, last.program / first.program, " x");
});
