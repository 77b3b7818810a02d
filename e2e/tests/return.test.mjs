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

const kept = (page) => page.waitForFunction(() => localStorage.getItem("faultline.place.L10")?.startsWith("step 1 "));

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
  await go(page, "Start again").click();
  await page.locator(".answers button").first().waitFor();
  await page.waitForFunction(() => localStorage.getItem("faultline.place.L10") === null);
  await page.reload();
  await whole(page);
  await page.locator(".answers button").first().waitFor();
});

inPage("what was kept and cannot be read is as if nothing was kept", { at: "#lab=L10" }, async (page) => {
  await begin(page);
  await kept(page);
  await page.evaluate(() => {
    // The page keeps the place when it is left, too.
    const keep = Storage.prototype.setItem;
    keep.call(localStorage, "faultline.place.L10", "step 7 0\nnone\nnonsense");
    Storage.prototype.setItem = () => {};
  });
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
