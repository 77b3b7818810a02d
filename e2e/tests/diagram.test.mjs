// The diagram: what had to happen before what, elsewhere in time, fewer lanes, and files to take along.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { accessible, inPage, picture, told } from "../support/browser.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const events = (page) => page.locator(".events li");
const tools = (page) => button(page, "Diagram: lanes and files");

async function step(page, times) {
  for (let steps = 0; steps < times; steps += 1) await button(page, "Next event").click();
}

inPage("pointing at an event lights what had to happen before it, there and on the stage", async (page) => {
  await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
  await step(page, 3);
  const arrival = page.locator(".diagram .event.message").last();
  assert.equal(await page.locator(".diagram .tracing").count(), 0);
  await arrival.hover({ force: true });
  await page.locator(".diagram .tracing .past").first().waitFor({ state: "attached" });
  assert.equal(await page.locator(".node.lit").count(), 2);
  const [all, past] = [await page.locator(".diagram .event").count(), await page.locator(".diagram .event.past").count()];
  assert.ok(past > 0 && past < all, `${past} of ${all}`);
  await picture(page, "causal-past");
  await page.mouse.move(5, 5);
  await page.locator(".diagram .tracing").waitFor({ state: "detached" });
  // The list of events points too, and so does a key.
  await events(page).last().getByRole("button").focus();
  await page.locator(".diagram .tracing").first().waitFor({ state: "attached" });
  assert.equal(await page.locator(".node.lit").count(), 1);
});

inPage("a lane can be left out, and is there again", async (page) => {
  await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
  await step(page, 6);
  const messages = await page.locator(".diagram .message").count();
  await tools(page).click();
  await accessible(page);
  await picture(page, "diagram-tools");
  await page.getByRole("checkbox", { name: "n2" }).uncheck();
  assert.deepEqual(await page.locator(".lanes li").allInnerTexts(), ["n1", "n3", "c1"]);
  assert.ok((await page.locator(".diagram .message").count()) < messages);
  await page.getByRole("checkbox", { name: "n2" }).check();
  assert.equal(await page.locator(".diagram .message").count(), messages);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".toolbox").count(), 0);
});

inPage("what is shown is saved as SVG, as PNG and as text for Mermaid", async (page) => {
  await step(page, 12);
  const save = async (name) => {
    await tools(page).click();
    const [file] = await Promise.all([page.waitForEvent("download"), button(page, name).click()]);
    return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
  };
  const svg = await save("as SVG");
  assert.equal(svg.name, "faultline.svg");
  assert.equal(svg.content.toString().match(/class="message/g).length, await page.locator(".diagram g.message").count());
  const png = await save("as PNG");
  assert.equal(png.name, "faultline.png");
  assert.deepEqual([...png.content.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  const blue = await page.evaluate(async (content) => {
    const image = new Image();
    image.src = `data:image/png;base64,${content}`;
    await image.decode();
    const context = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height }).getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let found = 0;
    for (let at = 0; at < data.length; at += 4) found += data[at] === 0x2f && data[at + 1] === 0x5f && data[at + 2] === 0xd0;
    return found;
  }, png.content.toString("base64"));
  assert.ok(blue > 100, `${blue} pixels in the colour of a question`);
  const text = (await save("as Mermaid text")).content.toString();
  assert.match(text, /^sequenceDiagram\n {4}participant n1\n {4}participant n2\n/);
  assert.match(text, /\n {4}n1->>n2: ping 1\n {4}n2->>n1: pong 1\n {4}Note over n1: next serve\n/);
});

inPage("ten thousand events pass smoothly, and the way back is one click", async (page) => {
  await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
  await page.locator(".settings summary").click();
  await page.locator(".settings").getByRole("slider", { name: "Heartbeat" }).fill("0");
  await page.locator(".settings summary").click();
  await page.getByRole("slider", { name: "Speed" }).fill("1");
  await button(page, "Play").click();
  await page.waitForFunction(() => Number([...document.querySelectorAll(".diagram .event")].at(-1)?.dataset.row) > 10_000);
  await button(page, "Pause").click();
  await page.getByRole("slider", { name: "Speed" }).fill("-4");
  const place = await page.locator(".diagram .time").boundingBox();
  await page.mouse.move(place.x + 200, place.y + 60);
  const shown = () => page.locator(".diagram .event").first().getAttribute("data-row");
  const before = await shown();
  assert.equal(await button(page, "Back to now").count(), 0);
  for (let turns = 0; turns < 40; turns += 1) await page.mouse.wheel(-300, 0);
  await button(page, "Back to now").waitFor();
  assert.notEqual(await shown(), before);
  const slow = await page.evaluate(async () => {
    const diagram = document.querySelector(".diagram");
    const times = [];
    for (let turn = 0; turn < 120; turn += 1) {
      const start = performance.now();
      diagram.dispatchEvent(new WheelEvent("wheel", { deltaX: turn < 60 ? 60 : -60, bubbles: true, cancelable: true }));
      await Promise.resolve();
      times.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve));
    }
    times.sort((a, b) => a - b);
    return { usual: times[times.length / 2], redrawn: times[Math.floor(times.length * 0.95)] };
  });
  // Usually the picture is only moved; about one turn in fifteen it is drawn anew.
  assert.ok(slow.usual < 4 && slow.redrawn < 33, `${slow.usual} and ${slow.redrawn} ms for a turn of the wheel`);
  // Up and down is the page's.
  const free = await page.evaluate(() => document.querySelector(".diagram").dispatchEvent(new WheelEvent("wheel", { deltaY: 60, bubbles: true, cancelable: true })));
  assert.equal(free, true);
  await button(page, "Back to now").click();
  assert.equal(await shown(), before);
});

inPage("a click on an event of a run that plays leads there, though it is drawn anew in the meantime", { motion: true }, async (page) => {
  await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
  await step(page, 6);
  await button(page, "Play").click();
  await page.clock.runFor(600);
  const event = page.locator(".diagram .event").last();
  const { x, y, width, height } = await event.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await event.evaluate((own) => (window.own = own));
  // Another event, so that the picture is another one.
  for (let frames = 0; frames < 100 && (await page.evaluate(() => window.own.isConnected)); frames += 1) await page.clock.runFor(17);
  assert.equal(await page.evaluate(() => window.own.isConnected), false);
  await told(page);
  const before = await events(page).count();
  await page.mouse.up();
  await button(page, "Play").waitFor();
  await told(page);
  assert.ok((await events(page).count()) < before);
});

inPage("what stays as it was in the diagram is not drawn again, and the picture is the one that a fresh page draws", async (page) => {
  const marked = () => page.locator(".drawn > *").evaluateAll((items) => items.filter((item) => item.marked).length);
  const drawn = (page) => page.locator(".drawn").evaluateAll((places) => places.map((place) => place.innerHTML));
  await step(page, 12);
  await page.locator(".drawn .message").first().waitFor();
  const before = await page.locator(".drawn > *").evaluateAll((items) => items.map((item) => (item.marked = true)).length);
  await step(page, 1);
  assert.ok((await marked()) > before / 2, `${await marked()} of ${before} have stayed`);
  await page.getByRole("button", { name: "Previous event" }).click();
  await step(page, 1);
  const found = await drawn(page);
  await button(page, "Share").click();
  const fresh = await page.context().newPage();
  await fresh.goto(await page.getByRole("dialog", { name: "Share" }).getByLabel("Link", { exact: true }).inputValue());
  await fresh.locator(".drawn .message").first().waitFor();
  assert.deepEqual(await drawn(fresh), found);
});
