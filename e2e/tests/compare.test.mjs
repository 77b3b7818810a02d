// Two runs side by side: the same seed, faults and moment; what differs, since when, and what came of it.

import assert from "node:assert/strict";
import { accessible, DESK, fingers, inPage, PHONE, picture, whole } from "../support/browser.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const clock = (page) => page.locator(".clock").textContent();
const side = (page, place) => page.locator(".side").nth(place);
const node = (page, place, name) => side(page, place).getByRole("button", { name: new RegExp(`^Node ${name}\\b`) });
const counter = async (page, name) =>
  page.locator(".counters tr").filter({ has: page.getByRole("rowheader", { name, exact: true }) }).locator("td").allInnerTexts();
const settings = async (page, place) => {
  await side(page, place).locator(".settings summary").click();
  return side(page, place).locator(".settings");
};

/** From a model in the laboratory to the run beside itself. */
async function compare(page) {
  const more = button(page, "More to do");
  if (await more.isVisible()) await more.click();
  await button(page, "Compare").click();
  await page.locator("main.compare").waitFor();
}

async function step(page, times) {
  for (let steps = 0; steps < times; steps += 1) await button(page, "Next moment").click();
}

/** Lets B lose its patience after 20 ms, when no ball can be back. */
async function impatient(page) {
  const patience = (await settings(page, 1)).getByLabel("Patience");
  const place = await patience.evaluate((input) => {
    // The scale goes in steps of 1, 2, 5: from the end that is the shortest.
    for (let value = 0; value <= Number(input.max); value += 1) {
      input.value = String(value);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return input.max;
  });
  assert.ok(Number(place) > 5);
  for (let value = 0; value <= Number(place); value += 1) {
    await patience.fill(String(value));
    if ((await patience.getAttribute("aria-valuetext")) === "20 ms") return;
  }
  assert.fail("there is no 20 ms on the scale");
}

inPage("on a phone a message is pulled off its way, and the page stays where it is", { size: PHONE, motion: true }, async (page) => {
  await page.clock.runFor(200);
  await button(page, "Pause").click();
  await compare(page);
  const middle = async (name) => {
    const { x, y, width, height } = await node(page, 0, name).boundingBox();
    return { x: x + width / 2, y: y + height / 2 };
  };
  const [a, b] = [await middle("n1"), await middle("n2")];
  const menu = page.locator("#menu");
  let place;
  for (let share = 0.15; !place && share < 0.9; share += 0.02) {
    const at = { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
    await page.mouse.click(at.x, at.y);
    // Whatever is under it, the link at least, has a menu.
    if ((await menu.textContent()).includes("ping 1")) place = at;
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "detached" });
  }
  assert.equal(await button(page, "Undo").count(), 0);
  const scrolled = () => page.evaluate(() => scrollY);
  const before = await scrolled();
  const touch = await fingers(page);
  await touch("touchStart", { ...place, id: 1 });
  for (const off of [20, 45, 70]) await touch("touchMove", { x: place.x, y: place.y + off, id: 1 });
  await touch("touchEnd");
  await button(page, "Undo").waitFor();
  assert.equal(await scrolled(), before);
});

inPage("a run stands beside itself, and differs from where a knob first matters", async (page) => {
  await step1(page);
  const before = await clock(page);
  await compare(page);
  assert.equal(await clock(page), before, "at the same moment");
  await page.getByText("Nothing yet. Choose another model").waitFor();
  assert.equal(await page.locator(".parts-at").count(), 0);
  await page.getByRole("slider", { name: "Moment" }).focus();
  await page.keyboard.press("Home");
  await impatient(page);
  await page.locator(".differing").getByText("Patience").waitFor();
  assert.match(await page.locator(".differing").innerText(), /A\s*250 ms\s*B\s*20 ms/);
  await page.getByRole("button", { name: "Find the first difference" }).click();
  const first = page.getByRole("button", { name: /^First difference at/ });
  await first.waitFor();
  assert.equal(await clock(page), "0.020 s");
  assert.match(await page.locator(".parting").innerText(), /A\s*nothing then\s*B\s*n1: no return yet/);
  assert.equal(await page.locator(".parts-at").count(), 1);
  assert.equal(await page.locator(".diagram .parts").count(), 2, "marked in both diagrams");
  await step(page, 8);
  assert.notEqual(await clock(page), "0.020 s");
  await accessible(page);
  await picture(page, "compare-desk");
  await first.click();
  assert.equal(await clock(page), "0.020 s");
  // The control was tried at several places on the way.
  while (await button(page, "Undo").isEnabled()) await page.keyboard.press("Control+z");
  await page.getByText("Nothing yet. Choose another model").waitFor();
  await page.keyboard.press("Control+Shift+z");
  await page.locator(".differing").getByText("Patience").waitFor();
});

