// Charts of what was measured: their numbers behind them, what they say before there is anything, files.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { accessible, inPage, PHONE, picture, told } from "../support/browser.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const chart = (page) => page.getByLabel("Chart", { exact: true });
const cells = (page, row) => page.locator(".chart tbody tr").nth(row).locator("td").allInnerTexts();

/** A client asks a node, and has its answer. */
async function ask(page, what) {
  await page.getByRole("button", { name: /^Node n1\b/ }).click();
  await button(page, `c1 asks: ${what}`).click();
  await button(page, "Go on until").click();
  await button(page, "a client is answered").click();
}

for (const [place, options] of Object.entries({ desk: {}, "phone, dark": { size: PHONE, scheme: "dark" } })) {
  inPage(`each chart shows what clients got, with the numbers behind it: ${place}`, { at: "#free=primary-backup", ...options }, async (page) => {
    await button(page, "Next event").click();
    for (const [name, empty] of [["Latency", /has an answer yet/], ["Availability", /has an answer yet/], ["Staleness", /has read a value yet/]]) {
      await chart(page).selectOption(name);
      await told(page);
      await page.locator(".measured .empty").getByText(empty).waitFor();
      assert.equal(await page.locator(".chart").count(), 0);
    }
    await ask(page, "write");
    await ask(page, "read");
    await page.locator(".chart").waitFor();
    // It has the whole width of its panel.
    const [panel, figure] = await Promise.all([".measured", ".chart"].map((part) => page.locator(part).boundingBox()));
    assert.ok(figure.width > panel.width - 60, `${figure.width} of ${panel.width} px`);
    assert.match(await page.locator(".chart figcaption").innerText(), /^0 of 1 reads stale/);
    await page.getByText("As a table").click();
    assert.deepEqual(await cells(page, 0), ["0", "1", "–"]);
    await accessible(page);
    await chart(page).selectOption("Latency");
    await told(page);
    assert.match((await cells(page, 0)).join(), /^50 %,[\d.]+ ms$/);
    await chart(page).selectOption("Availability");
    await told(page);
    assert.match(await page.locator(".chart figcaption").innerText(), /^100 % done/);
    const done = (await page.locator(".chart tbody tr td:nth-child(2)").allInnerTexts()).map(Number);
    assert.equal(done.reduce((sum, count) => sum + count, 0), 2);
    await chart(page).selectOption("Load of nodes");
    await told(page);
    const received = (await page.locator(".chart tbody tr td:nth-child(2)").allInnerTexts()).map(Number);
    assert.equal(received.length, 3);
    assert.equal(await page.locator(".chart svg rect[fill='var(--tone-ask)']").count(), 3);
    assert.match(await page.locator(".chart figcaption").innerText(), new RegExp(`received most: ${Math.max(...received)}`));
    await accessible(page);
    await page.locator(".measured").scrollIntoViewIfNeeded();
    await picture(page, `chart-${place.replace(/\W+/g, "-")}`);
  });
}

inPage("theory is laid over what was measured, and both can be taken along", { at: "#free=queue-server" }, async (page) => {
  const chart = page.getByLabel("Chart", { exact: true });
  for (const [name, empty] of [["Latency", "No client has an answer yet"], ["Staleness", "No client has read a value yet"]]) {
    await chart.selectOption(name);
    await page.getByText(empty).waitFor();
  }
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await page.locator("main.compare").waitFor();
  await page.getByLabel("Clients ask").last().selectOption({ index: 3 });
  for (let times = 0; times < 90; times += 1) await page.keyboard.press(".");
  await told(page);
  const latency = page.locator(".charts .panel").filter({ has: page.getByRole("heading", { name: "Latency" }) });
  assert.match(await latency.locator("figcaption").innerText(), /A: half within .*M\/M\/1: mean/s);
  assert.ok((await latency.locator("svg polyline").count()) >= 4, "two runs, two theories");
  await latency.getByText("As a table").click();
  assert.equal(await latency.locator("tbody tr").count(), 6);
  const half = await latency.locator("tbody tr").first().locator("td").allInnerTexts();
  assert.deepEqual(half.slice(1), await page.locator(".counters tr").filter({ hasText: "Half within" }).locator("td").allInnerTexts());
  await accessible(page);
  for (const [name, start] of [["SVG", "<svg xmlns="], ["CSV", "percentile,A: within,B: within\n50 %,"]]) {
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: `Save Latency as ${name}` }).click();
    const download = await coming;
    assert.ok((await readFile(await download.path(), "utf8")).startsWith(start));
    assert.equal(download.suggestedFilename(), `faultline-chart.${name.toLowerCase()}`);
  }
});
