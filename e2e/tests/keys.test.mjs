// Without a mouse, without motion, without colours, without room: the page is still all there.

import assert from "node:assert/strict";
import { accessible, inPage, picture, told, whole } from "../support/browser.mjs";
import { asked, countAsked, framesPass } from "../support/frames.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const clock = (page) => page.locator(".clock").textContent();
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);
const said = (page, what) => page.getByRole("status").filter({ hasText: what }).waitFor({ state: "attached" });

inPage("the stage is one stop of the keyboard, and arrows go from node to node", async (page) => {
  await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
  await page.locator("#node-0").focus();
  const list = await page.getByRole("list", { name: /^Nodes and clients: arrow keys/ }).count();
  assert.equal(list, 1, "the stage says so");
  // Right and left go round in order.
  const round = [];
  for (let steps = 0; steps < 4; steps += 1) {
    await page.keyboard.press("ArrowRight");
    round.push((await focused(page)).split(" ")[1].replace(",", ""));
  }
  assert.deepEqual(round, ["n2", "n3", "c1", "n1"]);
  // No name ends in a number that could be anything.
  assert.match(await focused(page), /, value 0$/);
  await page.keyboard.press("ArrowLeft");
  assert.match(await focused(page), /^Client c1/);
  await page.locator("#node-0").focus();
  await page.keyboard.press("ArrowDown");
  assert.match(await focused(page), /^Node n[23]/);
  await page.keyboard.press("ArrowUp");
  assert.match(await focused(page), /^Node n1/);
  const stops = await page.locator(".nodes [tabindex='0']").count();
  assert.equal(stops, 1);
  await page.keyboard.press("Tab");
  assert.doesNotMatch(await focused(page), /^(Node|Client)/);
});

inPage("keys alone kill, cut, heal, ask, step and read the verdict and its evidence", async (page) => {
  const tabTo = async (name) => {
    for (let tabs = 0; tabs < 60; tabs += 1) {
      if (name.test(await focused(page))) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`${name} is not reached`);
  };
  await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
  await page.locator("body").press("Home");
  await page.keyboard.press(".");
  await page.locator("#node-0").focus();
  await page.keyboard.press("Enter");
  await tabTo(/^c1 asks: write/);
  await page.keyboard.press("Enter");
  await said(page, /c1/);
  await tabTo(/^Who can reach whom/);
  await page.keyboard.press("Enter");
  await tabTo(/^n1 reaches n2/);
  await page.keyboard.press("Enter");
  await tabTo(/^n1 reaches n3/);
  await page.keyboard.press("Enter");
  await said(page, /the link from n1 to n3 is cut/);
  for (let turns = 0; turns < 80; turns += 1) {
    await page.keyboard.press(">");
    if (await page.locator(".lights .broken").count()) break;
  }
  await said(page, /one primary: broken/);
  await page.locator(".lights button").first().focus();
  await page.keyboard.press("Enter");
  await page.getByText("are all primary").waitFor();
  await page.locator("#node-0").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await said(page, /n1 crashes/);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await told(page);
  assert.equal(await page.locator(".matrix summary small").textContent(), "all");
});

inPage("the keys are listed on ?, and can be switched off for good", async (page) => {
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "What you can do" });
  await help.waitFor();
  await accessible(page);
  await picture(page, "help");
  await help.getByRole("checkbox").uncheck();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  const before = await clock(page);
  await page.keyboard.press(">");
  await page.keyboard.press(".");
  await page.keyboard.press("?");
  assert.equal(await clock(page), before);
  assert.equal(await help.count(), 0);
  await page.reload();
  await whole(page);
  await page.keyboard.press(">");
  assert.equal(await clock(page), before);
  await button(page, "What you can do").click();
  await help.getByRole("checkbox").check();
  await button(page, "Close help").click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "ask-help");
  await page.keyboard.press(">");
  assert.notEqual(await clock(page), before);
});

inPage("what a step changed is marked in the inspector, and every node is in a table", async (page) => {
  await page.locator("#node-1").click();
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".inspector .new").count(), 0);
  await button(page, "Next event").click();
  assert.match(await page.locator(".inspector .new").innerText(), /ball\s*changed\s*1/);
  await page.locator(".state summary").click();
  assert.deepEqual(await page.locator(".state tbody tr").first().locator("th, td").allInnerTexts(), ["n1", "serves", "1", "0", ""]);
  await accessible(page);
  await button(page, "Next event").click();
  assert.equal(await page.locator(".inspector .new").count(), 0);
});

inPage("a value that means something marks its equals", async (page) => {
  await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
  await button(page, "Next event").click();
  await page.locator("#node-0").click();
  await page.keyboard.press("Escape");
  await page.locator(".state summary").click();
  await page.locator(".inspector button.value").first().click();
  // All three nodes are in the same view.
  await told(page);
  assert.equal(await page.locator(".state .same").count(), 3);
  assert.equal(await page.locator(".inspector .same").count(), 1);
  await accessible(page);
  await picture(page, "values");
});

inPage("with the browser's own colours everything can be seen and done", { forcedColors: "active" }, async (page) => {
  await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
  for (let steps = 0; steps < 3; steps += 1) await button(page, "Next event").click();
  await page.locator("#node-1").click();
  await accessible(page);
  await picture(page, "forced-colours");
});

for (const [zoom, size] of [["400 %", { width: 320, height: 200 }], ["the smallest phone", { width: 320, height: 568 }]]) {
  inPage(`at ${zoom} nothing is cut off and everything can be done`, { size }, async (page) => {
    await page.getByRole("combobox", { name: "Model" }).selectOption("Primary and backups");
    await button(page, "Next event").click();
    await page.locator("#node-0").click();
    await button(page, "Kill").click();
    await page.getByRole("button", { name: /^Node n1, down/ }).waitFor();
    const { wide, scroll } = await page.evaluate(() => ({ wide: innerWidth, scroll: document.documentElement.scrollWidth }));
    assert.ok(scroll <= wide, `${scroll} px of content in ${wide} px`);
    await accessible(page);
    await picture(page, `zoom-${size.height}`);
  });
}

for (const [how, rest] of [
  ["paused", async (page) => button(page, "Pause").click()],
  ["hidden", async (page) => page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  })],
  ["off-screen", async (page) => page.evaluate(() => {
    document.body.style.marginTop = "4000px";
  })],
]) {
  inPage(`${how}, the page asks for no frame and no timer`, { open: false }, async (page, site) => {
    await page.addInitScript(countAsked);
    await page.goto(`${site.url}#free`);
    await whole(page);
    await button(page, "Play").click();
    const playing = await asked(page);
    await page.waitForFunction((before) => window.asked > before + 5, playing);
    await rest(page);
    // Thirty frames pass, in which a loop would have asked for as many.
    const quiet = async () => {
      const before = await asked(page);
      await framesPass(page, 30);
      return (await asked(page)) === before;
    };
    assert.ok((await quiet()) || (await quiet()), "it goes on asking");
  });
}
