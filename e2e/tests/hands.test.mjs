// What hands do on the stage: every fault by mouse, by finger or by key, and all of it undone.

import assert from "node:assert/strict";
import { accessible, fingers, inPage, PHONE, picture, told } from "../support/browser.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const events = (page) => page.locator(".events li");
const node = (page, name) => page.getByRole("button", { name: new RegExp(`^Node ${name}\\b`) });
const menu = (page) => page.locator("#menu");
const closed = async (page) => {
  await told(page);
  return page.locator(".matrix summary small").textContent();
};

async function open(page, title) {
  await page.getByRole("combobox", { name: "Model" }).selectOption(title);
}

async function step(page, times) {
  for (let steps = 0; steps < times; steps += 1) await button(page, "Next event").click();
}

/** The middle of a node, in the page. */
async function middle(page, name) {
  const { x, y, width, height } = await node(page, name).boundingBox();
  return { x: x + width / 2, y: y + height / 2 };
}

/** A point on the way from one node to another. */
async function between(page, from, to, share) {
  const [a, b] = [await middle(page, from), await middle(page, to)];
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
  await page.mouse.move(to.x, to.y);
}

/** Where a message from n1 to n2 is on the stage: it is looked for with the mouse, along its way. */
async function onItsWay(page, says) {
  for (let share = 0.15; share < 0.9; share += 0.02) {
    const at = await between(page, "n1", "n2", share);
    await page.mouse.click(at.x, at.y);
    const found = (await menu(page).count()) > 0 && (await menu(page).textContent()).includes(says);
    if (await menu(page).count()) await page.keyboard.press("Escape");
    if (found) return at;
  }
  assert.fail(`${says} is not on the stage`);
}

/** Where the first message is that is on its way from n1 to n2: its list leads to its menu. */
async function message(page) {
  const flights = page.locator(".flights");
  if (!(await flights.evaluate((details) => details.open))) await flights.locator("summary").click();
  await flights.getByRole("button").first().click();
  await menu(page).waitFor();
}

inPage("a node offers its few actions beside it, and each is undone and done again", async (page) => {
  await step(page, 2);
  await node(page, "n1").click();
  assert.deepEqual(await menu(page).getByRole("button").allInnerTexts(), ["", "Kill", "Pause it", "Slow down", "Clock 1 s ahead", "Fire: no return yet"]);
  await accessible(page);
  await picture(page, "menu-node");
  await button(page, "Slow down").click();
  await page.getByRole("button", { name: /^Node n1, up, slow/ }).waitFor();
  assert.equal(await menu(page).count(), 0);
  await page.keyboard.press("Control+z");
  await page.getByRole("button", { name: /^Node n1, up, serves/ }).waitFor();
  await page.keyboard.press("Control+Shift+Z");
  await page.getByRole("button", { name: /^Node n1, up, slow/ }).waitFor();
  await button(page, "Undo").click();
  await button(page, "Redo").click();
  await page.getByRole("button", { name: /^Node n1, up, slow/ }).waitFor();
  assert.equal(await button(page, "Redo").isDisabled(), true);

  await button(page, "Undo").click();
  await node(page, "n1").click();
  await button(page, "Fire: no return yet").click();
  await events(page).filter({ hasText: "n1: no return yet" }).waitFor();
});

inPage("the menu goes with a key, and the focus comes back", async (page) => {
  await node(page, "n2").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^Node n2, down/ }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "node-1");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Restart");
  await page.keyboard.press("Escape");
  assert.equal(await menu(page).count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.id), "node-1");
});

inPage("a client asks from the stage, and a node can be asked", async (page) => {
  await open(page, "Primary and backups");
  await page.getByRole("button", { name: /^Client c1/ }).click();
  await menu(page).getByRole("combobox", { name: "Asks whom" }).selectOption("n2");
  await button(page, "write").click();
  await events(page).filter({ hasText: "c1 asks n2: write" }).waitFor();
  await node(page, "n1").click();
  await button(page, "c1 asks: read").click();
  await events(page).filter({ hasText: "c1 asks n1: read" }).waitFor();
});

inPage("a link is cut one way or both by a click on it, and seen to be cut", async (page) => {
  await open(page, "Primary and backups");
  await step(page, 3);
  const canvas = () => page.locator("canvas").evaluate((canvas) => canvas.toDataURL());
  const { x, y } = await between(page, "n2", "n3", 0.5);
  const whole = await canvas();
  await page.mouse.click(x, y);
  await button(page, "Cut n2 → n3").click();
  await events(page).filter({ hasText: "the link from n2 to n3 is cut" }).waitFor();
  assert.equal(await closed(page), "1 cut");
  assert.notEqual(await canvas(), whole);
  await page.mouse.click(x, y);
  await picture(page, "menu-link");
  await button(page, "Cut the other way too").click();
  assert.equal(await closed(page), "2 cut");
  await page.mouse.click(x, y);
  await button(page, "Heal n3 → n2").click();
  assert.equal(await closed(page), "1 cut");
  await button(page, "Heal all").click();
  assert.equal(await closed(page), "all");
  assert.equal(await button(page, "Heal all").count(), 0);
});

