// What only many runs show: measured beside the page, growing while one looks, with what is known laid
// over it, its numbers behind it, and the choices in the learner's hand.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { accessible, inPage, PHONE, picture } from "../support/browser.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const measured = (page) => page.locator(".lesson .help").filter({ hasText: /^(\d+) of \1 runs$/ }).waitFor({ timeout: 100_000 });
const caption = (page) => page.locator(".chart figcaption").innerText();
const lines = (page, ink) => page.locator(`.chart svg polyline[stroke='var(--${ink})']`).count();

/** Straight to a study of a lab. */
async function open(page, title) {
  await button(page, "Straight to the challenges").click();
  await page.getByRole("button", { name: title }).click();
  await page.getByRole("heading", { name: title }).waitFor();
}

/** The numbers behind a chart, row by row. */
async function table(page) {
  const details = page.locator(".chart details");
  if (!(await details.evaluate((element) => element.open))) await page.getByText("As a table").click();
  const rows = await page.locator(".chart tbody tr").all();
  return Promise.all(rows.map((row) => row.locator("td").allInnerTexts()));
}

/** Turns a knob down until it says this. */
async function turn(page, name, words) {
  const knob = page.getByRole("slider", { name, exact: true });
  for (let steps = 0; steps < 12; steps += 1) {
    if ((await knob.getAttribute("aria-valuetext")) === words) return;
    await knob.press("ArrowLeft");
  }
  assert.fail(`${name} never says ${words}`);
}

const percent = (text) => Number(/^[\d.]+/.exec(text)[0]);

for (const [place, options] of Object.entries({ desk: {}, "phone, dark": { size: PHONE, scheme: "dark" } })) {
  inPage(`staleness over time since the write, over what is known of it, for machines to choose: ${place}`, { at: "#lab=L12", timeout: 240_000, ...options }, async (page) => {
    await open(page, "Fresh after how long?");
    const machines = page.getByRole("combobox", { name: "World" });
    assert.deepEqual(await machines.locator("option").allInnerTexts(), ["Disks", "SSDs", "Yammer", "Three data centres"]);
    await machines.selectOption("SSDs");
    await button(page, "Measure").click();
    await page.getByRole("progressbar", { name: "Measure" }).waitFor();
    await measured(page);
    const ssds = await table(page);
    assert.equal(ssds.length, 8);
    const [at, fresh, interval, n, known] = ssds[0];
    assert.deepEqual([at, n, known], ["0ms", "5000 in 20 runs", "97.37 %"]);
    assert.match(interval, /^[\d.]+ % to [\d.]+ %$/);
    assert.ok(Math.abs(percent(fresh) - 97.37) < 1, fresh);
    assert.ok((await lines(page, "text-soft")) >= 1, "what is known is drawn");
    assert.match(await caption(page), /n ≥ 5000[^]*95 % intervals[^]*PBS's model WARS/);
    await accessible(page);
    // Another choice: what was found before stays, dashed, until it is measured again.
    await machines.selectOption("Disks");
    assert.match(await caption(page), /SSDs/);
    await button(page, "Measure").click();
    await measured(page);
    const disks = await table(page);
    assert.ok(Math.abs(percent(disks[0][1]) - 43.7) < 3, disks[0][1]);
    assert.match(await caption(page), /before: SSDs/);
    assert.ok((await lines(page, "tone-lead")) >= 1, "what was found before is drawn");
    await page.locator(".chart").scrollIntoViewIfNeeded();
    await picture(page, `study-curve-${place.replace(/\W+/g, "-")}`);
  });
}

inPage("the time without a leader is a histogram, and its shape follows the range of the timeouts", { at: "#lab=L17", timeout: 240_000 }, async (page) => {
  await open(page, "How long without a leader?");
  await button(page, "Measure").click();
  await measured(page);
  const bars = () => page.locator(".chart svg rect[fill='var(--tone-ask)']").count();
  assert.ok((await bars()) > 10);
  assert.match(await caption(page), /mean [\d.]+ ms \([\d.]+ ms to [\d.]+ ms\), n = 400[^]*Ongaro 2014, his formula and one journey: mean 198.3 ms/);
  const wide = await table(page);
  assert.deepEqual(wide.map((row) => row[0]), ["mean", "50 %", "90 %", "99 %", "99.9 %", "n"]);
  await picture(page, "study-spread");
  await accessible(page);
  await turn(page, "Election timeout, at most", "200 ms");
  await button(page, "Measure").click();
  await measured(page);
  assert.match(await caption(page), /election-max = 200 ?ms[^]*before: 15 ms a message/);
  assert.doesNotMatch(await caption(page), /Ongaro/, "it says nothing about these timeouts");
  const narrow = await table(page);
  assert.ok(percent(narrow[0][1]) > 1.1 * percent(wide[0][1]), `${narrow[0][1]} after ${wide[0][1]}`);
  // As a file, too.
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /CSV/ }).click()]);
  assert.match(await readFile(await download.path(), "utf8"), /^percentile,Time without a leader,95 % interval,known\nmean,/);
});