async function step1(page) {
  await button(page, "Next event").click();
}

inPage("what is done to one is done to both, by mouse and by key, and can be taken back", { at: "#free=primary-backup" }, async (page) => {
  await step1(page);
  await compare(page);
  await step(page, 3);
  await node(page, 0, "n2").click();
  await button(page, "Kill").click();
  for (const place of [0, 1]) await side(page, place).getByRole("button", { name: /^Node n2, down/ }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "a-node-1");
  await page.keyboard.press("Control+z");
  for (const place of [0, 1]) await side(page, place).getByRole("button", { name: /^Node n2, up/ }).waitFor();
  // By key, on the other side.
  await node(page, 1, "n1").focus();
  await page.keyboard.press("ArrowRight");
  const focused = await page.evaluate(() => document.activeElement.id);
  assert.match(focused, /^b-node-[1-9]/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  const name = `n${Number(focused.split("-")[2]) + 1}`;
  for (const place of [0, 1]) await side(page, place).getByRole("button", { name: new RegExp(`^Node ${name}, down`) }).waitFor();
  const before = await clock(page);
  await page.keyboard.press(".");
  assert.notEqual(await clock(page), before);
  // A line across the stage of one cuts in both.
  const stage = await side(page, 0).locator(".stage").boundingBox();
  const [x, y] = [stage.x + stage.width * 0.5, stage.y + stage.height * 0.5];
  await page.mouse.move(stage.x + 5, y);
  await page.mouse.down();
  await page.mouse.move(x, y, { steps: 4 });
  await page.mouse.move(stage.x + stage.width - 5, y, { steps: 4 });
  await page.mouse.up();
  for (const place of [0, 1]) await side(page, place).getByRole("button", { name: "Heal all" }).waitFor();
});

inPage("another protocol in the same world: both are counted, and the link brings both back", { at: "#free=raft" }, async (page) => {
  await step1(page);
  await compare(page);
  await page.getByLabel("Model of B").selectOption("Primary and backups");
  await page.locator(".differing").getByText("Model", { exact: true }).waitFor();
  await page.getByLabel("Clients ask").last().selectOption({ index: 3 });
  for (let times = 0; times < 120; times += 1) await page.keyboard.press(".");
  const sent = (await counter(page, "Messages sent")).map(Number);
  assert.ok(sent[0] > 0 && sent[1] > 0 && sent[0] !== sent[1], `${sent}`);
  const ended = await counter(page, "Requests ended");
  assert.ok(ended.every((cell) => /^\d+ of \d+$/.test(cell)), `${ended}`);
  const [moment, first] = [await clock(page), await page.locator("#first").innerText()];
  assert.match(first, /^First difference at/);
  await page.waitForFunction((sent) => location.hash.startsWith("#compare=") && sent, sent[0]);
  await button(page, "Share").click();
  await page.getByText("sees both runs").waitFor();
  await button(page, "Copy link").click();
  await page.getByText("Copied.").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.goto("about:blank");
  await page.goto(link);
  await whole(page);
  assert.equal(await clock(page), moment);
  assert.deepEqual((await counter(page, "Messages sent")).map(Number), sent);
  assert.equal(await page.locator("#first").innerText(), first);
  assert.equal(await page.getByLabel("Model of B").evaluate((select) => select.selectedOptions[0].textContent), "Primary and backups");
});

inPage("a kept future stands beside the present one", async (page) => {
  for (let steps = 0; steps < 6; steps += 1) await step1(page);
  await node1(page, "n2").click();
  await button(page, "Kill").click();
  for (let steps = 0; steps < 4; steps += 1) await step1(page);
  await page.getByRole("slider", { name: "Moment" }).focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("PageUp");
  await node1(page, "n1").click();
  await button(page, "Slow down").click();
  await button(page, "Compare").click();
  const choice = page.getByRole("button", { name: "with the future in which n2 crashes" });
  await choice.waitFor();
  await accessible(page);
  await page.keyboard.press("Escape");
  assert.equal(await choice.count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.id), "compare");
  await button(page, "Compare").click();
  await choice.click();
  await page.locator("main.compare").waitFor();
  assert.match(await page.locator(".differing").innerText(), /Faults\s*A\s*n1 becomes slow at .*\s*B\s*n2 crashes at/);
  await page.goBack();
  await page.getByRole("button", { name: /^Node n1, up, slow/ }).waitFor();
});

