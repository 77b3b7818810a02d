// Every challenge of two labs, as somebody does them who sees nothing and has no mouse: all that is
// pressed is keys, and all that is known is what the accessibility tree says.

import assert from "node:assert/strict";
import { inPage } from "../support/browser.mjs";

/** A reader at the keyboard. */
class Reader {
  constructor(page) {
    this.page = page;
  }

  /** Everything that a screen reader could say, in reading order. */
  text() {
    return this.page.locator("body").ariaSnapshot();
  }

  /** What has the focus: its role and name. */
  async here() {
    return (await this.page.locator(":focus, body:not(:has(:focus))").ariaSnapshot()).split("\n")[0];
  }

  async press(key, times = 1) {
    for (let time = 0; time < times; time += 1) await this.page.keyboard.press(key);
  }

  /** Tabs on until this has the focus. */
  async reach(what) {
    for (let tabs = 0; tabs < 200; tabs += 1) {
      if (what.test(await this.here())) return;
      await this.press("Tab");
    }
    assert.fail(`${what} is not reached; there is\n${await this.text()}`);
  }

  async push(what) {
    await this.reach(what);
    await this.press("Enter");
  }

  /** Chooses in a list, by the first letters of the entry. */
  async choose(list, entry) {
    await this.reach(list);
    await this.page.keyboard.type(entry);
  }

  async hears(what) {
    const text = await this.text();
    return what.test(text);
  }

  /** Does something again and again, until this is to be heard. */
  async until(what, does, most = 120) {
    for (let time = 0; time < most; time += 1) {
      if (await this.hears(what)) return;
      await does();
    }
    assert.fail(`${what} is not heard; there is\n${await this.text()}`);
  }

