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

inPage("who leads and what somebody does to the cluster is said; no message is", { at: "", motion: true }, async (page) => {
  const live = page.locator(".hero [role=status]");
  assert.equal(await page.locator(".hero :is([role=status], [aria-live], output)").count(), 1, "one speaker");
  await page.clock.runFor(1000);
  assert.equal(await live.textContent(), "n4 leads in term 1");
  await page.evaluate(() => {
    window.spoken = 0;
    new MutationObserver(() => (window.spoken += 1)).observe(document.querySelector(".hero [role=status]"), { childList: true, characterData: true, subtree: true });
  });
  await page.clock.runFor(1000);
  assert.equal(await page.evaluate(() => window.spoken), 0, "messages are no news");
  await page.getByRole("button", { name: "Kill Node n4, up, leader, term 1" }).press("Enter");
  await live.filter({ hasText: "n4 is down" }).waitFor({ state: "attached" });
  await page.getByRole("button", { name: /^Restart Node n4, down/ }).press("Enter");
  await live.filter({ hasText: "n4 is up" }).waitFor({ state: "attached" });
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

inPage("every place has a title, begins at its top, and has its heading in focus; the way back leads to where one was", { at: "", size: PHONE }, async (page) => {
  const home = await page.title();
  const raft = page.getByRole("link", { name: /^Raft/ }).last();
  await raft.scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => scrollY);
  assert.ok(before > 300);
  await raft.click();
  await page.waitForFunction(() => document.title === "Raft · Faultline" && document.activeElement.localName === "h1");
  assert.equal(await page.evaluate(() => scrollY), 0);
  await accessible(page);
  await page.getByRole("combobox", { name: "Model" }).selectOption("Gossip");
  await page.waitForFunction(() => document.title === "Gossip · Faultline");
  await page.goBack();
  await page.waitForFunction((home) => document.title === home, home);
  for (const [at, title] of [["#lab=L10", "CAP: pick your pain"], ["#check", "Judge a history"], ["#map", "What can be promised"]]) {
    await page.evaluate((at) => (location.hash = at), at);
    await page.waitForFunction((title) => document.title === `${title} · Faultline` && document.activeElement.textContent === title, title);
  }
});

inPage("what happens is said in full, and the cluster leads on", { at: "", size: PHONE }, async (page) => {
  const happened = page.locator(".happened span");
  await happened.evaluate((span) => (span.textContent = "“have up to 1” from n2 to n4 is lost: the receiver is down"));
  assert.ok(await happened.evaluate((span) => span.scrollWidth <= span.clientWidth && span.scrollHeight <= span.clientHeight + 1));
  await page.getByRole("link", { name: "how a new leader is found" }).click();
  await page.getByRole("heading", { level: 1, name: "Raft I: elections" }).waitFor();
});