const node1 = (page, name) => page.getByRole("button", { name: new RegExp(`^Node ${name}\\b`) });

inPage("both play in lock-step, and stop when they are told", { motion: true }, async (page) => {
  await page.clock.runFor(200);
  await compare(page);
  await page.clock.runFor(300);
  const before = await clock(page);
  await button(page, "Play").click();
  await page.clock.runFor(2_000);
  assert.ok((await clock(page)) > before);
  await button(page, "Pause").click();
  const paused = await clock(page);
  await page.clock.runFor(1_000);
  assert.equal(await clock(page), paused);
  for (const place of [0, 1]) assert.ok((await side(page, place).locator(".diagram .message").count()) > 0);
});

for (const scheme of ["light", "dark"]) {
  for (const [place, size] of Object.entries({ desk: DESK, phone: PHONE })) {
    inPage(`it is clean and fits: ${place}, ${scheme}`, { at: "#free=quorums", size, scheme }, async (page) => {
      await compare(page);
      const write = (await settings(page, 1)).getByLabel("W", { exact: true });
      await write.fill("1");
      await write.press("Tab");
      await page.getByLabel("Clients ask").last().selectOption({ index: 3 });
      await side(page, 1).locator(".settings summary").click();
      for (let times = 0; times < 90; times += 1) await page.keyboard.press(".");
      await page.locator(".charts .chart").nth(2).waitFor();
      await accessible(page);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= size.width, `${width} wide`);
      await picture(page, `compare-${place}-${scheme}`);
      await page.locator(".charts").scrollIntoViewIfNeeded();
      await page.locator(".charts .panel").last().scrollIntoViewIfNeeded();
      await picture(page, `compare-charts-${place}-${scheme}`);
    });
  }
}

inPage("a link that cannot be opened names the run that is at fault, and shows the way on", { at: "#compare=" }, async (page) => {
  await page.getByRole("alert").getByText("a link to a comparison has two runs").waitFor();
  await accessible(page);
  await page.evaluate(() => (location.hash = "#compare=1abc.1abc"));
  await page.getByRole("alert").getByText("of the first run, a part of the link is missing").waitFor();
  await page.getByRole("link", { name: "To the laboratory" }).click();
  await page.getByRole("combobox", { name: "Model" }).waitFor();
});

inPage("a model that does not fit this world is refused with its reason, and nothing is lost", { at: "#free=raft" }, async (page) => {
  await step1(page);
  await compare(page);
  await page.getByLabel("Model of B").selectOption("Two generals");
  await page.getByRole("alert").filter({ hasText: "2 to 2 nodes" }).waitFor();
  assert.equal(await page.getByLabel("Model of B").evaluate((select) => select.selectedOptions[0].textContent), "Raft");
});

inPage("who is looked at is inspected on both sides, and what differs is marked", { at: "#free=primary-backup" }, async (page) => {
  await step1(page);
  await compare(page);
  await page.getByRole("slider", { name: "Moment" }).focus();
  await page.keyboard.press("Home");
  const inspector = (place) => side(page, place).locator(".inspector");
  const marked = (place) => inspector(place).locator(".new dt").allInnerTexts();
  await node(page, 1, "n1").click();
  await page.keyboard.press("Escape");
  for (const place of [0, 1]) {
    await inspector(place).getByRole("heading", { name: /^n1/ }).waitFor();
    assert.deepEqual(await marked(place), []);
  }
  // In B a backup takes over long before n1 is silent.
  await (await settings(page, 1)).getByLabel("Patience").fill("0");
  await side(page, 1).locator(".settings summary").click();
  let differing = [];
  for (let steps = 0; steps < 40 && differing.length === 0; steps += 1) {
    await page.keyboard.press(".");
    differing = await marked(0);
  }
  assert.ok(differing.length > 0 && differing.every((name) => /differs/.test(name)), `${differing}`);
  assert.deepEqual(await marked(1), differing);
  await accessible(page);
  await picture(page, "compare-inspector");
  // A client, too; and away with both.
  await side(page, 0).getByRole("button", { name: /^Client c1/ }).click();
  await page.keyboard.press("Escape");
  for (const place of [0, 1]) await inspector(place).getByText("It has not asked anything yet.").waitFor();
  await inspector(0).getByRole("button", { name: "Close" }).click();
  for (const place of [0, 1]) assert.equal(await inspector(place).count(), 0);
});

