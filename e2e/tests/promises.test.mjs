// What the page promises to decide by itself: a light for every promise, and what shows it.

import assert from "node:assert/strict";
import { accessible, inPage, PHONE, picture, told } from "../support/browser.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const events = (page) => page.locator(".events li");
const light = (page, name) => page.locator(".lights").getByRole("button", { name: new RegExp(`^${name}: `) });
const says = async (page, name) => (await light(page, name).getAttribute("aria-label")).split(": ")[1];

async function until(page, what) {
  await button(page, "Go on until").click();
  await button(page, what).click();
}

/** A client writes, one backup never hears of it, and is read. */
async function staleRead(page) {
  await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
  await page.locator(".settings summary").click();
  await page.locator(".settings").getByRole("combobox", { name: "A write waits for" }).selectOption("one backup");
  await page.locator(".settings").getByRole("checkbox", { name: "Read at backups" }).check();
  await page.locator(".settings summary").click();
  await button(page, "Next event").click();
  await page.locator(".matrix summary").click();
  await button(page, "n1 reaches n3").click();
  await page.locator(".matrix summary").click();
  const ask = async (node, op) => {
    await page.getByRole("button", { name: /^Client c1/ }).click();
    await page.getByRole("combobox", { name: "Asks whom" }).selectOption(node);
    await page.locator("#menu").getByRole("button", { name: op, exact: true }).click();
    await until(page, "a client is answered");
  };
  await ask("n1", "write");
  assert.equal(await says(page, "linearizable"), "kept");
  await ask("n3", "read");
}

inPage("the lights say what holds right now", async (page) => {
  assert.equal(await page.locator(".lights").count(), 0, "ping-pong promises nothing");
  await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
  await button(page, "Next event").click();
  assert.equal(await says(page, "one primary"), "kept");
  await page.locator(".matrix summary").click();
  for (const name of ["n1 reaches n2", "n1 reaches n3", "n2 reaches n1", "n3 reaches n1"]) await button(page, name).click();
  await page.locator(".matrix summary").click();
  await until(page, "a promise is broken");
  assert.equal(await says(page, "one primary"), "broken");
  await light(page, "one primary").click();
  await page.locator(".promises .broken").getByText("There is never more than one primary.").waitFor();
  await page.getByRole("status").filter({ hasText: "one primary: broken" }).waitFor({ state: "attached" });
  // Whoever breaks it is marked on the stage and at the playhead of the diagram.
  assert.deepEqual([await page.locator(".node.accused").count(), await page.locator(".accusation b").count()], [2, 2]);
  await page.getByRole("button", { name: /^Node n1, .*, breaks a promise$/ }).waitFor();
  await picture(page, "promise-broken");
  await button(page, "Heal all").click();
  for (let steps = 0; steps < 60 && (await says(page, "one primary")) !== "kept"; steps += 1) await page.keyboard.press(">");
  assert.equal(await says(page, "one primary"), "kept");
  assert.equal(await page.locator(".node.accused, .accusation").count(), 0);
});

for (const [place, size, scheme] of [["desk", undefined, "light"], ["desk", undefined, "dark"], ["phone", PHONE, "light"]]) {
  inPage(`a stale read is caught, with the operations that show it: ${place}, ${scheme}`, { scheme, ...(size && { size }) }, async (page) => {
    await staleRead(page);
    assert.equal(await says(page, "linearizable"), "broken");
    await light(page, "linearizable").click();
    await page.getByText("not linearizable").waitFor();
    const blamed = await page.locator(".blamed button").allInnerTexts();
    assert.deepEqual(blamed, ["c1 asks n1: write 1 → done\n0.040 s to 0.253 s", "c1 asks n3: read → 0\n0.253 s to 0.366 s"], "and in which order");
    if (size) await page.locator(".switch button").filter({ hasText: "Diagram" }).click();
    assert.equal(await page.locator(".diagram .op.blamed rect").count(), 2);
    assert.equal(await page.locator(".diagram .doubt").count(), 1, "when they contradict one another is marked");
    await accessible(page);
    await picture(page, `stale-read-${place}-${scheme}`);
    // Where causes contradict one another, each arrow says what must be before what.
    await page.getByRole("combobox", { name: "Clients were promised" }).selectOption("causal");
    assert.equal(await page.locator(".diagram .because").count(), 2);
    // A weaker promise is kept by the same run.
    await page.getByRole("combobox", { name: "Clients were promised" }).selectOption("monotonic reads");
    assert.equal(await page.locator(".diagram .op.blamed").count(), 0);
    await page.getByRole("combobox", { name: "Clients were promised" }).selectOption("linearizable");
    await page.locator(".blamed button").first().click();
    await told(page);
    assert.match(await events(page).first().innerText(), /c1 (asks n1: write|sends “write)/);
  });
}

inPage("no node sees the lights", async (page) => {
  await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
  await button(page, "Next event").click();
  await page.getByRole("button", { name: /^Node n1/ }).click();
  await button(page, "Only what n1 knows").click();
  assert.equal(await page.locator(".lights, .matrix, .flights").count(), 0);
});
