// What is on the stages of single labs beside nodes and messages: the layer that makes messages of calls, how
// many replicas there are, a third process, and how far back a loss reaches.

import assert from "node:assert/strict";
import { accessible, DESK, inPage, PHONE, picture, until } from "../support/browser.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const actor = (page, name) => page.getByRole("button", { name: new RegExp(`^(Node|Client) ${name}\\b`) });
const menu = (page) => page.locator("#menu");
const shown = (page, name) => page.locator(".measured div").filter({ hasText: name }).locator("dd").textContent();
const nodes = (page) => page.getByRole("button", { name: /^Node n\d/ }).count();

async function ask(page, client, node, operation) {
  await actor(page, client).click();
  await menu(page).getByRole("combobox").selectOption({ label: node });
  await button(menu(page), operation).click();
}

async function unfold(page, name) {
  const panel = page.locator(`details.${name}`);
  if (!(await panel.evaluate((element) => element.open))) await panel.locator("summary").click();
  return panel;
}

async function toChallenge(page, title) {
  await page.getByRole("button", { name: /^(Straight to the challenges|All challenges)$/ }).first().click();
  await page.getByRole("button", { name: new RegExp(`${title}$`) }).click();
  if (await button(page, "Pause").count()) await button(page, "Pause").click();
}

/** Lets the lab do a guided step, if it has not come to its end yet. */
async function done(page) {
  const finish = page.getByRole("button", { name: /^(Do it for me|To the end of this)$/ });
  if (await finish.count()) await finish.click();
}

/** Does the guided steps up to one of them. */
async function walk(page, to) {
  await button(page, "No bet, just show me").click();
  for (let step = 1; step < to; step += 1) {
    await done(page);
    await button(page, "Continue").click();
  }
}

for (const [place, size, scheme] of [["desk", DESK, "light"], ["phone", PHONE, "dark"]]) {
  inPage(`L01: what makes messages of calls stands beside its node, waits, and gives up: ${place}`, { at: "#lab=L01", size, scheme }, async (page) => {
    await walk(page, 1);
    const layer = page.locator(".layer");
    assert.equal(await layer.innerText(), "RPC layer");
    await ask(page, "c1", "n1", "write");
    await until(page, async () => /write 1 to key 1 → n2/.test(await layer.innerText()));
    await actor(page, "n1").and(page.getByRole("button", { name: /RPC layer: 1 call waits$/ })).click();
    await page.locator(".inspector .calls").getByText("gives up in").waitFor();
    await picture(page, `rpc-${place}`);
    await accessible(page);
    await page.keyboard.press("Escape");
    await until(page, async () => (await layer.innerText()) === "RPC layer");
    await until(page, () => button(page, "Continue").isEnabled());
    // A call that nobody answers.
    await button(page, "Continue").click();
    await done(page);
    await button(page, "Continue").click();
    await done(page);
    assert.match(await layer.innerText(), /gave up: 1/);
    await picture(page, `rpc-gave-up-${place}`);
    await button(page, "Continue").click();
    await page.getByText("here an RPC layer").waitFor();
    // Who sees with the eyes of a member sees nothing of it.
    await actor(page, "n2").click();
    await button(page, "Only what n2 knows").click();
    assert.equal(await layer.count(), 0);
  });
}

for (const [place, size, scheme] of [["desk", DESK, "light"], ["phone", PHONE, "dark"]]) {
  inPage(`L10: two, three or five replicas, and back: ${place}`, { at: "#lab=L10", size, scheme }, async (page) => {
    await toChallenge(page, "Down for whom\\?");
    const choice = page.getByRole("combobox", { name: "Nodes" });
    assert.deepEqual(await choice.locator("option").allInnerTexts(), ["2", "3", "5"]);
    assert.equal(await nodes(page), 3);
    await choice.focus();
    await page.keyboard.press("ArrowDown");
    await actor(page, "n5").waitFor();
    assert.equal(await nodes(page), 5);
    await picture(page, `replicas-${place}`);
    await accessible(page);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await button(page, "Undo").click();
    await actor(page, "n5").waitFor({ state: "detached" });
    assert.equal(await choice.inputValue(), "1");
    await button(page, "Redo").click();
    await actor(page, "n5").waitFor();
    // Alone among five: refused, while the other side is served.
    const table = await unfold(page, "matrix");
    for (const other of ["n2", "n3", "n4", "n5"]) await button(table, `n1 reaches ${other}`).click();
    await ask(page, "c1", "n1", "read");
    await until(page, async () => (await shown(page, "c1 was answered")) === "0 of 1", ".");
    await ask(page, "c2", "n2", "read");
    await until(page, async () => (await page.getByRole("heading", { name: /^Solved/ }).count()) === 1, ".");
    assert.equal(await shown(page, "c2 was answered"), "1 of 1");
    await button(page, "From the start").click();
    assert.equal(await nodes(page), 3);
    // Where it is not offered, it is not there.
    await toChallenge(page, "Re-enact the proof");
    assert.equal(await choice.count(), 0);
  });
}

inPage("L10: at the end of the guided part the number of replicas is free, and Previous leads back", { at: "#lab=L10" }, async (page) => {
  await walk(page, 12);
  const choice = page.getByRole("combobox", { name: "Nodes" });
  await choice.selectOption("2");
  await actor(page, "n3").waitFor({ state: "detached" });
  assert.equal(await nodes(page), 2);
  await button(page, "Continue").click();
  assert.equal(await nodes(page), 2);
  await choice.selectOption("5");
  assert.equal(await nodes(page), 5);
  await button(page, "Previous").click();
  assert.equal(await nodes(page), 3);
});

inPage("L21: a late “give back” opens another's lock, and a third process comes in", { at: "#lab=L21", timeout: 120_000 }, async (page) => {
  assert.equal(await nodes(page), 5);
  await toChallenge(page, "Stolen by giving back");
  assert.equal(await nodes(page), 6);
  await ask(page, "c1", "n1", "update");
  const back = (await unfold(page, "flights")).getByRole("button", { name: /^give back.*n1 to n4/ });
  await until(page, async () => (await back.count()) === 1, ".");
  await back.click();
  await menu(page).getByLabel("ms").fill("700");
  await button(menu(page), "Delay by").click();
  await ask(page, "c2", "n2", "update");
  await until(page, async () => (await shown(page, "Deleted by others")) === "1", ".");
  await ask(page, "c3", "n3", "update");
  await until(page, async () => (await page.getByRole("heading", { name: /^Solved/ }).count()) === 1, ".");
  await picture(page, "stolen");
  await accessible(page);
});

inPage("L07: beside what is lost stands how far back that reaches", { at: "#lab=L07" }, async (page) => {
  await toChallenge(page, "Acknowledge and lose");
  const answered = async (client) => {
    await ask(page, client, "n1", "write");
    await button(page, "Go on until").click();
    await button(page, "a client is answered").click();
  };
  await answered("c1");
  assert.deepEqual([await shown(page, "“Done” and lost"), await shown(page, "Recovery point")], ["0", "0 ms"]);
  await answered("c2");
  await actor(page, "n1").click();
  await button(menu(page), "Kill").click();
  // The second was acknowledged just now, the first as long before as the second took.
  assert.equal(await shown(page, "“Done” and lost"), "2");
  assert.match(await shown(page, "Recovery point"), /^1[01]\d(\.\d+)? ms$/);
  await picture(page, "recovery-point");
});
