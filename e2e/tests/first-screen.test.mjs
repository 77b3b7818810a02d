// Ping-pong on the first screen: every gesture there is, by mouse, by keyboard and by finger.

import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import path from "node:path";
import { accessible, DESK, inPage, PHONE, picture, SHOTS, told, whole } from "../support/browser.mjs";
import { asked, countAsked, framesPass } from "../support/frames.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const clock = (page) => page.locator(".clock").textContent();
const events = (page) => page.locator(".events li");
const node = (page, name) => page.getByRole("button", { name: new RegExp(`^Node ${name}\\b`) });

/** Steps until what the events say matches. */
async function stepUntil(page, what) {
  for (let steps = 0; steps < 200; steps += 1) {
    await told(page);
    if (await events(page).filter({ hasText: what }).count()) return;
    await button(page, "Next event").click();
  }
  assert.fail(`nothing like ${what} happened in 200 steps`);
}

for (const [place, size] of Object.entries({ desk: DESK, phone: PHONE })) {
  for (const scheme of ["light", "dark"]) {
    inPage(`it is accessible and fits: ${place}, ${scheme}`, { size, scheme }, async (page) => {
      for (let steps = 0; steps < 9; steps += 1) await button(page, "Next event").click();
      await node(page, "n1").click();
      await picture(page, `first-screen-${place}-${scheme}`);
      await accessible(page);
      const { wide, scroll } = await page.evaluate(() => ({ wide: innerWidth, scroll: document.documentElement.scrollWidth }));
      assert.ok(scroll <= wide, `${scroll} px of content in ${wide} px`);
    });
  }
}

for (const [place, size] of Object.entries({ desk: DESK, phone: PHONE })) {
  inPage(`every model of the list opens, runs, fits and is accessible: ${place}`, { size }, async (page) => {
    const list = page.getByRole("combobox", { name: "Model" });
    const silent = [];
    for (const title of await list.locator("option").allInnerTexts()) {
      await list.selectOption(title);
      const client = page.getByRole("button", { name: /^Client c1/ });
      if (await client.count()) {
        await client.click();
        await page.locator(".ask .entry button").first().click();
      }
      // Some have things to do before anybody says anything.
      const message = page.locator(".diagram .message").first();
      const next = button(page, "Next event");
      // What was said long before may have left the diagram again.
      let heard = false;
      for (let steps = 0; steps < 40 && (await next.isEnabled()) && (steps < 4 || !heard); steps += 1) {
        await next.click();
        heard ||= (await message.count()) > 0;
      }
      if (size === DESK && !heard) silent.push(title);
      await picture(page, `model-${title.toLowerCase().replaceAll(" ", "-")}-${place}`);
      const { wide, scroll } = await page.evaluate(() => ({ wide: innerWidth, scroll: document.documentElement.scrollWidth }));
      assert.ok(scroll <= wide, `${title}: ${scroll} px of content in ${wide} px`);
      await accessible(page);
    }
    assert.deepEqual(silent, []);
  });
}

inPage("a model in which nothing happens by itself says what to do", async (page) => {
  await page.getByRole("combobox", { name: "Model" }).selectOption("A queue behind timeouts");
  await page.getByText("Choose a client and let it ask.").waitFor();
  await page.getByRole("button", { name: /^Client c1/ }).click();
  await button(page, "request").click();
  await page.getByText("Choose a client and let it ask.").waitFor({ state: "detached" });
});

inPage("the picture in the README", { at: "#free=raft" }, async (page) => {
  const leader = page.getByRole("button", { name: /^Node n\d, up, leader/ });
  for (let arrivals = 0; arrivals < 60 && !(await leader.count()); arrivals += 1) await page.keyboard.press(">");
  const name = /n\d/.exec(await leader.getAttribute("aria-label"))[0];
  await node(page, name === "n2" ? "n3" : "n2").click();
  await button(page, "Kill").click();
  await leader.click();
  await page.locator("#menu").getByRole("button", { name: /c1 asks/ }).last().click();
  for (let arrivals = 0; arrivals < 3; arrivals += 1) await page.keyboard.press(">");
  await picture(page, "readme");
  if (process.env.PICTURES) copyFileSync(path.join(SHOTS, "readme.png"), path.resolve(SHOTS, "../../static/pictures/first-screen.png"));
});

inPage("it plays by itself, and pauses", { motion: true }, async (page) => {
  const start = await clock(page);
  await page.clock.runFor(2000);
  const later = await clock(page);
  assert.notEqual(later, start);
  await button(page, "Pause").click();
  const stopped = await clock(page);
  await page.clock.runFor(2000);
  assert.equal(await clock(page), stopped);
  await button(page, "Play").click();
  await page.clock.runFor(500);
  assert.notEqual(await clock(page), stopped);
});

inPage("it stands still for a reader who asked for less motion", async (page) => {
  assert.equal(await clock(page), "0.000 s");
  assert.equal(await button(page, "Play").isVisible(), true);
});

