// The first screen: a cluster that is alive and can be broken at once, and the ways from here.

import assert from "node:assert/strict";
import { accessible, DESK, inPage, PHONE, picture, whole } from "../support/browser.mjs";

for (const [place, size] of [["desk", DESK], ["phone", PHONE]]) {
  for (const scheme of ["light", "dark"]) {
    inPage(`it is accessible and fits: ${place}, ${scheme}`, { at: "", size, scheme }, async (page) => {
      await accessible(page);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await picture(page, `home-${place}-${scheme}`);
    });
  }
}

inPage("a node is killed with a click, and started again", { at: "" }, async (page) => {
  await page.getByRole("button", { name: /^Kill Node n1/ }).click();
  await page.getByRole("button", { name: /^Restart Node n1, down/ }).click();
  await page.getByRole("button", { name: /^Kill Node n1/ }).waitFor();
});

inPage("it plays by itself", { at: "", motion: true }, async (page) => {
  const happened = page.locator(".happened span");
  const before = await happened.textContent();
  await page.clock.runFor(4000);
  assert.notEqual(await happened.textContent(), before);
  await page.getByRole("button", { name: "Pause" }).click();
  const then = await happened.textContent();
  await page.clock.runFor(4000);
  assert.equal(await happened.textContent(), then);
});

inPage("it leads to every model", { at: "" }, async (page) => {
  await page.getByRole("link", { name: /^Gossip/ }).click();
  await whole(page);
  assert.match(await page.locator("h1 option:checked").textContent(), /^Gossip/);
});
