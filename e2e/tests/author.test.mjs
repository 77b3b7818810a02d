// Writing a lab: a run performed by hand becomes a file that the command says is well, and that can be opened
// again; faults are named with file, line and field; nothing is lost by a reload.

import assert from "node:assert/strict";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { accessible, DESK, inPage, PHONE, picture, whole } from "../support/browser.mjs";
import { command, ROOT } from "../support/command.mjs";

const go = (page, name) => page.getByRole("button", { name, exact: true });

/** Puts a text into a field and leaves it. */
async function fill(page, field, text) {
  const place = page.locator(`[id="field-${field}"]`);
  await place.evaluate((element) => {
    for (let around = element.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
  });
  if ((await place.evaluate((element) => element.tagName)) === "SELECT") return place.selectOption(text);
  await place.fill(text);
  await place.blur();
}

async function look(page, ms) {
  const slider = page.getByRole("slider", { name: "Moment" });
  await slider.fill(String(ms / 10));
  await page.locator(".performed output").getByText(ms < 1000 ? `${ms} ms` : `${ms / 1000} s`).waitFor();
}

/** A run in the laboratory in which n1 is killed by hand. */
async function perform(page) {
  await page.getByRole("button", { name: /^Node n1/ }).click();
  await go(page, "Kill").click();
  for (let events = 0; events < 12; events++) await go(page, "Next event").click();
  await go(page, "Make a lab").click();
  await page.getByRole("heading", { name: "Write a lab" }).waitFor();
}

const WORDS = {
  title: "Who answers now?",
  goal: "I can say what a dead node does not do.",
  hook: "A node dies. Who notices?",
  "bet.ask": "Will n1 be back by itself?",
  "bet.when": "time >= 1s",
  free: "What if the other one dies?",
  correctness: "Nothing is hidden.",
  "challenge[1].title": "Kill it",
  "challenge[1].say": "Make the first node go down.",
  "challenge[1].hints": "Look at n1.",
  "challenge[1].won": "It is down.",
  "teacher.goal": "Dead is not slow.",
  "teacher.plan": "Bet.\nRun.",
  "teacher.questions": "Who knows?\nSince when?",
  "teacher.scene[1].title": "It is dead",
};

inPage("a run performed by hand is trimmed, captioned, and brought back by Undo and by a reload", { at: "#free=primary-backup" }, async (page) => {
  await perform(page);
  await page.getByText(/The lab shows 0 ns to /).waitFor();
  await look(page, 500);
  await go(page, "Begin here").click();
  await page.getByText("The lab shows 500 ms to ").waitFor();
  await look(page, 3000);
  await go(page, "End here").click();
  await page.getByText("The lab shows 500 ms to 3 s.").waitFor();
  await look(page, 100);
  await go(page, "End here").click();
  await page.getByRole("alert").getByText("A lab cannot end before it begins.").waitFor();
  await look(page, 1000);
  await page.getByLabel("What to say at this moment").fill("Here it is quiet.");
  await go(page, "Add caption").click();
  await page.locator(".captions").getByText("Here it is quiet.").waitFor();
  await go(page, "Undo").click();
  await page.locator(".captions").waitFor({ state: "detached" });
  await go(page, "Redo").click();
  await page.getByLabel("Goal of the first challenge").selectOption("broken(linearizable)");
  await fill(page, "title", "Mine");
  await page.reload();
  await whole(page);
  await page.locator(".captions").getByText("Here it is quiet.").waitFor();
  assert.equal(await page.locator('[id="field-title"]').inputValue(), "Mine");
  assert.equal(await page.locator('[id="field-challenge[1].goal"]').inputValue(), "broken(linearizable)");
  // What is missing is named with file, line and field, and leads there.
  const missing = go(page, /my-lab\.toml:\d+: hook: this is missing/).or(page.getByRole("button", { name: /my-lab\.toml:\d+: hook: this is missing/ }));
  await page.locator(".state-of-lab summary").click();
  await missing.first().click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "field-hook");
  await go(page, "Start over").click();
  await page.getByText("First perform a run").waitFor();
  await go(page, "Undo").click();
  await page.getByText("The lab shows 500 ms to 3 s.").waitFor();
});

