// A lab that is left and come back to: at the same step, with the same run, and from the beginning if wanted.

import assert from "node:assert/strict";
import { inPage, whole } from "../support/browser.mjs";

const go = (page, name) => page.getByRole("button", { name, exact: true });
const said = (page) => page.locator(".lesson .say").textContent();
const moment = (page) => page.locator(".transport output").first().textContent();

/** To the second step, with the first bet. */
async function begin(page) {
  await page.locator(".answers button").first().click();
  await go(page, "Do it for me").click();
  await go(page, "Continue").click();
  await page.getByText("Step 2 of").waitFor({ state: "attached" });
}

/** The names under which places in labs are kept, whatever their worlds are. */
const places = (page) => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("faultline.place.")));
const kept = (page) => page.waitForFunction(() => Object.keys(localStorage).some((name) => name.startsWith("faultline.place.L10.") && /\nlab L10 step 2\n/.test(localStorage[name])));

inPage("reloading leads back to the step, the run and the bet; starting again to the beginning", { at: "#lab=L10" }, async (page) => {
  await begin(page);
  const finish = page.getByRole("button", { name: /^(Do it for me|To the end of this)$/ });
  if (await finish.count()) await finish.click();
  await kept(page);
  await page.waitForFunction(() => document.querySelector(".announcer").textContent !== "");
  const before = [await said(page), await page.locator(".wager").textContent(), await moment(page)];
  await page.reload();
  await whole(page);
  await page.getByText("Step 2 of").waitFor({ state: "attached" });
  assert.deepEqual([await said(page), await page.locator(".wager").textContent(), await moment(page)], before);
  // Previous still knows where the step before began.
  await go(page, "Previous").click();
  await page.getByText("Step 1 of").waitFor({ state: "attached" });
  // That is asked twice.
  await go(page, "Start again").click();
  await go(page, "Cancel").click();
  await page.getByText("Step 1 of").waitFor({ state: "attached" });
  await go(page, "Start again").click();
  await go(page, "Forget this run and the bet").click();
  await page.locator(".answers button").first().waitFor();
  await page.waitForFunction(() => !Object.keys(localStorage).some((name) => name.startsWith("faultline.place.")));
  await page.reload();
  await whole(page);
  await page.locator(".answers button").first().waitFor();
});

inPage("whoever goes on without a pause is kept up with", { at: "#lab=L17", motion: true }, async (page) => {
  await page.locator(".answers button").first().click();
  const steps = () => page.evaluate(() => Object.entries(localStorage).find(([name]) => name.startsWith("faultline.place."))?.[1]);
  await page.clock.runFor(1_000);
  const before = await steps();
  for (let event = 0; event < 16; event += 1) {
    await page.keyboard.press(".");
    await page.clock.runFor(200);
  }
  assert.notEqual(await steps(), before);
});

inPage("what was kept and cannot be read is as if nothing was kept", { at: "#lab=L10" }, async (page) => {
  await begin(page);
  await kept(page);
  const [place] = await places(page);
  await page.evaluate((place) => {
    // The page keeps the place when it is left, too.
    const keep = Storage.prototype.setItem;
    keep.call(localStorage, place, "faultline state 1\nlab L10 step 7\nrun nonsense\n");
    Storage.prototype.setItem = () => {};
  }, place);
  await page.reload();
  await whole(page);
  await page.locator(".answers button").first().waitFor();
});

inPage("a browser that keeps nothing leads to the beginning and says nothing", { open: false }, async (page, site) => {
  await page.addInitScript(() => Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("refused", "SecurityError"); } }));
  await page.goto(`${site.url}#lab=L10`);
  await whole(page);
  await begin(page);
  await page.reload();
  await whole(page);
  await page.locator(".answers button").first().waitFor();
});

inPage("a look at the lab with another seed leaves the place in it alone", { at: "#lab=L10" }, async (page, site) => {
  await begin(page);
  await kept(page);
  await page.goto(`${site.url}#lab=L10&seed=8`);
  await page.locator(".answers button").first().waitFor();
  // Whoever looks at something else meanwhile has the place kept.
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    delete document.hidden;
  });
  await page.goto(`${site.url}#lab=L10`);
  await page.getByText("Step 2 of").waitFor({ state: "attached" });
});

inPage("a browser that is full remembers until the page goes", { open: false }, async (page, site) => {
  await page.addInitScript(() => (Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }));
  await page.goto(`${site.url}#lab=L10`);
  await whole(page);
  await begin(page);
  await page.evaluate(() => (location.hash = "#"));
  await page.locator("main.home").waitFor();
  await page.evaluate(() => (location.hash = "#lab=L10"));
  await page.getByText("Step 2 of").waitFor({ state: "attached" });
});

inPage("two windows bring what was done together", { at: "#lab=L10" }, async (page, site) => {
  const other = await page.context().newPage();
  await other.goto(`${site.url}#lab=L10`);
  await whole(other);
  await go(page, "Straight to the challenges").click();
  await page.locator(".challenges button").filter({ hasText: "Keep both lights green" }).click();
  await go(page, "Availability: somebody is refused").click();
  await page.waitForFunction(() => /challenge L10 /.test(localStorage.getItem("faultline.progress")));
  await go(other, "No bet, just show me").click();
  await go(other, "Previous").waitFor();
  assert.match(await other.evaluate(() => localStorage.getItem("faultline.progress")), /challenge L10 /);
});

inPage("what the lab did for the learner can be taken back", { at: "#lab=L07" }, async (page) => {
  await go(page, "No bet, just show me").click();
  await go(page, "Next event").click();
  const before = await moment(page);
  await page.getByRole("button", { name: /^(Do it for me|To the end of this)$/ }).click();
  assert.notEqual(await moment(page), before);
  await go(page, "Undo").click();
  assert.equal(await moment(page), before);
});