inPage("it costs nothing while it stands still", { open: false }, async (page, site) => {
  await page.addInitScript(countAsked, ["requestAnimationFrame"]);
  await page.goto(site.url);
  await whole(page);
  const before = await asked(page);
  // A loop would ask again in these.
  await framesPass(page, 3);
  assert.equal(await asked(page), before);
});

inPage("it moves the canvas while it plays", { motion: true }, async (page) => {
  const drawn = () => page.locator("canvas").evaluate((canvas) => canvas.toDataURL());
  const first = await drawn();
  await page.clock.runFor(400);
  assert.notEqual(await drawn(), first);
});

inPage("stepping back takes back exactly what the step did", async (page) => {
  const seen = [];
  const look = async () => {
    await told(page);
    return `${await clock(page)} ${await events(page).allInnerTexts()} ${await node(page, "n1").textContent()}`;
  };
  for (let steps = 0; steps < 12; steps += 1) {
    seen.push(await look());
    await button(page, "Next event").click();
  }
  while (seen.length > 0) {
    await button(page, "Previous event").click();
    assert.equal(await look(), seen.pop());
  }
  assert.equal(await button(page, "Previous event").isDisabled(), true);
});

inPage("the slider for the moment goes anywhere that was reached", async (page) => {
  for (let steps = 0; steps < 20; steps += 1) await button(page, "Next event").click();
  const end = Number.parseFloat(await clock(page));
  const slider = page.getByRole("slider", { name: "Moment" });
  const { width, height } = await slider.boundingBox();
  await slider.click({ position: { x: width / 2, y: height / 2 } });
  const middle = Number.parseFloat(await clock(page));
  assert.ok(Math.abs(middle - end / 2) < end / 20, `${middle} of ${end}`);
  assert.equal(await slider.getAttribute("aria-valuetext"), await clock(page));
});

inPage("an event in the list leads to its moment", async (page) => {
  for (let steps = 0; steps < 20; steps += 1) await button(page, "Next event").click();
  const third = events(page).nth(-3);
  const when = await third.locator(".when").textContent();
  await third.getByRole("button").click();
  assert.equal(await clock(page), when);
  assert.equal(await events(page).first().locator(".when").textContent(), when);
});

inPage("a node can be killed and restarted, and each gesture undone", async (page) => {
  assert.equal(await button(page, "Undo").count(), 0);
  await button(page, "Next event").click();
  await node(page, "n2").click();
  await button(page, "Kill").click();
  await page.getByRole("button", { name: /^Node n2, down/ }).waitFor();
  await node(page, "n2").click();
  await button(page, "Restart").click();
  await page.getByRole("button", { name: /^Node n2, up/ }).waitFor();
  await button(page, "Undo").click();
  await page.getByRole("button", { name: /^Node n2, down/ }).waitFor();
  await button(page, "Undo").click();
  await page.getByRole("button", { name: /^Node n2, up/ }).waitFor();
  // It stays where it is, as does who pressed it.
  assert.equal(await button(page, "Undo").isDisabled(), true);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Undo");
  await button(page, "Redo").click();
  await page.getByRole("button", { name: /^Node n2, down/ }).waitFor();
});

inPage("a message to a dead node is lost, and the events say why", async (page) => {
  await node(page, "n2").click();
  await button(page, "Kill").click();
  await stepUntil(page, /lost: the receiver is down/);
});

inPage("a node can be paused and resumed", async (page) => {
  await node(page, "n1").click();
  await page.locator("#menu").getByRole("button", { name: "Pause it", exact: true }).click();
  await page.getByRole("button", { name: /^Node n1, paused/ }).waitFor();
  await node(page, "n1").click();
  await button(page, "Resume it").click();
  await page.getByRole("button", { name: /^Node n1, up/ }).waitFor();
  await button(page, "Close").click();
  assert.equal(await page.locator(".inspector").count(), 0);
});

inPage("without loss nothing is lost, and with more, more", async (page) => {
  await page.locator(".settings summary").click();
  const loss = page.getByRole("slider", { name: "Messages lost" });
  const lostAfter = async (percent) => {
    await loss.fill(String(percent));
    for (let steps = 0; steps < 60; steps += 1) await button(page, "Next event").click();
    await told(page);
    return events(page).filter({ hasText: /lost/i }).count();
  };
  assert.equal(await lostAfter(0), 0);
  assert.ok((await lostAfter(60)) > 0);
});

inPage("a message in the diagram leads to the moment in which it was sent, an event to its own", async (page) => {
  for (let steps = 0; steps < 14; steps += 1) await button(page, "Next event").click();
  const there = await clock(page);
  await told(page);
  const sends = await events(page).filter({ hasText: "n1 sends “ping 3”" }).locator(".when").allInnerTexts();
  await page.locator(".diagram .message").filter({ hasText: "ping 3" }).locator(".near").click({ force: true });
  assert.equal(await clock(page), sends.at(-1));
  await told(page);
  assert.match(await events(page).first().innerText(), /n1 sends “ping 3”/);
  assert.match(await page.locator(".diagram .message.here").textContent(), /ping 3/);

  // What lies ahead is still drawn, right of the playhead, and leads there.
  const head = await page.locator(".diagram .future").boundingBox();
  const ahead = page.locator(".diagram .message.tone-answer").filter({ hasText: "pong 3" });
  assert.ok((await ahead.boundingBox()).x > head.x);
  await ahead.locator(".near").click({ force: true });
  await told(page);
  assert.match(await events(page).first().innerText(), /n2 sends “pong 3”/);
  assert.ok(Number.parseFloat(await clock(page)) < Number.parseFloat(there));
});