for (const [place, options] of Object.entries({ desk: {}, "phone, dark": { size: PHONE, scheme: "dark" } })) {
  inPage(`what a detector says against what is so, and a long measurement can be ended: ${place}`, { at: "#lab=L02", timeout: 240_000, ...options }, async (page) => {
    await open(page, "Dead, says n2. Is it?");
    await button(page, "Measure").click();
    await button(page, "Cancel").click();
    await page.getByRole("button", { name: /^Measure( again)?$/ }).click();
    await measured(page);
    assert.equal(await page.getByRole("button", { name: /^Measure/ }).count(), 0, "the same runs would show the same");
    const matrix = page.getByRole("group", { name: "What n2 says, and what is so" });
    const counts = async () => (await matrix.locator("tbody b").allInnerTexts()).map(Number);
    assert.deepEqual(await matrix.getByRole("columnheader").allInnerTexts(), ["n2 says: dead", "n2 says: alive"]);
    const patient = await counts();
    assert.equal(patient.reduce((sum, count) => sum + count), 400);
    assert.match(await matrix.locator("tbody td").first().innerText(), /\d+ % \([\d.]+ % to [\d.]+ %\)/);
    await accessible(page);
    await picture(page, `study-matrix-${place.replace(/\W+/g, "-")}`);
    await turn(page, "Timeout", "50 ms");
    await button(page, "Measure").click();
    await measured(page);
    const hasty = await counts();
    assert.ok(hasty[1] < patient[1] && hasty[2] > patient[2] + 20, `${hasty} after ${patient}`);
  });
}

inPage("two models in one chart, each with its theory as dots, and another world on the stage", { at: "#lab=L16", timeout: 240_000 }, async (page) => {
  await open(page, "Everybody, or a majority");
  const stage = page.getByRole("combobox", { name: "On the stage" });
  assert.deepEqual(await stage.locator("option").allInnerTexts(), ["Two-phase commit", "A majority"]);
  await button(page, "Measure").click();
  await measured(page);
  const rows = await table(page);
  assert.equal(rows.length, 14);
  const of = (world, nodes) => rows.find(([name, at]) => name === world && at === nodes);
  assert.ok(percent(of("Two-phase commit", "9")[2]) < 75 && percent(of("A majority", "9")[2]) > 97, JSON.stringify(rows));
  assert.deepEqual([of("Two-phase commit", "5")[5], of("A majority", "5")[5]], ["77.38 %", "99.88 %"]);
  assert.match(await caption(page), /Two-phase commit \(n ≥ 400\)[^]*A majority \(n ≥ 400\)[^]*Sums of binomial terms/);
  assert.equal(await page.locator(".chart svg circle").count(), 14);
  // What is on the stage is another matter; what was found stays.
  await stage.selectOption("A majority");
  await page.locator("dl.measured dt").getByText("Nodes up").waitFor();
  assert.equal((await table(page)).length, 14);
  await accessible(page);
  await page.locator(".chart").scrollIntoViewIfNeeded();
  await picture(page, "study-together");
});