inPage("a line across the stage partitions what it separates, and the table says who reaches whom", async (page) => {
  await open(page, "Primary and backups");
  await step(page, 3);
  const stage = await page.locator("canvas").boundingBox();
  const [n1, n2] = [await middle(page, "n1"), await middle(page, "n2")];
  const level = (n1.y + n2.y) / 2 + 30;
  await drag(page, { x: stage.x + 6, y: level }, { x: stage.x + stage.width - 6, y: level });
  await picture(page, "stroke");
  await page.mouse.up();
  await events(page).filter({ hasText: "the network is partitioned: n2, n3 on one side" }).waitFor();
  await page.locator(".matrix summary").click();
  const reaches = (from, to) => page.locator(".matrix").getByRole("button", { name: `${from} reaches ${to}`, exact: true });
  const reached = async (from, to) => {
    await told(page);
    return reaches(from, to).getAttribute("aria-pressed");
  };
  assert.equal(await reached("n1", "n2"), "false");
  assert.equal(await reached("n3", "n2"), "true");
  await accessible(page);
  await picture(page, "partition");
  // One direction of a partition can be opened alone, and closed again.
  await reaches("n1", "n2").click();
  assert.equal(await reached("n1", "n2"), "true");
  assert.equal(await reached("n1", "n3"), "false");
  await page.keyboard.press("Control+z");
  assert.equal(await reached("n1", "n2"), "false");
  await page.keyboard.press("Control+z");
  assert.equal(await closed(page), "all");
});

inPage("a message is dropped, doubled, delayed or delivered from its menu", async (page) => {
  await step(page, 1);
  await message(page);
  await accessible(page);
  await picture(page, "menu-message");
  await button(page, "Drop").click();
  await events(page).filter({ hasText: "“pong 1” from n2 to n1 is taken out" }).waitFor();
  await page.keyboard.press("Control+z");
  await message(page);
  await button(page, "Duplicate").click();
  await events(page).filter({ hasText: "is now there twice" }).waitFor();
  await page.keyboard.press("Control+z");
  await message(page);
  await menu(page).getByRole("button", { name: /^Delay by/ }).click();
  await events(page).filter({ hasText: "is held up" }).waitFor();
  await page.keyboard.press("Control+z");
  await message(page);
  await button(page, "Deliver now").click();
  await step(page, 1);
  await events(page).filter({ hasText: "n1 receives “pong 1”" }).waitFor();
});

inPage("a message is dragged: back to come later, off its way to be lost, to its end to arrive", { motion: true }, async (page) => {
  // It stops as soon as it is taken hold of.
  const [a, b] = [await middle(page, "n1"), await middle(page, "n2")];
  const clock = () => page.locator(".clock").textContent();
  await page.clock.runFor(200);
  await button(page, "Pause").click();
  const seen = await clock();
  const due = Number.parseFloat(seen);
  assert.ok(due > 0.005 && due < 0.045, seen);
  const place = await onItsWay(page, "ping 1");
  await drag(page, place, { x: place.x, y: place.y + 120 });
  await page.mouse.up();
  await events(page).filter({ hasText: "taken out" }).waitFor();
  await page.keyboard.press("Control+z");
  await drag(page, place, { x: b.x - 50, y: b.y });
  await page.mouse.up();
  await events(page).filter({ hasText: "arrives at once" }).waitFor();
  await page.keyboard.press("Control+z");
  await drag(page, place, { x: a.x + (place.x - a.x) * 0.7, y: a.y });
  await picture(page, "message-held");
  await page.mouse.up();
  await events(page).filter({ hasText: "is held up" }).waitFor();
});

inPage("a finger on a phone does it too", { size: PHONE }, async (page) => {
  await step(page, 1);
  await node(page, "n2").tap();
  await picture(page, "menu-node-phone");
  await accessible(page);
  await button(page, "Kill").tap();
  await page.getByRole("button", { name: /^Node n2, down/ }).waitFor();
  const { x, y } = await between(page, "n1", "n2", 0.75);
  await page.touchscreen.tap(x, y);
  await button(page, "Cut both ways").tap();
  assert.equal(await closed(page), "2 cut");
  await button(page, "Heal all").tap();
  const { wide, scroll } = await page.evaluate(() => ({ wide: innerWidth, scroll: document.documentElement.scrollWidth }));
  assert.ok(scroll <= wide);
});

