// Searches from the laboratory: a way to break a promise, what each fault changed, and when it was too late.

import assert from "node:assert/strict";
import { accessible, inPage, PHONE, picture, told } from "../support/browser.mjs";

const at = "#free=primary-backup";
const button = (page, name) => page.getByRole("button", { name, exact: true });
const hunt = (page) => page.locator(".search").first();
const mattered = (page) => page.locator(".mattered");

/** The model whose reads may be stale. */
async function careless(page) {
  await page.locator(".settings summary").click();
  await page.locator(".settings").getByRole("combobox", { name: "A write waits for" }).selectOption("one backup");
  await page.locator(".settings").getByRole("checkbox", { name: "Read at backups" }).check();
  await page.locator(".settings summary").click();
}

async function lookFor(page, name) {
  await page.getByText("Find a way to break it").click();
  await hunt(page).getByRole("combobox", { name: "Promise" }).selectOption({ label: name });
}

for (const [place, size, scheme] of [["desk", undefined, "dark"], ["phone", PHONE, "light"]]) {
  inPage(`a way to break a promise is found, shown as a run, and taken back: ${place}`, { at, scheme, ...(size && { size }) }, async (page) => {
    await careless(page);
    await lookFor(page, "linearizable");
    await button(page, "Look for it").click();
    await hunt(page).getByText(/linearizable is broken at/).waitFor({ timeout: 40_000 });
    await hunt(page).getByText(/none of them can be left out/).waitFor();
    await accessible(page);
    await picture(page, `search-found-${place}`);
    await button(page, "Show this run").click();
    await page.locator(".lights").getByRole("button", { name: "linearizable: broken" }).waitFor();
    assert.ok((await page.locator(".node.client.accused").count()) >= 1, "who shows it is marked on the stage");
    await button(page, "Undo").click();
    await page.locator(".lights").getByRole("button", { name: "one primary: kept" }).waitFor();
    assert.equal(await page.locator(".lights").getByRole("button", { name: "linearizable: broken" }).count(), 0);
    await button(page, "Redo").click();
    await page.locator(".lights").getByRole("button", { name: "linearizable: broken" }).waitFor();
  });
}

inPage("what was covered is told when nothing is found, and a bound that is none is named", { at }, async (page) => {
  await page.getByText("Find a way to break it").click();
  const form = hunt(page);
  await form.getByRole("combobox", { name: "Promise" }).selectOption({ label: "linearizable" });
  await form.getByRole("combobox", { name: "Look" }).selectOption("at everything, within bounds");
  await form.getByLabel("Steps").fill("3");
  await form.getByLabel("Requests").fill("99");
  await button(page, "Look for it").click();
  await form.getByRole("alert").getByText("Requests: “99” is not a whole number from 0 to 8").waitFor();
  await form.getByLabel("Requests").fill("1");
  await button(page, "Look for it").click();
  await form.getByText(/^Not broken in \d+ states.*Not tried: crashes while a disk writes, /).waitFor({ timeout: 30_000 });
  await accessible(page);
});

inPage("a search can be stopped, and the page answers meanwhile", { at }, async (page) => {
  await lookFor(page, "monotonic writes");
  await hunt(page).getByLabel("Runs").fill("900000");
  await button(page, "Look for it").click();
  await hunt(page).getByText(/^\d+ runs$/).waitFor();
  await button(page, "Next event").click();
  await page.locator(".events li").first().waitFor();
  await hunt(page).getByRole("button", { name: "Cancel" }).click();
  await button(page, "Look for it").waitFor();
});

/** The primary is cut off, which leads to two; and somebody else is made slow, which does not matter. */
async function twoPrimaries(page) {
  await button(page, "Next event").click();
  await page.locator(".matrix summary").click();
  for (const name of ["n1 reaches n2", "n1 reaches n3", "n2 reaches n1", "n3 reaches n1"]) await button(page, name).click();
  await page.locator(".matrix summary").click();
  await button(page, "Go on until").click();
  await button(page, "a promise is broken").click();
}

inPage("of each fault it is told what it changed first, and that is a way there", { at }, async (page) => {
  await twoPrimaries(page);
  await page.getByText("What mattered").click();
  await button(page, "Run it again without each").click();
  await mattered(page).locator(".faults li").nth(3).waitFor();
  await mattered(page).getByText(/^The run up to .* was looked at\.$/).waitFor();
  // The run may go on, and be asked about again.
  await button(page, "Run it again without each").waitFor();
  assert.ok((await mattered(page).locator(".faults .matters").count()) >= 1);
  await mattered(page).getByText("Without it the promise is kept.").first().waitFor();
  await accessible(page);
  await picture(page, "search-mattered");
  const before = await page.locator(".clock").innerText();
  await mattered(page).locator(".faults button").first().click();
  assert.notEqual(await page.locator(".clock").innerText(), before);
  // Of another run it says nothing.
  await button(page, "Undo").click();
  await told(page);
  assert.equal(await mattered(page).locator(".faults li").count(), 0);
});

inPage("the odds of a bad end are drawn along the run, with how many futures were asked", { at }, async (page) => {
  await twoPrimaries(page);
  await page.getByText("What mattered").click();
  await button(page, "Ask other futures").click();
  await page.locator(".odds").getByText("bad ends, n = 60").waitFor({ timeout: 40_000 });
  await mattered(page).getByRole("status").getByText(/futures/).waitFor();
  await mattered(page).locator("details summary").click();
  const rows = await mattered(page).locator("tbody tr").allInnerTexts();
  assert.equal(rows.length, 25);
  assert.match(rows.at(-1), /100\.0 %/, "at the end it has happened");
  await accessible(page);
  await picture(page, "search-too-late");
  await mattered(page).locator("tbody button").nth(3).click();
  assert.equal(await page.locator(".clock").innerText(), rows[3].split(/\t/)[0].trim());
});

// In a frame without an origin there is no worker: the page does it itself, a piece at a time.
inPage("where there is no worker the page still answers while it searches", { at: "" }, async (page, site) => {
  await page.evaluate((address) => {
    delete globalThis.Worker;
    location.hash = address;
  }, at);
  await page.locator("main.laboratory").waitFor();
  await careless(page);
  await lookFor(page, "linearizable");
  await button(page, "Look for it").click();
  await button(page, "Next event").click();
  await page.locator(".events li").first().waitFor();
  await hunt(page).getByText(/linearizable is broken at/).waitFor({ timeout: 40_000 });
});