inPage("both slow down where a node decides something on either side, unless that is switched off", { motion: true }, async (page) => {
  await page.clock.runFor(200);
  await compare(page);
  await page.getByRole("slider", { name: "Speed" }).fill("-2");
  await button(page, "Play").click();
  const speeds = async () => {
    const seen = new Set();
    for (let turns = 0; turns < 150 && seen.size < 2; turns += 1) {
      await page.clock.runFor(300);
      seen.add(await page.locator(".speed span").textContent());
    }
    return [...seen].sort();
  };
  assert.deepEqual(await speeds(), ["25× slower", "5× slower"]);
  await button(page, "Go on until").click();
  await page.getByRole("checkbox", { name: "Slow down at decisions" }).uncheck();
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.id), "more");
  assert.deepEqual(await speeds(), ["5× slower"]);
});

inPage("keys do what they do in the laboratory, and are listed on ?", { at: "#free=primary-backup" }, async (page) => {
  await step1(page);
  await compare(page);
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "What you can do" });
  await help.waitFor();
  await accessible(page);
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  const arrived = async () => (await counter(page, "Messages sent")).map(Number);
  const [before, sent] = [await clock(page), await arrived()];
  await page.keyboard.press(">");
  assert.notEqual(await clock(page), before);
  assert.ok((await arrived())[0] >= sent[0]);
  await node(page, 0, "n1").focus();
  await page.keyboard.press("PageDown");
  assert.equal(await page.evaluate(() => document.activeElement.id), "a-node-1");
  await page.keyboard.press("PageUp");
  assert.equal(await page.evaluate(() => document.activeElement.id), "a-node-0");
  // What is waited for in vain is said, and nothing has happened.
  const there = await clock(page);
  await button(page, "Go on until").click();
  await accessible(page);
  await button(page, "a message is lost").click();
  await page.getByRole("alert").filter({ hasText: "In two minutes of these runs it never happens" }).waitFor();
  assert.equal(await clock(page), there);
  await button(page, "What you can do").click();
  await help.getByRole("checkbox").uncheck();
  await button(page, "Close help").click();
  await page.keyboard.press(".");
  assert.equal(await clock(page), there);
});

inPage("requests of one client that last at the same time do not cover one another", { at: "#free=raft" }, async (page) => {
  await step1(page);
  await compare(page);
  await page.getByLabel("Clients ask").last().selectOption({ index: 3 });
  for (let times = 0; times < 100; times += 1) await page.keyboard.press(".");
  const bars = await side(page, 0).locator(".diagram .op rect").evaluateAll((all) => all.map((bar) => {
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(bar.getAttribute(name)));
    return { left: x, right: x + width, top: y, bottom: y + height };
  }));
  const together = (one, other) => one.left < other.right && other.left < one.right;
  const pairs = bars.flatMap((one, index) => bars.slice(index + 1).map((other) => [one, other]));
  const near = pairs.filter(([one, other]) => together(one, other) && Math.abs(one.top - other.top) < 16);
  assert.ok(near.length > 2, "some of them last at the same time");
  for (const [one, other] of near) assert.ok(one.bottom <= other.top || other.bottom <= one.top, JSON.stringify([one, other]));
  // What came of a request is seen by its colour.
  const colours = await side(page, 0).locator(".diagram .op").evaluateAll((all) => all.filter((bar) => bar.querySelector("rect")).map((bar) => [bar.classList[1], getComputedStyle(bar.querySelector("rect")).stroke]));
  const colour = new Map(colours);
  assert.ok(colour.has("failed") || colour.has("unknown"), JSON.stringify(colours));
  assert.notEqual(colour.get("open"), colour.get("failed") ?? colour.get("unknown"));
});
