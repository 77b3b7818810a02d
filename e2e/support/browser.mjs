// Opens Faultline in Chromium for one test at a time. Whatever the page complains about (an
// uncaught error, a console error, a breach of the security policy) fails the test that made it.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { serve } from "./server.mjs";

export const DESK = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };
export const SHOTS = path.resolve(import.meta.dirname, "../shots");

export const BROWSER = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
};

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;
let shared;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  shared = await serve();
  browser = await chromium.launch(BROWSER);
});

after(async () => {
  await browser?.close();
  shared?.close();
});

/**
 * A test with a page of its own. The page stands still at the start, as for a reader who asked for
 * less motion, unless `motion` is set; then its clock is the test's, and moves when the test says so.
 *
 * What fails is tried once more, in a page of its own, and the report says what failed: a machine that is
 * busy with something else may let a browser wait longer than any reader would.
 */
export function inPage(name, options, body) {
  if (typeof options === "function") [options, body] = [{}, options];
  const { size = DESK, scheme = "light", motion = false, server, open = true, at = "#free", complaints = [], timeout = 60_000, ...context } = options;
  const attempt = async () => {
    const own = server && (await serve(server));
    const site = own ?? shared;
    const browsing = await browser.newContext({
      viewport: size,
      colorScheme: scheme,
      reducedMotion: motion ? "no-preference" : "reduce",
      hasTouch: size === PHONE,
      permissions: ["clipboard-read", "clipboard-write"],
      // What is kept for use without a network would stand between a test and its server.
      serviceWorkers: "block",
      ...context,
    });
    try {
      const page = await browsing.newPage();
      page.setDefaultTimeout(10_000);
      const heard = [];
      page.on("pageerror", (error) => heard.push(`uncaught: ${error.message}`));
      page.on("console", (line) => line.type() === "error" && heard.push(`console: ${line.text()}`));
      if (motion) {
        await page.clock.install({ time: 0 });
        await page.addInitScript(smallFrameNumbers);
      }
      if (open) {
        await page.goto(site.url + at);
        await whole(page);
        if (motion) await page.clock.pauseAt(1_000_000);
      }
      await body(page, site);
      const unexpected = heard.filter((line) => !complaints.some((expected) => expected.test(line)));
      assert.deepEqual(unexpected, [], "the page complained");
    } finally {
      await browsing.close();
      own?.close();
    }
  };
  test(name, { timeout: 2 * timeout }, async (report) => {
    try {
      await attempt();
    } catch (error) {
      report.diagnostic(`the first try failed: ${error.message}`);
      await attempt();
    }
  });
}

/** Waits until the page and the part of the program that comes later are there. */
export const whole = (page) => page.locator("main:not([aria-busy=true], .boot)").first().waitFor();

/** Waits until the words beside the stage have followed its picture (web/src/panel/told.rs). */
export const told = (page) => page.evaluate(() => new Promise((resolve) => window.faultline.afterPicture(resolve)));

/** Presses the key of a step, `>` or `.`, until something is so. */
export async function until(page, isSo, key = ">") {
  for (let steps = 0; steps < 200; steps += 1) {
    await told(page);
    if (await isSo()) return;
    await page.keyboard.press(key);
  }
  assert.fail(`it never comes to it; there is\n${await page.locator("body").ariaSnapshot()}`);
}

/** Fingers on the glass, as the browser hears of them. */
export async function fingers(page) {
  const session = await page.context().newCDPSession(page);
  return (type, ...touchPoints) => session.send("Input.dispatchTouchEvent", { type, touchPoints });
}

/** The test's clock numbers frames from a million million; a browser's numbers, and so the page's, have 32 bits. */
function smallFrameNumbers() {
  const { requestAnimationFrame, cancelAnimationFrame } = window;
  const numbers = [];
  window.requestAnimationFrame = (callback) => numbers.push(requestAnimationFrame(callback));
  window.cancelAnimationFrame = (number) => cancelAnimationFrame(numbers[number - 1]);
}

const BREACHES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails with every breach of WCAG 2.2 AA that axe finds. */
export async function accessible(page) {
  // Evaluated rather than added as a script, which the page's security policy would refuse.
  await page.evaluate(AXE);
  const found = await page.evaluate(async (runOnly) => {
    const { violations } = await axe.run(document, { runOnly, elementRef: true });
    const all = violations.flatMap(({ id, nodes }) => nodes.map((node) => ({ id, ...node })));
    const stays = [];
    for (const { id, element, target, failureSummary } of all) {
      // What is too small because it has been scrolled behind controls that stay in sight can be scrolled out again.
      if (id === "target-size") {
        const before = [scrollX, scrollY];
        element.scrollIntoView({ block: "center" });
        const again = await axe.run(element, { runOnly: { type: "rule", values: [id] } });
        scrollTo(...before);
        if (again.violations.length === 0) continue;
      }
      stays.push(`${id}: ${target} (${failureSummary})`);
    }
    return stays;
  }, BREACHES);
  // Words that the program had not loaded yet when it wrote them would be so many zeros.
  const unread = await page.evaluate(() => {
    const text = document.documentElement.textContent.includes("\0") ? ["text"] : [];
    const of = (element) => [...element.attributes].filter(({ value }) => value.includes("\0")).map(({ name }) => `${element.localName} ${name}`);
    return [...text, ...[...document.querySelectorAll("*")].flatMap(of)];
  });
  assert.deepEqual(unread, []);
  assert.deepEqual(found, []);
}

/** A picture of the page for people to look at, in e2e/shots. */
export async function picture(page, name) {
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
}