inPage("the diagram says what was lost, breaks the lane of the dead, and passes under the playhead", { motion: true }, async (page) => {
  await page.clock.runFor(4000);
  await button(page, "Pause").click();
  await node(page, "n2").click();
  await button(page, "Kill").click();
  assert.equal(await page.locator(".diagram .lane").count(), 2);
  await page.locator(".diagram .event.input.here").waitFor();
  assert.ok(await page.locator(".diagram .loss").count());
  assert.match(await page.locator(".diagram [role=img]").getAttribute("aria-label"), /[1-9]\d* lost/);
  const left = async () => (await page.locator(".diagram .event").first().boundingBox()).x;
  const before = await left();
  await button(page, "Play").click();
  await page.clock.runFor(6000);
  assert.notEqual(await left(), before);
});

inPage("on a phone the diagram takes the place of the stage when it is asked for", { size: PHONE }, async (page) => {
  const [stage, diagram] = [page.locator(".stage"), page.locator(".diagram")];
  assert.deepEqual([await stage.isVisible(), await diagram.isVisible()], [true, false]);
  await button(page, "Diagram").tap();
  assert.deepEqual([await stage.isVisible(), await diagram.isVisible()], [false, true]);
  for (let steps = 0; steps < 5; steps += 1) await button(page, "Next event").tap();
  await page.locator(".diagram .message").first().waitFor();
  await picture(page, "diagram-phone");
  await accessible(page);
  await button(page, "Stage").tap();
  assert.equal(await node(page, "n1").isVisible(), true);
});

inPage("a setting is turned at the playhead, branches the run, and is taken back", async (page) => {
  await page.locator(".settings summary").filter({ hasText: "20% lost" }).click();
  const patience = page.getByRole("slider", { name: "Patience" });
  assert.equal(await patience.getAttribute("aria-valuetext"), "250 ms");
  for (let steps = 0; steps < 5; steps += 1) await button(page, "Next event").click();
  await patience.focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await patience.getAttribute("aria-valuetext"), "500 ms");
  await events(page).filter({ hasText: "Patience: " }).waitFor();
  await button(page, "Undo").click();
  await page.locator('[aria-valuetext="250 ms"]').waitFor();
  await told(page);
  assert.equal(await events(page).filter({ hasText: "Patience: " }).count(), 0);
});

inPage("the chart has a table with the same numbers", async (page) => {
  for (let steps = 0; steps < 20; steps += 1) await button(page, "Next event").click();
  await told(page);
  const key = (await page.locator(".chart figcaption").innerText()).match(/\d+/g).map(Number);
  await page.getByText("As a table").click();
  const last = (await page.locator(".chart tbody tr").first().locator("td").allInnerTexts()).map((cell) => Number.parseInt(cell, 10));
  assert.deepEqual(last.slice(-3), key);
  assert.ok(key[0] > 0);
  assert.ok((await page.locator(".chart svg").boundingBox()).height > 40);
});

inPage("the speed says what it is", async (page) => {
  const speed = page.getByRole("slider", { name: "Speed" });
  await speed.fill("0");
  assert.equal(await speed.getAttribute("aria-valuetext"), "real time");
  await speed.fill("-9");
  assert.equal(await speed.getAttribute("aria-valuetext"), "1000× slower");
});

inPage("the keyboard does all of it, and says what happened", async (page) => {
  await page.keyboard.press(".");
  await page.keyboard.press(".");
  const there = await clock(page);
  await page.keyboard.press(",");
  assert.notEqual(await clock(page), there);
  await page.getByRole("status").filter({ hasText: /\d s: / }).waitFor({ state: "attached" });

  await node(page, "n2").focus();
  await page.keyboard.press("Enter");
  await button(page, "Kill").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^Node n2, down/ }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".inspector").count(), 0);

  await page.locator("body").focus();
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Space");
  await button(page, "Pause").waitFor();
  await page.keyboard.press("Space");
  await button(page, "Play").waitFor();
});

inPage("a finger does it on a phone", { size: PHONE }, async (page) => {
  await button(page, "Next event").tap();
  await node(page, "n1").tap();
  await button(page, "Kill").tap();
  await page.getByRole("button", { name: /^Node n1, down/ }).waitFor();
  for (const target of await page.locator("footer button, .inspector button, .heal").all()) {
    const { width, height } = await target.boundingBox();
    assert.ok(width >= 24 && height >= 24);
  }
});