for (const [place, options] of Object.entries({ desk: {}, "phone, dark": { size: PHONE, scheme: "dark" } })) {
  inPage(`six ranges of timeouts over what was published of them: ${place}`, { at: "#lab=L17", timeout: 240_000, ...options }, async (page) => {
    await open(page, "A little randomness");
    await button(page, "Measure").click();
    // Long enough that each has some runs.
    await page.waitForFunction(() => Number(document.querySelector("progress[max]")?.getAttribute("value")) >= 90, null, { timeout: 200_000 });
    await button(page, "Cancel").click();
    const rows = await table(page);
    assert.equal(rows.length, 12, "six measured, six known");
    const published = rows.find(([name]) => name === "150 to 155 ms, Ongaro 2014, read off his figure");
    assert.deepEqual(published.slice(2, 4), ["287 ms", "609 ms"]);
    const never = rows.find(([name]) => name === "150 to 150 ms");
    assert.equal(never.at(-1), never[1], "without randomness nobody is ever elected");
    assert.match(await caption(page), /150 to 150 ms: not half of \d+ runs[^]*150 to 300 ms: half within [\d.]+ ms/);
    assert.ok((await page.locator(".chart svg circle").count()) >= 30, "what is published is drawn");
    await page.getByText(/^150 to 150 ms: in \d+ of \d+ runs it did not happen within/).waitFor();
    await accessible(page);
    await page.locator(".chart").scrollIntoViewIfNeeded();
    await picture(page, `study-ranges-${place.replace(/\W+/g, "-")}`);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /SVG/ }).click()]);
    assert.match(await readFile(await download.path(), "utf8"), /150 to 155 ms/);
  });
}
inPage("what is chosen in a study is what is measured: it is no gesture that could be taken back from the run alone", { at: "#lab=L02" }, async (page) => {
  await open(page, "Dead, says n2. Is it?");
  await turn(page, "Timeout", "50 ms");
  const clock = page.locator("output.clock");
  const before = await clock.innerText();
  await button(page, "Next event").click();
  await clock.filter({ hasNotText: before }).waitFor();
  assert.equal(await button(page, "Undo").count(), 0);
  await page.keyboard.press("Control+z");
  const knob = page.getByRole("slider", { name: "Timeout", exact: true });
  assert.equal(await knob.getAttribute("aria-valuetext"), "50 ms");
});

inPage("while many runs are done, what happens in the one that is looked at is still told", { open: false }, async (page, site) => {
  // A measurement that tells how far it is again and again, and never comes to its end.
  await page.addInitScript(() => {
    window.Worker = class extends Worker {
      set onmessage(hear) {
        super.onmessage = (first) => {
          super.onmessage = null;
          setInterval(() => hear(first), 50);
        };
      }
    };
  });
  await page.goto(`${site.url}#lab=L02`);
  await open(page, "Dead, says n2. Is it?");
  await button(page, "Measure").click();
  const progress = page.getByRole("progressbar", { name: "Measure" });
  // The first report has come.
  await page.locator(".lesson progress[value]").waitFor();
  const told = () => page.locator(".announcer").textContent();
  const before = await told();
  await button(page, "Next event").click();
  await page.waitForFunction((before) => document.querySelector(".announcer").textContent !== before, before);
  assert.equal(await progress.count(), 1, "it is still measured");
});

inPage("a step brings a world of its own, and the way back leads to the other", { at: "#lab=L24" }, async (page) => {
  await button(page, "No bet, just show me").click();
  const say = page.locator(".lesson .say");
  for (let step = 0; step < 9; step += 1) {
    const now = await say.innerText();
    await page.getByRole("button", { name: /^(Skip|Continue)$/, disabled: false }).first().click();
    await say.filter({ hasNotText: now }).waitFor();
  }
  await say.getByText("A second act").waitFor();
  await page.getByRole("definition").or(page.locator("dl.measured dd")).first().waitFor();
  assert.deepEqual(await page.locator("dl.measured dt").allInnerTexts(), ["Writes tried", "Writers done"]);
  await accessible(page);
  await picture(page, "step-with-a-world");
  await button(page, "To the end of this").click();
  await button(page, "Continue").click();
  await say.getByText("Ten are done").waitFor();
  await button(page, "Previous").click();
  await button(page, "Previous").click();
  await say.getByText("Late work is dropped").waitFor();
  await page.locator("dl.measured dt").getByText("Answered, last 5 s").waitFor();
});