inPage("a finger takes a message off its way, and two fingers cut nothing", { size: PHONE, motion: true }, async (page) => {
  await page.clock.runFor(200);
  await button(page, "Pause").click();
  const scrolled = () => page.evaluate(() => scrollY);
  const at = await between(page, "n1", "n2", 0.5);
  const touch = await fingers(page);
  await touch("touchStart", { ...at, id: 1 });
  await touch("touchMove", { x: at.x, y: at.y - 70, id: 1 }, { x: at.x + 40, y: at.y - 70, id: 2 });
  await touch("touchMove", { x: at.x, y: at.y - 90, id: 1 }, { x: at.x + 40, y: at.y + 90, id: 2 });
  await touch("touchEnd");
  assert.equal(await closed(page), "all");

  const start = await onItsWay(page, "ping 1");
  const before = await scrolled();
  await touch("touchStart", { ...start, id: 1 });
  for (const off of [20, 45, 70]) await touch("touchMove", { x: start.x, y: start.y + off, id: 1 });
  await touch("touchEnd");
  await events(page).filter({ hasText: "taken out" }).waitFor();
  assert.equal(await scrolled(), before, "the page stays where it is");
});

inPage("a finger cuts the link that it crosses, and two that part across it cut nothing", { size: PHONE, at: "#free=raft" }, async (page) => {
  await step(page, 3);
  const [a, b] = [await middle(page, "n2"), await middle(page, "n3")];
  assert.ok(Math.abs(b.y - a.y) > Math.abs(b.x - a.x), "the link is steep");
  const { x, y } = await between(page, "n2", "n3", 0.5);
  const touch = await fingers(page);
  const at = (dx, id = 1) => ({ x: x + dx, y, id });
  await touch("touchStart", at(-30));
  for (const dx of [-15, 0, 15, 30]) await touch("touchMove", at(dx));
  await touch("touchEnd");
  await events(page).filter({ hasText: "the link from n2 to n3 is cut" }).waitFor();
  await page.keyboard.press("Control+z");
  await page.locator("button[aria-disabled]", { hasText: "Undo" }).waitFor();
  assert.equal(await closed(page), "all");
  await touch("touchStart", at(-30));
  await touch("touchStart", at(-30), at(-60, 2));
  for (const dx of [-15, 0, 15, 30]) await touch("touchMove", at(dx), at(-90 - dx, 2));
  await touch("touchEnd");
  await told(page);
  const before = await events(page).first().innerText();
  await step(page, 1);
  await page.waitForFunction((before) => document.querySelector(".events li").innerText !== before, before);
  assert.equal(await closed(page), "all");
  assert.equal(await button(page, "Undo").isDisabled(), true);
});

inPage("the other button of a mouse cuts nothing", async (page) => {
  await open(page, "Primary and backups");
  await step(page, 3);
  const a = await between(page, "n2", "n3", 0.5);
  await page.mouse.move(a.x, a.y - 60);
  await page.mouse.down({ button: "right" });
  await page.mouse.move(a.x, a.y + 60, { steps: 4 });
  await page.mouse.up({ button: "right" });
  assert.equal(await closed(page), "all");
});

inPage("a node is cut off from all in one gesture, with its client", async (page) => {
  await open(page, "Primary and backups");
  await node(page, "n1").click();
  await button(page, "Cut off with c1").click();
  await events(page).filter({ hasText: /the network is partitioned: n1, c1 on one side/ }).waitFor();
  assert.equal(await closed(page), "8 cut");
  await node(page, "n1").click();
  assert.equal(await button(page, "Cut off with c1").count(), 0, "nobody is left to be cut off from");
  await page.keyboard.press("Escape");
  await button(page, "Undo").click();
  assert.equal(await closed(page), "all");
});

inPage("a link that is slowed keeps its losses", async (page) => {
  await open(page, "Primary and backups");
  await page.getByText("Slow and lossy links").click();
  const links = page.locator(".links");
  await links.getByRole("combobox", { name: "From" }).selectOption("n2");
  await links.getByRole("combobox", { name: "To" }).selectOption("n3");
  await links.getByRole("combobox", { name: "Takes" }).selectOption({ index: 0 });
  await links.getByRole("combobox", { name: "Loses" }).selectOption("50%");
  await links.getByRole("button", { name: "Set" }).click();
  const { x, y } = await between(page, "n2", "n3", 0.5);
  for (const name of ["Slow down n2 → n3", "Full speed n2 → n3"]) {
    await page.mouse.click(x, y);
    await button(page, name).click();
    await told(page);
    assert.match(await links.locator("li").innerText(), /50%/);
  }
});

for (const width of [390, 320]) {
  inPage(`at ${width} px the menu of every node is whole`, { size: { width, height: 844 }, at: "#free=raft" }, async (page) => {
    await step(page, 8);
    const stage = await page.locator(".stage").boundingBox();
    for (let place = 0; place < 5; place += 1) {
      await page.locator(`#node-${place}`).click();
      const box = await menu(page).boundingBox();
      assert.ok(box.x >= stage.x && box.x + box.width <= stage.x + stage.width + 0.5, `n${place + 1}: ${JSON.stringify(box)} in ${JSON.stringify(stage)}`);
      for (const part of await menu(page).getByRole("button").all()) {
        const { x, width: wide } = await part.boundingBox();
        assert.ok(x >= box.x && x + wide <= box.x + box.width + 0.5, await part.innerText());
      }
      await page.keyboard.press("Escape");
    }
    await page.locator("#node-0").click();
    await picture(page, `menu-${width}`);
  });
}
