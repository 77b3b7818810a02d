// The sandbox: any world of any model, built by hand, with everything in its link and every step undone.

import assert from "node:assert/strict";
import { accessible, DESK, inPage, PHONE, picture, told, whole } from "../support/browser.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const setting = (page, role, name) => page.locator(".settings").getByRole(role, { name, exact: true });
const model = (page) => page.getByRole("combobox", { name: "Model" });
const nodes = (page) => page.getByRole("button", { name: /^Node n\d+/ });
const open = (page) => page.locator(".settings > summary").click();

async function type(page, name, value) {
  await setting(page, "spinbutton", name).fill(String(value));
  await setting(page, "spinbutton", name).press("Tab");
}

for (const [place, size] of [["desk", DESK], ["phone", PHONE]]) {
  for (const scheme of ["light", "dark"]) {
    inPage(`its controls are folded, accessible and fit: ${place}, ${scheme}`, { size, scheme, at: "#free=raft" }, async (page) => {
      assert.equal(await setting(page, "spinbutton", "Nodes").isVisible(), false);
      await open(page);
      await page.getByText("Slow and lossy links").click();
      await accessible(page);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      if (size === PHONE) await page.locator(".settings").scrollIntoViewIfNeeded();
      await picture(page, `sandbox-${place}-${scheme}`);
    });
  }
}

inPage("nodes, clients and seed can be any the model takes, and all of it is in the link", { at: "#free=raft" }, async (page) => {
  await open(page);
  await type(page, "Nodes", 7);
  await page.getByRole("button", { name: /^Node n7/ }).waitFor();
  await type(page, "Clients", 3);
  await page.getByRole("button", { name: /^Client c3/ }).waitFor();
  await type(page, "Seed", 4711);
  await page.waitForURL(/#run=/);
  await button(page, "Share").click();
  const link = await page.getByRole("dialog").getByLabel("Link", { exact: true }).inputValue();
  const there = await page.context().newPage();
  await there.goto(link);
  await whole(there);
  assert.equal(await nodes(there).count(), 7);
  await there.getByRole("button", { name: /^Client c3/ }).waitFor();
  await open(there);
  assert.equal(await setting(there, "spinbutton", "Seed").inputValue(), "4711");
});

inPage("what a model cannot have is refused with its bounds, and changes nothing", { at: "#free=raft" }, async (page) => {
  await open(page);
  for (const [name, value, words] of [["Nodes", 40, /3 to 9 nodes, not 40/], ["Nodes", -1, /not -1/], ["Seed", -3, /0 or more/]]) {
    await type(page, name, value);
    await page.getByRole("alert").filter({ hasText: words }).waitFor();
    assert.equal(await nodes(page).count(), 5);
  }
});

inPage("everything is taken back, and done again", { at: "#free=primary-backup" }, async (page) => {
  await open(page);
  const usual = await nodes(page).count();
  await type(page, "Nodes", 6);
  await page.getByRole("button", { name: /^Node n6/ }).waitFor();
  await page.getByRole("button", { name: /^Node n6/ }).click();
  await button(page, "Kill").click();
  await model(page).selectOption("Raft");
  await page.getByRole("button", { name: /^Node n6/ }).waitFor();
  assert.equal(await page.getByRole("button", { name: /^Node n6, down/ }).count(), 0);
  await button(page, "Undo").click();
  await page.getByRole("button", { name: /^Node n6, down/ }).waitFor();
  assert.equal(await model(page).locator("option:checked").textContent(), "Primary and backups");
  await button(page, "Undo").click();
  await page.getByRole("button", { name: /^Node n6, up/ }).waitFor();
  await button(page, "Undo").click();
  await page.getByRole("button", { name: /^Node n6/ }).waitFor({ state: "detached" });
  assert.equal(await nodes(page).count(), usual);
  for (let times = 0; times < 3; times += 1) await button(page, "Redo").click();
  assert.equal(await model(page).locator("option:checked").textContent(), "Raft");
  assert.equal(await nodes(page).count(), 6);
});

inPage("another seed is another run in which the same is done", { at: "#free=ping-pong" }, async (page) => {
  for (let step = 0; step < 6; step += 1) await button(page, "Next event").click();
  await page.getByRole("button", { name: /^Node n2\b/ }).click();
  await button(page, "Kill").click();
  await open(page);
  await button(page, "Another seed").click();
  assert.equal(await setting(page, "spinbutton", "Seed").inputValue(), "8");
  await page.getByRole("button", { name: /^Node n2, up/ }).waitFor();
  for (let step = 0; step < 40 && !(await page.getByRole("button", { name: /^Node n2, down/ }).count()); step += 1) await button(page, "Next event").click();
  await page.getByRole("button", { name: /^Node n2, down/ }).waitFor();
});

inPage("one direction of a link is made slow and lossy, and usual again", { at: "#free=raft" }, async (page) => {
  await page.getByText("Slow and lossy links").click();
  const links = page.locator(".links");
  await links.getByRole("combobox", { name: "From" }).selectOption("n2");
  await links.getByRole("combobox", { name: "To" }).selectOption("n2");
  await told(page);
  assert.ok(await links.getByRole("button", { name: "Set" }).isDisabled(), "nobody has a link to himself");
  await links.getByRole("combobox", { name: "To" }).selectOption("n1");
  await links.getByRole("combobox", { name: "Takes" }).selectOption("1 s");
  await links.getByRole("combobox", { name: "Loses" }).selectOption("50%");
  const before = page.url();
  await links.getByRole("button", { name: "Set" }).click();
  await links.getByText("n2 → n1 takes 1 s, loses 50%").waitFor();
  await page.waitForURL((url) => url.href !== before);
  await page.reload();
  await whole(page);
  await page.getByText("Slow and lossy links").click();
  await links.getByText("n2 → n1 takes 1 s, loses 50%").waitFor();
  await links.getByRole("button", { name: "As the others" }).click();
  await told(page);
  assert.equal(await links.locator("li").count(), 0);
  await button(page, "Undo").click();
  await links.getByText("n2 → n1 takes 1 s, loses 50%").waitFor();
});

inPage("clients ask by themselves when they are told to", { at: "#free=raft" }, async (page) => {
  await open(page);
  await setting(page, "combobox", "Clients ask").selectOption("after each answer");
  await setting(page, "slider", "Time between requests").waitFor();
  for (let step = 0; step < 60 && !(await page.locator(".diagram .op").count()); step += 1) await button(page, "Next event").click();
  assert.ok(await page.locator(".diagram .op").count());
});

inPage("an address with no such model says so", { at: "#free=raftt" }, async (page) => {
  await page.getByRole("alert").filter({ hasText: "There is no model “raftt”" }).waitFor();
  assert.equal(await page.locator(".stage").count(), 0, "nothing that nobody asked for");
  await accessible(page);
  // Going on from there is as from anywhere.
  await page.evaluate(() => (location.hash = "#free=raft"));
  await page.locator(".stage").waitFor();
  await page.evaluate(() => (location.hash = "#nonsense"));
  await page.getByRole("alert").filter({ hasText: "There is nothing at the address “#nonsense”" }).waitFor();
  await page.goBack();
  await page.locator(".stage").waitFor();
  assert.match(await model(page).locator("option:checked").textContent(), /^Raft/);
});
