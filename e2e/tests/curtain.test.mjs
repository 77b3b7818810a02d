// Behind a curtain: only what a client knows is to be seen, one says what it was, the curtain opens, and the
// table of guesses grows. It stays on the device, and can be erased.

import assert from "node:assert/strict";
import { accessible, inPage, PHONE, picture, whole } from "../support/browser.mjs";

const STORIES = ["The request was lost", "The answer was lost", "n1 crashed before it booked it", "n1 booked it, then crashed", "It was merely slow"];
const button = (page, name) => page.getByRole("button", { name, exact: true });
const table = (page) => page.getByRole("group", { name: "What it was, and what you said" });
const kept = (page) => page.evaluate(() => localStorage.getItem("faultline.progress") ?? "");

/** The counts of the table, row by row: what it was; in each row what was said. */
async function counts(page) {
  const rows = await table(page).locator("tbody tr").all();
  return Promise.all(rows.map(async (row) => (await row.locator("b").allInnerTexts()).map(Number)));
}

/** Lets a reader's fingers do it: tabs on to a button of the lab, and presses it. */
async function press(page, name) {
  await button(page, name).focus();
  await page.keyboard.press("Enter");
}

/** Says in one round what it was; returns what it turned out to be. */
async function round(page, story) {
  await page.getByText("Only what c1 knows").waitFor();
  if (await button(page, "To the end of this").count()) await press(page, "To the end of this");
  await page.locator(".answers button:enabled").first().waitFor();
  await press(page, story);
  await page.getByRole("heading", { name: /^(Right, this time|It was something else)$/ }).waitFor();
  const words = await page.locator(".verdict > p").first().innerText();
  return STORIES.findIndex((other) => words.startsWith(other));
}

for (const [place, options] of Object.entries({ desk: {}, "phone, dark": { size: PHONE, scheme: "dark" } })) {
  inPage(`one guesses what was behind a silence, and the table of guesses grows: ${place}`, { at: "#lab=L02", timeout: 120_000, ...options }, async (page) => {
    await button(page, "Straight to the challenges").click();
    await page.getByRole("button", { name: "One silence, five stories" }).click();
    // The curtain: of n1 nothing is known, and there is no way around it.
    await page.getByText("Only what c1 knows").waitFor();
    await page.getByRole("button", { name: "n1: c1 cannot see how it is" }).waitFor();
    for (const name of ["Show everything", "Share", "Compare", "Undo"]) assert.equal(await button(page, name).count(), 0, name);
    assert.equal(await page.locator("dl.measured, .matrix, .flights, .state").count(), 0);
    assert.equal(await page.locator(".answers button:enabled").count(), 0, "it is too early to say");
    await page.getByText("Your guesses will be counted here").waitFor();
    await accessible(page);
    await press(page, "To the end of this");
    await page.locator(".answers button:enabled").first().waitFor();
    assert.deepEqual(await page.locator(".answers button").allInnerTexts(), STORIES);
    // Time does not go on to what would give it away.
    const asked = await page.locator(".clock").innerText();
    for (let step = 0; step < 4; step += 1) await page.keyboard.press(".");
    assert.equal(await page.locator(".clock").innerText(), asked);
    await picture(page, `curtain-closed-${place.replace(/\W+/g, "-")}`);
    await accessible(page);

    const was = [];
    for (let played = 0; played < 3; played += 1) {
      was.push(await round(page, STORIES[1]));
      assert.ok(was[played] >= 0);
      assert.equal(await page.getByText("Only what c1 knows").count(), 0, "the curtain is open");
      const wanted = STORIES.map((_, truth) => STORIES.map((_, said) => (said === 1 ? was.filter((other) => other === truth).length : 0)));
      assert.deepEqual(await counts(page), wanted);
      if (played === 0) {
        await page.locator("dl.measured dt").getByText("In the account").waitFor();
        await accessible(page);
      }
      if (played < 2) await press(page, "Next round");
    }
    const right = was.filter((truth) => truth === 1).length;
    await page.getByText(`Right in ${right} of 3 rounds. Whoever draws lots is right in one of 5.`).waitFor();
    await table(page).scrollIntoViewIfNeeded();
    await picture(page, `curtain-open-${place.replace(/\W+/g, "-")}`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));

    // It is there when the page comes back, and the next round begins behind a closed curtain.
    assert.match(await kept(page), /^guess L02 silence [a-z-]+\/answer-lost=\d/m);
    await page.reload();
    await whole(page);
    await page.getByText("Only what c1 knows").waitFor();
    assert.equal((await counts(page)).flat().reduce((sum, count) => sum + count), 3);
    await press(page, "Erase this table");
    await table(page).waitFor({ state: "detached" });
    assert.doesNotMatch(await kept(page), /^guess/m);
  });
}

inPage("what it was is heard, not only seen", { at: "#lab=L02" }, async (page) => {
  await button(page, "Straight to the challenges").click();
  await page.getByRole("button", { name: "One silence, five stories" }).click();
  const truth = await round(page, STORIES[4]);
  assert.match(await page.locator(".verdict[role=status]").ariaSnapshot(), new RegExp(STORIES[truth]));
  // The evidence is what the run shows.
  await page.locator(".verdict summary").click();
  assert.match(await page.locator(".verdict .evidence").innerText(), /faults\(crash\) = [01]/);
});
