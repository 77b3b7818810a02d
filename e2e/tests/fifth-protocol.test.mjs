// A protocol in one file is in the whole page: the site of e2e/fifth-protocol has one that Faultline
// has never heard of, and this finds it everywhere.

import assert from "node:assert/strict";
import { accessible, inPage, PHONE, picture, told } from "../support/browser.mjs";
import { FIFTH } from "../support/server.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const events = (page) => page.locator(".events li");

/** A test on that site, with that protocol chosen. */
function withFifth(name, options, body) {
  if (typeof options === "function") [options, body] = [{}, options];
  inPage(name, { ...options, server: { site: FIFTH } }, async (page) => {
    await page.getByRole("combobox", { name: "Model" }).selectOption("Token ring");
    await body(page);
  });
}

async function step(page, times) {
  for (let steps = 0; steps < times; steps += 1) await button(page, "Next event").click();
}

withFifth("it is in the list of models, says what it does, and the way back is open", async (page) => {
  await page.getByText("A token goes round; only its holder lets waiting clients in.").waitFor();
  await page.getByRole("button", { name: /^Node n4, up, idle/ }).waitFor();
  await page.getByRole("combobox", { name: "Model" }).selectOption("Ping-pong");
  await page.getByText("Who can tell?").waitFor();
  assert.equal(await page.getByRole("button", { name: /^Node / }).count(), 2);
});

withFifth("its settings are in the panel, each with a control that fits it", async (page) => {
  await page.getByText("Settings").click();
  const setting = (role, name) => page.locator(".settings").getByRole(role, { name });
  assert.equal(await setting("slider", "Hold").getAttribute("aria-valuetext"), "30 ms");
  assert.equal(await setting("spinbutton", "Batch").inputValue(), "2");
  assert.equal(await setting("combobox", "Direction").inputValue(), "0");
  assert.equal(await setting("checkbox", "Tell the others").isChecked(), false);
  assert.equal(await setting("slider", "Linger").getAttribute("aria-valuetext"), "0%");

  await step(page, 1);
  await setting("combobox", "Direction").selectOption("backwards");
  await setting("checkbox", "Tell the others").check();
  await setting("slider", "Linger").fill("40");
  await setting("spinbutton", "Batch").fill("3");
  await setting("spinbutton", "Batch").press("Tab");
  await events(page).filter({ hasText: "Direction: backwards" }).waitFor();
  assert.equal(await setting("slider", "Linger").getAttribute("aria-valuetext"), "40%");
  await step(page, 20);
  await told(page);
  assert.ok(await events(page).filter({ hasText: "to n4" }).count());

  for (const [role, name] of [["spinbutton", "Batch"], ["slider", "Linger"], ["checkbox", "Tell the others"]]) {
    await button(page, "Undo").click();
    if (name === "Batch") assert.equal(await setting(role, name).inputValue(), "2");
    if (name === "Linger") assert.equal(await setting(role, name).getAttribute("aria-valuetext"), "0%");
    if (name === "Tell the others") assert.equal(await setting(role, name).isChecked(), false);
  }
  await button(page, "Undo").click();
  assert.equal(await setting("combobox", "Direction").inputValue(), "0");
  await accessible(page);
});

withFifth("a setting out of range is refused in words, and changes nothing", async (page) => {
  await page.getByText("Settings").click();
  const batch = page.getByRole("spinbutton", { name: "Batch" });
  await batch.fill("99");
  await batch.press("Tab");
  const refusal = page.getByRole("alert");
  await refusal.waitFor();
  assert.equal(await refusal.textContent(), "Batch goes from 1 to 8, not 99");
  assert.equal(await batch.inputValue(), "99");
  assert.equal(await batch.getAttribute("aria-invalid"), "true");
  // The choice of the model can be taken back, and nothing else: the settings are where they were.
  await button(page, "Undo").click();
  assert.notEqual(await page.getByRole("combobox", { name: "Model" }).locator("option:checked").innerText(), "Token ring");
  await button(page, "Redo").click();
  await batch.waitFor();
  await batch.fill("8");
  await batch.press("Tab");
  await refusal.waitFor({ state: "detached" });
  await accessible(page);
});

