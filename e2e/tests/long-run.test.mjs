// A run may go on for as long as it likes: what lies far from the playhead is forgotten and made again, and
// nobody can tell.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { inPage, told, whole } from "../support/browser.mjs";
import { drive } from "../support/frames.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const moment = (page, notch) => page.getByRole("slider", { name: "Moment" }).fill(String(notch));
/** A frame stands for no longer than this: web/src/session.rs. */
const FRAME = 100;

/** What the list of events says, from the oldest to the newest. */
async function listed(page) {
  const words = await page.locator(".events li .what").allInnerTexts();
  const times = await page.locator(".events li .when").allInnerTexts();
  return Number.parseFloat(times[0]) <= Number.parseFloat(times.at(-1)) ? words : words.reverse();
}

inPage("a run of hundreds of thousands of events keeps little, and everything of it can be looked at", { open: false, timeout: 300_000 }, async (page, site) => {
  await page.addInitScript(drive);
  await page.goto(`${site.url}#free=raft`);
  await whole(page);
  await page.getByRole("slider", { name: "Speed" }).fill("4");
  await button(page, "Play").click();
  const minute = async () => {
    for (let second = 0; second < 60; second += 1) await page.evaluate(([count, each]) => window.frames(count, each), [1_000 / FRAME, FRAME]);
    return page.evaluate(() => window.programMemory());
  };
  const first = await minute();
  const last = await minute();
  assert.ok(last < first * 1.3, `${first / 1e6} MB after one minute, ${last / 1e6} MB after two`);
  await button(page, "Pause").click();

  // Everything that happened, as it is made again for a file.
  await button(page, "Share").click();
  const [file] = await Promise.all([page.waitForEvent("download", { timeout: 120_000 }), page.getByRole("button", { name: "Everything that happened JSON lines", exact: true }).click({ timeout: 120_000 })]);
  await page.keyboard.press("Escape");
  const trace = readFileSync(await file.path(), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.ok(trace.length > 150_000, `${trace.length} rows`);
  assert.ok(trace.every(({ row, cause }, index) => row === index && (cause === null || cause < row)));

  // Wherever the learner goes, the list of events says what the file says.
  const seconds = async () => Number.parseFloat(await page.locator(".clock").textContent());
  for (const notch of [3, 970, 400, 402, 401, 990]) {
    await moment(page, notch);
    for (const press of [undefined, "Previous event", "Next event"]) {
      if (press) await button(page, press).click();
      await told(page);
      const [words, now] = [await listed(page), (await seconds()) * 1e9];
      assert.ok(words.length > 5);
      const near = trace.findIndex(({ time }) => time > now + 2e6);
      const end = near < 0 ? trace.length : near;
      const found = [...Array(200).keys()].some((back) => {
        const from = end - back - words.length;
        return words.every((word, index) => trace[from + index]?.text === word);
      });
      assert.ok(found, `at ${now / 1e9} s, after ${press}: ${words}`);
    }
  }

  // The diagram, far to the left, while the playhead stays at the end.
  await moment(page, 1000);
  const end = await seconds();
  await page.locator(".diagram").evaluate((diagram) => {
    for (let turn = 0; turn < 300; turn += 1) diagram.dispatchEvent(new WheelEvent("wheel", { deltaX: -60, bubbles: true, cancelable: true }));
  });
  await button(page, "Back to now").waitFor();
  await page.waitForFunction((most) => {
    const rows = [...document.querySelectorAll(".diagram .event")].map((event) => Number(event.dataset.row));
    return rows.length > 50 && Math.max(...rows) < most;
  }, trace.length / 4);
  assert.equal(await seconds(), end);
});
