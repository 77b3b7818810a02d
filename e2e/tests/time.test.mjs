// Time: waiting for something, slowing down where it matters, and the futures that were left.

import assert from "node:assert/strict";
import { accessible, inPage, PHONE, picture, told } from "../support/browser.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const clock = (page) => page.locator(".clock").textContent();
const events = (page) => page.locator(".events li");
const node = (page, name) => page.getByRole("button", { name: new RegExp(`^Node ${name}\\b`) });
const more = (page) => button(page, "Go on until");

async function step(page, times) {
  for (let steps = 0; steps < times; steps += 1) await button(page, "Next event").click();
}

inPage("it goes on until something happens, and stops there", async (page) => {
  assert.equal(await more(page).count(), 0, "not before anything has happened");
  await step(page, 1);
  for (const [what, event] of [
    ["a message is lost", /is lost by the network/],
    ["a timer runs out", /n1: (no return yet|next serve)/],
    ["the next message arrives", /receives/],
  ]) {
    await more(page).click();
    if (what === "a message is lost") {
      await accessible(page);
      await picture(page, "until");
    }
    await button(page, what).click();
    assert.equal(await page.locator(".waits").count(), 0);
    // What follows from it in the same moment comes after it.
    await told(page);
    assert.match((await events(page).allInnerTexts()).slice(0, 3).join(), event);
  }
  const before = await clock(page);
  await page.keyboard.press(">");
  assert.notEqual(await clock(page), before);
  await told(page);
  assert.match((await events(page).allInnerTexts()).slice(0, 2).join(), /receives/);
});

inPage("it says so when what is waited for does not happen, and stays where it was", async (page) => {
  await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
  await step(page, 3);
  const before = await clock(page);
  await more(page).click();
  await button(page, "a client is answered").click();
  await page.getByRole("alert").filter({ hasText: "a client is answered" }).waitFor();
  assert.equal(await clock(page), before);
});

inPage("a promise that is broken is waited for", async (page) => {
  await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
  await step(page, 3);
  await page.locator(".matrix summary").click();
  for (const [from, to] of [["n1", "n2"], ["n1", "n3"], ["n2", "n1"], ["n3", "n1"]]) {
    await page.getByRole("button", { name: `${from} reaches ${to}`, exact: true }).click();
  }
  await more(page).click();
  await button(page, "a promise is broken").click();
  assert.equal(await page.getByRole("button", { name: /^Node n\d, up, primary/ }).count(), 2);
});

inPage("time slows down at a decision, unless that is switched off", { motion: true }, async (page) => {
  const speeds = async () => {
    const seen = new Set();
    for (let turns = 0; turns < 150 && seen.size < 2; turns += 1) {
      await page.clock.runFor(200);
      seen.add(await page.locator(".speed span").textContent());
    }
    return seen;
  };
  await page.getByRole("slider", { name: "Speed" }).fill("-2");
  assert.deepEqual([...(await speeds())].sort(), ["25× slower", "5× slower"]);
  await more(page).click();
  await page.getByRole("checkbox", { name: "Slow down at decisions" }).uncheck();
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.id), "more");
  assert.deepEqual([...(await speeds())], ["5× slower"]);
});

for (const [place, size] of Object.entries({ desk: undefined, phone: PHONE })) {
  inPage(`the old future stays as a row that leads back to it: ${place}`, { ...(size && { size }) }, async (page) => {
    await step(page, 6);
    await node(page, "n2").click();
    await button(page, "Kill").click();
    await step(page, 5);
    const old = await clock(page);
    const rows = page.locator(".branch");
    assert.equal(await rows.count(), 0);
    const slider = page.getByRole("slider", { name: "Moment" });
    await slider.focus();
    await page.keyboard.press("Home");
    assert.equal(await clock(page), "0.000 s");
    for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press("PageUp");
    await node(page, "n1").click();
    await button(page, "Slow down").click();
    assert.equal(await rows.count(), 1);
    assert.match(await rows.first().getAttribute("aria-label"), /^Another future: n2 crashes\./);
    await accessible(page);
    await picture(page, `branches-${place}`);
    await rows.first().click();
    assert.equal(await clock(page), old);
    await page.getByRole("button", { name: /^Node n2, down/ }).waitFor();
    assert.match(await rows.first().getAttribute("aria-label"), /n1 becomes slow/);
    // Going over is a gesture like any other.
    await page.keyboard.press("Control+z");
    await page.getByRole("button", { name: /^Node n1, up, slow/ }).waitFor();
    await page.keyboard.press("Control+z");
    assert.equal(await rows.count(), 0);
  });
}