  /** From actor to actor on the stage, to this one. */
  async walk(name) {
    const wanted = new RegExp(`"(Node|Client) ${name}[",]`);
    await this.reach(/"(Node|Client) /);
    for (let turn = 0; turn < 12; turn += 1) {
      if (wanted.test(await this.here())) return;
      await this.press("PageDown");
    }
    assert.fail(`${name} is not on the stage`);
  }

  /** Does to a node or a client what its menu offers. */
  async does(name, what) {
    await this.walk(name);
    if (!/\[expanded\]/.test(await this.here())) await this.press("Enter");
    await this.push(what);
  }

  /** Lets a client ask a node. */
  async ask(client, node, operation) {
    await this.walk(client);
    if (!/\[expanded\]/.test(await this.here())) await this.press("Enter");
    await this.choose(/combobox "Asks whom"/, node);
    await this.push(new RegExp(`button "${operation}"`));
  }

  /** Cuts, heals, slows: whatever a click in the table of links does now. */
  async links(...ways) {
    for (const [from, to] of ways) await this.push(new RegExp(`"${from} reaches ${to}[",]`));
  }

  async answered() {
    await this.push(/button "Go on until"/);
    await this.push(/button "a client is answered"/);
  }

  async openLinks() {
    if (!(await this.hears(/columnheader "n2"/))) await this.push(/"?Who can reach whom/);
  }

  /** Time passes as fast as it can, until the challenge says something. */
  async playOut(what) {
    await this.reach(/slider "Speed"/);
    await this.press("End");
    await this.push(/button "Play"/);
    await this.page.getByRole("status").filter({ hasText: what }).first().waitFor({ timeout: 50_000 });
  }

  async solved() {
    await this.page.getByRole("status").filter({ hasText: /Solved/ }).first().waitFor({ state: "attached", timeout: 50_000 });
    assert.match(await this.text(), /heading "Solved/);
    // Whoever sees finds it in sight, wherever they have just been.
    const { y, height } = await this.page.locator("#lesson-verdict").boundingBox();
    assert.ok(y >= 0 && y < this.page.viewportSize().height - Math.min(height, 60), `at ${y}`);
  }

  /** Opens a challenge, from the bet or from another challenge. */
  async challenge(title) {
    await this.push(/button "(All challenges|Straight to the challenges)"/);
    await this.push(new RegExp(`button "(Break it|Defend it|Predict it) ?${title}`));
    await this.until(new RegExp(`heading ".*${title}`), () => this.press("Tab"), 5);
  }

  async answer(words) {
    await this.push(new RegExp(`button "${words}"`));
    await this.solved();
  }
}

inPage("L10 by ear: every challenge", { at: "#lab=L10", timeout: 300_000 }, async (page) => {
  const reader = new Reader(page);

  await reader.challenge("Re-enact the proof");
  await reader.openLinks();
  await reader.links(["n1", "n2"]);
  await reader.ask("c1", "n1", "write");
  await reader.answered();
  assert.ok(!(await reader.hears(/heading "Solved/)), "not before the read");
  await reader.ask("c2", "n2", "read");
  await reader.answered();
  await reader.solved();

  await reader.challenge("Down for whom");
  await reader.openLinks();
  await reader.links(["n1", "n2"], ["n1", "n3"]);
  await reader.ask("c1", "n1", "read");
  await reader.answered();
  await reader.ask("c2", "n2", "read");
  await reader.answered();
  await reader.solved();

  await reader.challenge("Keep both lights green");
  await reader.answer("Availability: somebody is refused");

  await reader.challenge("No cut: the price of agreement");
  await reader.reach(/textbox "Your answer"/);
  await page.keyboard.type("124ms");
  await reader.press("Enter");
  await reader.solved();

  await reader.challenge("No cut: the price of speed");
  await reader.openLinks();
  await reader.choose(/combobox "A click"/, "makes");
  await reader.links(["n1", "n2"]);
  await reader.ask("c1", "n1", "write");
  await reader.answered();
  await reader.ask("c2", "n2", "read");
  await reader.answered();
  await reader.solved();
});

inPage("L17 by ear: every challenge", { at: "#lab=L17", timeout: 300_000 }, async (page) => {
  const reader = new Reader(page);
  const delivery = () => reader.press(">");

  await reader.challenge("Ten terms, no leader");
  await reader.reach(/slider "Fastest message"/);
  await reader.press("End");
  await reader.playOut(/Solved/);
  await reader.solved();

  await reader.challenge("Two leaders at once");
  await reader.does("n1", /button "Fire: election timeout"/);
  await reader.until(/Node n1, up, leader/, delivery);
  await delivery();
  await reader.openLinks();
  const sides = [["n1", "n2"], ["n3", "n4", "n5"]];
  const across = sides[0].flatMap((one) => sides[1].flatMap((other) => [[one, other], [other, one]]));
  await reader.links(...across.sort());
  await reader.until(/Node n[345], up, leader/, delivery);
  const newer = /Node (n[345]), up, leader/.exec(await reader.text())[1];
  await reader.ask("c1", "n1", "write");
  await reader.answered();
  await reader.ask("c2", newer, "write");
  await reader.answered();
  await reader.solved();

  await reader.challenge("Two winners of one term");
  await reader.openLinks();
  await reader.links(["n1", "n2"], ["n1", "n5"]);
  await reader.does("n1", /button "Fire: election timeout"/);
  await reader.until(/Node n1, up, leader/, delivery);
  await reader.links(["n1", "n3"]);
  await reader.does("n3", /button "Kill"/);
  await reader.does("n3", /button "Restart"/);
  await reader.does("n2", /button "Fire: election timeout"/);
  await reader.until(/heading "Solved/, delivery);
  await reader.solved();

  await reader.challenge("Half a second");
  await reader.reach(/slider "Election timeout, at least"/);
  await reader.press("ArrowLeft", 2);
  await reader.reach(/slider "Heartbeat"/);
  await reader.press("ArrowLeft");
  await reader.push(/button "Let the attacks begin"/);
  await reader.solved();

  await reader.challenge("Written to the old leader");
  await reader.answer("Nobody ever applies it");
});