withFifth("its clients stand on the stage and ask for its operation", async (page) => {
  await page.getByRole("button", { name: "Client c2", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("combobox", { name: "Asks whom" }).selectOption("n3");
  await page.getByRole("spinbutton", { name: "ticket" }).fill("17");
  await button(page, "enter").click();
  await page.getByRole("button", { name: "Client c2, waits for n3: enter 17" }).waitFor();
  await picture(page, "fifth-protocol-client");
  const requests = page.getByRole("list", { name: "Its last requests" });
  assert.match(await requests.innerText(), /n3 · enter 17\s+waiting/);
  await accessible(page);
  for (let steps = 0; steps < 60 && !/came in/.test(await requests.innerText()); steps += 1) await step(page, 1);
  assert.match(await requests.innerText(), /n3 · enter 17\s+17 came in/);
  await page.getByRole("button", { name: "Client c2", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("spinbutton", { name: "ticket" }).fill("");
  await button(page, "enter").click();
  await page.getByRole("alert").filter({ hasText: "ticket needs a whole number" }).waitFor();
});

withFifth("its messages are in the diagram", async (page) => {
  await step(page, 8);
  await page.locator(".diagram .message.tone-lead").filter({ hasText: "token 2" }).waitFor();
  assert.deepEqual(await page.locator(".lanes li").allInnerTexts(), ["n1", "n2", "n3", "n4", "c1", "c2"]);
  await picture(page, "fifth-protocol-diagram");
});

withFifth("only what one node knows is shown when asked for, and everything again", async (page) => {
  await step(page, 8);
  await page.getByRole("button", { name: /^Node n2/ }).click();
  await button(page, "Only what n2 knows").click();
  await page.getByRole("status").filter({ hasText: "Only what n2 knows" }).waitFor();

  // The others are there, but nothing of their state is.
  const n1 = page.getByRole("button", { name: "n1: n2 cannot see how it is" });
  assert.equal(await n1.textContent(), "");
  assert.doesNotMatch(await n1.getAttribute("class"), /up|down|tone/);
  await page.getByRole("button", { name: "c1: n2 cannot see how it is" }).waitFor();
  await page.getByRole("button", { name: /^Node n2, up/ }).waitFor();
  await told(page);
  const seen = await events(page).locator(".what").allInnerTexts();
  assert.ok(seen.length >= 3);
  for (const line of seen) assert.match(line, /^n2/);
  const lane = (await page.locator(".lanes li").nth(1).boundingBox()).y;
  const rows = await page.locator(".diagram .event").evaluateAll((dots) => dots.map((dot) => dot.getBoundingClientRect().y));
  for (const y of rows) assert.ok(Math.abs(y - lane) < 12, `${y} is not on the lane at ${lane}`);
  assert.equal(await page.locator(".chart").count(), 0);
  await picture(page, "node-view");
  await accessible(page);

  // Looking at another node says no more of it.
  await n1.click();
  assert.match(await page.locator(".inspector").innerText(), /cannot see/);
  assert.equal(await page.locator(".inspector dl, .actions").count(), 0);

  await page.locator(".knower").getByRole("button", { name: "Show everything" }).click();
  await page.getByRole("button", { name: /^Node n1, up/ }).waitFor();
  await events(page).filter({ hasText: "n1 sends “token 2” to n2" }).waitFor();
});

withFifth("its widgets are in the inspector", async (page) => {
  await page.getByRole("button", { name: /^Node n1, up, holds, value 1/ }).click();
  const inspector = page.locator(".inspector");
  assert.match(await inspector.locator("h2").innerText(), /n1\s*holds/);
  assert.match(await inspector.locator("dl").innerText(), /at the door\s+0 of 8/);
  assert.deepEqual(await inspector.locator("table tr").first().locator("th, td").allInnerTexts(), ["n1", "1"]);
  assert.equal(await inspector.locator("table tr").count(), 4);
  await picture(page, "fifth-protocol-node");
  await accessible(page);
});

withFifth("it fits on a phone", { size: PHONE }, async (page) => {
  await page.getByText("Settings").click();
  await step(page, 9);
  await picture(page, "fifth-protocol-phone");
  const { wide, scroll } = await page.evaluate(() => ({ wide: innerWidth, scroll: document.documentElement.scrollWidth }));
  assert.ok(scroll <= wide, `${scroll} px of content in ${wide} px`);
  await accessible(page);
});