inPage("a lab from a run is well by the page and by the command, can be tried, and opened again", { at: "#free=primary-backup" }, async (page) => {
  await perform(page);
  await look(page, 2000);
  await go(page, "End here").click();
  await look(page, 500);
  await page.getByLabel("What to say at this moment").fill("The primary is dead.");
  await go(page, "Add caption").click();
  await look(page, 1200);
  await page.getByLabel("What to say at this moment").fill("And nobody has told the client.");
  await go(page, "Add caption").click();
  await go(page, "Add: step").click();
  await fill(page, "step[3].kind", "explain");
  await fill(page, "step[3].say", "Dead nodes say nothing.");
  for (const option of [1, 2]) await page.locator('[id="field-bet.option"] > button').evaluate((button) => button.click());
  await fill(page, "bet.option[1].say", "Yes");
  await fill(page, "bet.option[1].right", "up(n1)");
  await fill(page, "bet.option[2].say", "No");
  await fill(page, "bet.option[2].right", "down(n1)");
  for (const [field, text] of Object.entries(WORDS)) await fill(page, field, text);
  await fill(page, "challenge[1].goal", "down(n1) and setting(take-over) = on");
  await fill(page, "challenge[1].fix", "take-over = off");
  await page.getByText("The file can be read.").waitFor();
  await go(page, "Try everything out").click();
  await page.getByText("The lab is well").waitFor();
  await accessible(page);
  await picture(page, "author-desk-light");
  // Of a file that cannot be read nothing is said but that, and the draft stays.
  for (const [name, text, why] of [["half.toml", "format = \n", /half\.toml:1: this is not TOML/], ["empty.toml", "\n", /empty\.toml: there is nothing in it/]]) {
    await page.getByLabel("Open a lab file").setInputFiles({ name, mimeType: "application/toml", buffer: Buffer.from(text) });
    await page.getByRole("alert").getByText(why).waitFor();
    assert.equal(await page.getByText("The lab is well").count(), 0);
    assert.equal(await page.getByText("things are missing").count(), 0);
  }

  const saving = page.waitForEvent("download");
  await go(page, "Save the file").click();
  const download = await saving;
  assert.equal(download.suggestedFilename(), "my-lab.toml");
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), "lab-")), "my-lab.toml");
  await download.saveAs(file);
  assert.match(command("lab", "check", file), /is well/);

  await go(page, "Preview").click();
  await page.getByText("Will n1 be back by itself?").waitFor();
  await go(page, "No bet, just show me").click();
  await page.getByText("The primary is dead.").waitFor();
  await go(page, "Back to writing").click();
  assert.equal(await page.evaluate(() => localStorage.getItem("faultline.progress")), null, "a preview is no progress");

  // Opened again it is the same file.
  await go(page, "Start over").click();
  await page.getByLabel("Open a lab file").setInputFiles(file);
  await page.getByText("And nobody has told the client.").first().waitFor();
  const again = page.waitForEvent("download");
  await go(page, "Save the file").click();
  assert.equal(await readFile(await (await again).path(), "utf8"), await readFile(file, "utf8"));
});

inPage("a file that is no TOML is refused with its line, and a lab of ours can be edited", { at: "#author" }, async (page) => {
  const bad = path.join(await mkdtemp(path.join(os.tmpdir(), "lab-")), "bad.toml");
  await writeFile(bad, "format = 1\ntitle = \n");
  await page.getByLabel("Open a lab file").setInputFiles(bad);
  await page.getByRole("alert").getByText(/bad\.toml:2: this is not TOML/).waitFor();
  // The same file can be chosen again.
  assert.equal(await page.getByLabel("Open a lab file").evaluate((input) => input.files.length), 0);
  await page.getByLabel("Open a lab file").setInputFiles(path.join(ROOT, "static/labs/L10.toml"));
  await page.getByText("The file can be read.").waitFor();
  await fill(page, "hook", Array(50).fill("word").join(" "));
  await page.getByRole("button", { name: /^L10\.toml:\d+: hook: it has 50 words/ }).waitFor();
  await accessible(page);
});

for (const [place, size] of [["desk", DESK], ["phone", PHONE]]) {
  inPage(`without a run it says what to do, and fits: ${place}`, { at: "#author", size, scheme: "dark" }, async (page) => {
    await page.getByText("First perform a run").waitFor();
    await accessible(page);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.getByLabel("Open a lab file").setInputFiles(path.join(ROOT, "static/labs/L10.toml"));
    await page.getByText("The file can be read.").waitFor();
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    const words = await go(page, "Start over").evaluate((button) => [parseFloat(getComputedStyle(button).fontSize), button.scrollWidth <= button.clientWidth]);
    assert.ok(words[0] > 10 && words[1], "the button can be read");
    await picture(page, `author-${place}-dark`);
  });
}

inPage("where the browser keeps nothing the page says so, and the run stays in the address", { open: false }, async (page, site) => {
  await page.addInitScript(() => Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("refused", "SecurityError"); } }));
  await page.goto(`${site.url}#free=primary-backup`);
  await whole(page);
  await perform(page);
  await page.getByText("The browser keeps nothing for this page").waitFor();
  assert.match(page.url(), /#author=/);
  await page.reload();
  await page.getByText(/The lab shows 0 ns to /).waitFor();
});

inPage("a lab around a run of another model puts the draft aside, says so, and brings it back", { at: "#author" }, async (page, site) => {
  await page.getByLabel("Open a lab file").setInputFiles(path.join(ROOT, "static/labs/L07.toml"));
  await page.getByText("The file can be read.").waitFor();
  await page.goto(`${site.url}#free=primary-backup`);
  await whole(page);
  await perform(page);
  await page.getByText("The lab that you were writing gave way to this one.").waitFor();
  await accessible(page);
  await go(page, "Bring it back").click();
  await page.locator(".letters pre").filter({ hasText: "replicated-log" }).waitFor({ state: "attached" });
  assert.equal(await go(page, "Bring it back").count(), 0);
});

inPage("what is being typed survives a reload, and two tabs write at one lab", { at: "#free=primary-backup" }, async (page, site) => {
  await perform(page);
  const field = (tab, name) => tab.locator(`[id="field-${name}"]`);
  await field(page, "hook").fill("Half a thou");
  await page.getByLabel("What to say at this moment").fill("Half a caption");
  await field(page, "hook").pressSequentially("ght");
  await page.reload();
  await whole(page);
  assert.equal(await field(page, "hook").inputValue(), "Half a thought");
  assert.equal(await page.getByLabel("What to say at this moment").inputValue(), "Half a caption");
  const other = await page.context().newPage();
  await other.goto(`${site.url}#author`);
  await whole(other);
  await fill(other, "goal", "From the other tab.");
  await page.waitForFunction(() => document.getElementById("field-goal").value === "From the other tab.");
  await fill(page, "title", "From this tab");
  await other.waitForFunction(() => document.getElementById("field-title").value === "From this tab");
  assert.equal(await field(other, "goal").inputValue(), "From the other tab.");
  // What the other tab did can be taken back here.
  await go(page, "Undo").click();
  await go(page, "Undo").click();
  assert.notEqual(await field(page, "goal").inputValue(), "From the other tab.");
});