for (const [place, size] of Object.entries({ desk: undefined, phone: PHONE })) {
  inPage(`each old future shows what happens in it, and is put elsewhere by drag or by key: ${place}`, { ...(size && { size }) }, async (page) => {
    const slider = page.getByRole("slider", { name: "Moment" });
    const leave = async (name, deed) => {
      await step(page, 8);
      await slider.focus();
      await page.keyboard.press("Home");
      await node(page, name).click();
      await button(page, deed).click();
    };
    await leave("n1", "Slow down");
    await leave("n2", "Slow down");
    await leave("n1", "Kill");
    const rows = page.locator(".branch");
    const names = () => rows.allInnerTexts();
    const [first, second, third] = await names();
    assert.equal(new Set([first, second, third]).size, 3);
    const pictures = await page.locator(".glimpse").evaluateAll((pictures) => pictures.map((picture) => picture.querySelectorAll("path.message").length));
    assert.ok(pictures.some((lines) => lines > 0), "messages are drawn");
    await accessible(page);
    await picture(page, `futures-${place}`);

    const grips = page.locator(".grip");
    await grips.first().focus();
    await page.keyboard.press("ArrowDown");
    assert.deepEqual(await names(), [second, first, third]);
    assert.equal(await page.evaluate(() => document.activeElement === document.querySelectorAll(".grip")[1]), true, "the focus goes along");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.deepEqual(await names(), [first, second, third], "there is nothing above the first");

    await grips.first().scrollIntoViewIfNeeded();
    const middle = async (index) => {
      const { x, y, width, height } = await grips.nth(index).boundingBox();
      return [x + width / 2, y + height / 2];
    };
    await page.mouse.move(...(await middle(1)));
    await page.mouse.down();
    await page.mouse.move(...(await middle(0)), { steps: 4 });
    await page.mouse.up();
    assert.deepEqual(await names(), [second, first, third]);
    await page.mouse.move(...(await middle(1)));
    assert.deepEqual(await names(), [second, first, third], "nobody holds it any more");
    await rows.first().click();
    assert.notDeepEqual(await names(), [second, first, third]);
  });
}

inPage("the slider for the moment goes on key by key, its end is the end, and keys still work beside it", async (page) => {
  await step(page, 7);
  await told(page);
  const [end, all] = [await clock(page), await events(page).count()];
  const slider = page.getByRole("slider", { name: "Moment" });
  await slider.focus();
  await page.keyboard.press("Home");
  for (const notch of ["1", "2", "3"]) {
    await page.keyboard.press("ArrowRight");
    assert.equal(await slider.inputValue(), notch);
  }
  await page.keyboard.press("End");
  await told(page);
  assert.deepEqual([await clock(page), await events(page).count()], [end, all]);
  await page.keyboard.press(".");
  await told(page);
  assert.ok((await events(page).count()) > all, "the next event");
  await node(page, "n1").click();
  await button(page, "Kill").click();
  await slider.focus();
  await page.keyboard.press("Control+z");
  await page.getByRole("button", { name: /^Node n1, up/ }).waitFor();
  await page.keyboard.press(" ");
  await button(page, "Pause").waitFor();
});

inPage("where things happen without end the page says so, and goes on from an earlier moment", { motion: true }, async (page) => {
  await step(page, 5);
  const settings = page.locator(".settings");
  await settings.locator("summary").click();
  for (const name of ["Fastest message", "Slowest message", "Messages lost", "Pause between balls"]) await settings.getByRole("slider", { name }).fill("0");
  await button(page, "Play").click();
  await page.clock.runFor(20_000);
  await page.getByText(/^Time stands still/).waitFor({ timeout: 30_000 });
  assert.ok(await button(page, "Play").isDisabled());
  // What looks the page over needs time that passes by itself.
  await page.clock.resume();
  await accessible(page);
  await page.keyboard.press("ControlOrMeta+z");
  await page.getByText(/^Time stands still/).waitFor({ state: "detached" });
  assert.ok(await button(page, "Play").isEnabled());
});
