// The map of promises: a picture that can be walked by keys, its twin as a table, the smallest history
// of every arrow, and what the history of a run keeps.

import assert from "node:assert/strict";
import { accessible, inPage, PHONE, picture, whole } from "../support/browser.mjs";

const at = "#map";
const button = (page, name) => page.getByRole("button", { name, exact: true });
const promise = (page, name) => page.locator(".promise").and(page.getByRole("button", { name: new RegExp(`^${name}, `) }));
const verdicts = (page) => page.locator(".both li").evaluateAll((all) => all.map((one) => `${one.className} ${one.querySelector("b").textContent}`));

for (const [place, size, scheme] of [["desk", undefined, "light"], ["desk", undefined, "dark"], ["phone", PHONE, "light"]]) {
  inPage(`every promise and every arrow is there: ${place}, ${scheme}`, { at, scheme, ...(size && { size }) }, async (page) => {
    assert.deepEqual([await page.locator(".promise").count(), await page.locator(".implies").count()], [20, 26]);
    await promise(page, "causal memory").click();
    await page.getByRole("heading", { name: "causal memory" }).waitFor();
    await page.locator(".told").getByText("Available to who stays with the same nodes").waitFor();
    await page.getByText("Ahamad").waitFor();
    await accessible(page);
    await picture(page, `map-${place}-${scheme}`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= (size?.width ?? 1280), `nothing is wider than the page: ${width}`);
    await page.locator(".as-table summary").click();
    assert.equal(await page.locator(".as-table tbody tr").count(), 20);
    await page.getByRole("row", { name: /^pram .*read your writes, monotonic reads, monotonic writes/ }).waitFor();
  });
}

inPage("an arrow plays the smallest history that tells two promises apart", { at }, async (page) => {
  await page.locator(".implies").and(page.getByRole("button", { name: "What tells causal memory from pram", exact: true })).locator(".near").click({ force: true });
  await page.getByText("Nothing smaller keeps pram and breaks causal memory.").waitFor();
  // For whoever asked for less motion it stands at its end.
  assert.deepEqual(await verdicts(page), ["kept pram", "broken causal memory"]);
  assert.ok((await page.locator(".told .op.guilty").count()) >= 2);
  assert.ok((await page.locator(".told .because").count()) >= 2);
  await accessible(page);
  await picture(page, "map-history");
  const events = page.locator(".steps output");
  const last = Number(/of (\d+)/.exec(await events.innerText())[1]);
  await button(page, "From the start").click();
  assert.equal(await page.locator(".told .op").count(), 0);
  for (let event = 1; event <= last; event += 1) {
    assert.deepEqual(await verdicts(page), ["kept pram", "kept causal memory"]);
    await button(page, "Next event").click();
    assert.equal(await events.innerText(), `event ${event} of ${last}`);
  }
  assert.deepEqual(await verdicts(page), ["kept pram", "broken causal memory"]);
  await button(page, "Previous event").click();
  assert.deepEqual(await verdicts(page), ["kept pram", "kept causal memory"]);
});

inPage("a history plays by itself for whoever likes motion, and can be stopped", { at, motion: true }, async (page) => {
  await promise(page, "sequential").click();
  await button(page, "The difference between sequential and linearizable").click();
  const events = page.locator(".steps output");
  await page.clock.runFor(950);
  await page.getByText("event 1 of").waitFor();
  await button(page, "Pause").click();
  await page.clock.runFor(5_000);
  assert.match(await events.innerText(), /^event 1 of/);
  await button(page, "Play").click();
  await page.clock.runFor(20_000);
  await page.locator(".both .broken").waitFor();
  await page.locator(".nth").first().waitFor();
  const still = await button(page, "Play").count();
  assert.equal(still, 1, "at its end nothing goes on");
});

inPage("the map is walked by arrow keys, one stop for Tab", { at }, async (page) => {
  assert.equal(await page.locator('.promise[tabindex="0"]').count(), 1);
  await page.locator('.promise[tabindex="0"]').focus();
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label").split(",")[0]);
  assert.equal(await focused(), "strict serializable");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), "strong snapshot isolation");
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), "linearizable");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "linearizable", exact: true }).waitFor();
  await page.getByRole("status").filter({ hasText: /^linearizable: \S/ }).waitFor({ state: "attached" });
  const order = await page.locator(".lattice svg > g").evaluateAll((all) => all.map((one) => one.classList[0]));
  assert.ok(order.lastIndexOf("promise") < order.indexOf("implies"), "whoever reads on meets the promises first");
  assert.equal(await promise(page, "linearizable").getAttribute("aria-pressed"), "true");
});

inPage("a promise leads to labs, to a run that breaks it, and the first screen leads to the map", { at: "" }, async (page) => {
  await page.getByRole("link", { name: /What can be promised/ }).click();
  await promise(page, "linearizable").click();
  await page.locator(".seen").getByRole("link", { name: /^L10 · / }).waitFor();
  await page.getByRole("link", { name: "A smallest run of primary backup" }).click();
  await whole(page);
  await page.locator(".lights").getByRole("button", { name: "linearizable: broken" }).waitFor();
});

inPage("the map lights what the history of a run keeps, and gives the run back", async (page) => {
  await page.goto(`${page.url().split("#")[0]}#map`);
  await promise(page, "linearizable").click();
  await page.getByRole("link", { name: "A smallest run of primary backup" }).click();
  await page.locator(".lights").getByRole("button", { name: "linearizable: broken" }).click();
  await button(page, "All promises on a map").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("status").getByText(/^This history keeps/).waitFor();
  assert.match(await promise(page, "linearizable").getAttribute("class"), /broken/);
  assert.match(await promise(page, "monotonic reads").getAttribute("class"), /kept/);
  assert.match(await promise(page, "serializable").getAttribute("class"), /kept/);
  await accessible(page);
  await picture(page, "map-of-a-run");
  await promise(page, "causal").click();
  await dialog.getByText("✕ broken in this history").waitFor();
  // What is typed above the run is not for the run.
  await page.keyboard.press(" ");
  await dialog.getByRole("button", { name: "Watch this promise in the run" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.locator(".lights").getByRole("button", { name: "causal: broken" }).waitFor();
  await button(page, "Play").waitFor();
});

inPage("a history of one's own is judged by every promise", { at: "#check" }, async (page) => {
  await button(page, "Try an example").click();
  await page.getByRole("heading", { name: /^not linearizable/ }).waitFor();
  await button(page, "All promises on a map").click();
  await page.getByRole("dialog").getByRole("status").getByText(/^This history keeps/).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});
