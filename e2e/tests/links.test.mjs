// A run in a link: what one reader did, another sees.

import assert from "node:assert/strict";
import { accessible, inPage, PHONE, picture, whole } from "../support/browser.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const node = (page, name) => page.getByRole("button", { name: new RegExp(`^Node ${name}\\b`) });
const seen = async (page) => `${await page.locator(".clock").textContent()} ${await page.locator(".events li").allInnerTexts()}`;

async function killSomebody(page) {
  for (let steps = 0; steps < 8; steps += 1) await button(page, "Next event").click();
  await node(page, "n2").click();
  await button(page, "Kill").click();
  for (let steps = 0; steps < 3; steps += 1) await button(page, "Next event").click();
}

inPage("a copied link shows the same run at the same moment", async (page) => {
  await killSomebody(page);
  await button(page, "Share").click();
  await button(page, "Copy link").click();
  await page.getByText("Copied.").waitFor();
  await accessible(page);
  await picture(page, "link-copied");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /#run=1[\w-]+$/);
  assert.equal(link, page.url());

  const there = await page.context().newPage();
  await there.goto(link);
  await whole(there);
  assert.equal(await seen(there), await seen(page));
  assert.equal(await there.getByRole("alert").count(), 0);
  // What was done can be taken back there too.
  await button(there, "Undo").click();
  await there.getByRole("button", { name: /^Node n2, up/ }).waitFor();
});

inPage("reloading the page loses nothing", { size: PHONE, open: false }, async (page, site) => {
  await page.clock.install();
  await page.goto(`${site.url}#free`);
  await whole(page);
  await killSomebody(page);
  const before = await seen(page);
  await page.clock.runFor(500);
  await page.waitForURL(/#run=/);
  await page.reload();
  await whole(page);
  assert.equal(await seen(page), before);
});

inPage("another link in the same window is opened", { open: false }, async (page, site) => {
  await page.clock.install();
  await page.goto(`${site.url}#free`);
  await whole(page);
  await killSomebody(page);
  await page.clock.runFor(500);
  const [link, before] = [page.url(), await seen(page)];
  await button(page, "Undo").click();
  await page.getByRole("button", { name: /^Node n2, up/ }).waitFor();
  await page.clock.runFor(500);
  assert.notEqual(page.url(), link);
  await page.evaluate((link) => (location.href = link), link);
  await page.getByRole("button", { name: /^Node n2, down/ }).waitFor();
  assert.equal(await seen(page), before);
});

for (const [fault, change, words] of [
  ["cut off", (link) => link.slice(0, -5), /missing or was changed/],
  ["of the future", (link) => link.replace("#run=1", "#run=7"), /newer Faultline/],
  ["with a strange letter", (link) => `${link.slice(0, -5)}!`, /“!”/],
  ["far too long", (link) => link + "A".repeat(70_000), /no link has more than/],
]) {
  inPage(`a link ${fault} is named, and kept`, async (page, site) => {
    await killSomebody(page);
    await page.waitForURL(/#run=/);
    const bad = change(page.url());
    await page.goto(site.url.replace(/$/, "?fresh"));
    await whole(page);
    await page.evaluate((bad) => (location.hash = new URL(bad).hash), bad);
    await page.getByText(words).first().waitFor();
    assert.equal(await page.evaluate(() => location.hash), new URL(bad).hash);
    // No other run is put into its place.
    assert.equal(await page.locator(".stage").count(), 0);
  });
}

inPage("where copying is not allowed the link can be copied by hand", { permissions: [] }, async (page) => {
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("not allowed"));
  });
  await button(page, "Next event").click();
  await button(page, "Share").click();
  await button(page, "Copy link").click();
  await page.getByText("It is selected: copy it by hand.").waitFor();
  assert.equal(await page.evaluate(() => getSelection().toString()), page.url());
});

inPage("where there is no clipboard at all it is the same", { open: false }, async (page, site) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "clipboard", { get: () => undefined }));
  await page.goto(`${site.url}#free`);
  await whole(page);
  await button(page, "Share").click();
  await button(page, "Copy link").click();
  await page.getByText("It is selected: copy it by hand.").waitFor();
});

inPage("a tab that ends while a run is playing comes back to it", { motion: true }, async (page) => {
  await node(page, "n2").click();
  await button(page, "Kill").click();
  await page.clock.runFor(10_000);
  const clock = () => page.locator(".clock").textContent();
  const seconds = async () => Number.parseFloat(await clock());
  const before = await seconds();
  // As when the browser ends it: nobody is asked.
  const there = await page.context().newPage();
  await there.goto(page.url());
  await whole(there);
  await there.getByRole("button", { name: /^Node n2, down/ }).waitFor();
  const came = Number.parseFloat(await there.locator(".clock").textContent());
  assert.ok(came > 0 && before - came < 0.2, `${came} of ${before}`);
});

for (const [fault, script] of [
  ["refused", () => Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("refused", "SecurityError"); } })],
  ["full", () => (Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); })],
]) {
  inPage(`where storage is ${fault} that is said once, and everything works`, { open: false }, async (page, site) => {
    await page.addInitScript(script);
    await page.goto(`${site.url}#lab=L07`);
    await whole(page);
    await page.locator(".answers button").first().click();
    const notice = page.getByRole("status").filter({ hasText: "keeps nothing for this page" });
    await notice.waitFor();
    await accessible(page);
    await button(page, "Close").click();
    await page.getByRole("button", { name: /^(Do it for me|To the end of this)$/ }).click();
    await button(page, "Continue").click();
    await button(page, "What you can do").click();
    await page.getByLabel("Keys without Ctrl do something").uncheck();
    assert.equal(await notice.count(), 0, "it is said once");
  });
}
