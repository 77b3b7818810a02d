// The stage as something to read: words that cover nothing, a phone on which a lab and its stage are
// seen together, and everybody large enough for a finger.

import assert from "node:assert/strict";
import { accessible, DESK, inPage, PHONE, picture, whole } from "../support/browser.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const SIZES = Object.entries({ desk: DESK, phone: PHONE });

/** Before the page starts: what the canvas of the stage says, since it was last cleared. */
function listen() {
  window.words = [];
  const context = CanvasRenderingContext2D.prototype;
  const { clearRect, fillText } = context;
  context.clearRect = function (...area) {
    window.words = [];
    return clearRect.apply(this, area);
  };
  context.fillText = function (words, x, y, ...rest) {
    window.words.push({ words, x, y, width: this.measureText(words).width });
    return fillText.call(this, words, x, y, ...rest);
  };
}

/** What of the words lies over nodes, over what stands under them, or over other words. */
function covered() {
  const stage = document.querySelector("canvas").getBoundingClientRect();
  const area = ({ x, y, width }) => ({ left: stage.x + x - width / 2, right: stage.x + x + width / 2, top: stage.y + y - 9, bottom: stage.y + y + 1 });
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const round = (box, word) => {
    const [x, y, r] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2, box.width / 2];
    const [dx, dy] = [Math.max(word.left - x, 0, x - word.right), Math.max(word.top - y, 0, y - word.bottom)];
    return dx * dx + dy * dy < r * r;
  };
  const nodes = [...document.querySelectorAll(".node")].map((node) => node.getBoundingClientRect());
  const names = [...document.querySelectorAll(".name small")].filter((name) => name.textContent).map((name) => name.getBoundingClientRect());
  const words = window.words.map((word) => ({ ...word, ...area(word) }));
  return words.filter((word, index) => nodes.some((node) => round(node, word)) || names.some((name) => meet(name, word)) || words.slice(0, index).some((other) => meet(other, word)));
}

for (const [place, size] of SIZES) {
  inPage(`what messages say covers no node, no name and no other words: ${place}`, { size, motion: true, open: false, timeout: 180_000 }, async (page, site) => {
    await page.addInitScript(listen);
    const said = new Set();
    for (const model of ["raft", "gossip", "quorums", "two-phase-commit"]) {
      await page.goto(`${site.url}#free=${model}`);
      await page.reload();
      await whole(page);
      const client = page.getByRole("button", { name: /^Client c1/ });
      if (model !== "raft" && model !== "gossip") {
        await client.click();
        await page.locator("#menu .ask button").first().click();
      }
      await page.getByRole("slider", { name: "Speed" }).fill(model === "raft" ? "-2" : "-4");
      for (let moment = 0; moment < 30; moment += 1) {
        await page.clock.runFor(120);
        const [bad, words] = await page.evaluate(`[(${covered})(), window.words.map((word) => word.words)]`);
        assert.deepEqual(bad, [], `${model} at ${moment}`);
        for (const word of words) said.add(word);
      }
      await picture(page, `words-${model}-${place}`);
    }
    assert.ok(said.has("any news?") && said.size > 2 && !said.has(""), [...said].join());
  });

  inPage(`who points at a message is told what it says, whatever stands there: ${place}`, { size }, async (page) => {
    await page.evaluate(`(${listen})()`);
    const { x, y } = await page.locator("canvas").boundingBox();
    const flying = () => page.locator(".flights summary small").textContent();
    await button(page, "Next event").click();
    for (let steps = 0; steps < 20 && (await flying()) === "0"; steps += 1) await button(page, "Next event").click();
    const [from, to] = [await page.locator("#node-0").boundingBox(), await page.locator("#node-1").boundingBox()];
    const words = () => page.evaluate(() => window.words.map((word) => word.words));
    await page.mouse.move(x + 5, y + 5);
    const alone = (await words()).length;
    let heard = [];
    for (let along = from.x + from.width; along < to.x && heard.length <= alone; along += 6) {
      await page.mouse.move(along, from.y + from.height / 2);
      heard = await words();
    }
    assert.equal(heard.length, alone + 1, heard.join());
    assert.match(heard.at(-1), /^(ping|pong) \d+$/);
  });

  inPage(`every node and client is large enough for a finger: ${place}`, { size }, async (page) => {
    for (const title of ["Raft", "A chain of services", "A queue in front of a server"]) {
      const models = page.getByRole("combobox", { name: "Model" });
      if (!(await models.locator("option", { hasText: title }).count())) continue;
      await models.selectOption(title);
      for (const box of await page.locator(".node").evaluateAll((nodes) => nodes.map((node) => node.getBoundingClientRect().width))) assert.ok(box >= 24, `${title}: ${box}`);
    }
  });
}

inPage("on a phone a stop of a lab and its stage are seen together, however far one reads", { size: PHONE, at: "#lab=L10" }, async (page) => {
  const inSight = (locator) => locator.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    const time = document.querySelector("footer");
    const floor = time.checkVisibility() ? time.getBoundingClientRect().top : innerHeight;
    return top >= 0 && bottom <= Math.min(floor, innerHeight) + 1;
  });
  const stage = page.locator(".stage");
  assert.equal(await inSight(stage), true);
  await button(page, "No bet, just show me").click();
  for (let stops = 0; stops < 3; stops += 1) {
    assert.equal(await inSight(stage), true);
    assert.equal(await inSight(page.locator(".lesson .say")), true);
    assert.equal(await inSight(page.locator(".lesson .go")), true);
    const forMe = button(page, "Do it for me");
    if (await forMe.count()) await forMe.click();
    await button(page, "Continue").click();
  }
  await picture(page, "lab-stop-phone");
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  assert.equal(await inSight(stage), true);
});

inPage("on a phone one reads where one is, and what is rarely done is behind one button", { size: PHONE, at: "#free=primary-backup" }, async (page) => {
  await page.locator("#node-0").click();
  await button(page, "Kill").click();
  const where = await page.getByRole("combobox", { name: "Model" }).boundingBox();
  assert.ok(where.width > 120, `${where.width} px`);
  const rare = ["Compare", "Make a lab", "What you can do"];
  for (const name of rare) assert.equal(await button(page, name).isVisible(), false);
  await button(page, "More to do").click();
  for (const name of rare) assert.equal(await button(page, name).isVisible(), true);
  await picture(page, "more-to-do");
  await page.keyboard.press("Escape");
  assert.equal(await button(page, "Compare").isVisible(), false);
  assert.equal(await page.evaluate(() => document.activeElement.id), "others");
  await page.keyboard.press("Enter");
  await button(page, "Compare").click();
  await page.waitForURL(/#compare=/);
});

for (const size of [PHONE, { width: 320, height: 640 }]) {
  inPage(`what each node is stands beside it before the bet, and the bet is in sight: ${size.width}`, { at: "#lab=L21", size, hasTouch: true }, async (page) => {
    const all = await page.evaluate(() => {
      const box = (element) => element.getBoundingClientRect().toJSON();
      const stage = box(document.querySelector(".stage"));
      const actors = [...document.querySelectorAll(".nodes li")].map((actor) => ({
        circle: box(actor.querySelector("button")),
        name: actor.querySelector("b") && box(actor.querySelector("b")),
        value: actor.querySelector("button > span") && box(actor.querySelector("button > span")),
        role: actor.querySelector(".name small").textContent,
        words: box(actor.querySelector(".name small")),
      }));
      return { stage, actors, options: [...document.querySelectorAll(".answers button")].map(box) };
    });
    const meets = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    const nodes = all.actors.filter(({ role }) => role);
    assert.deepEqual(nodes.map(({ role }) => role), ["process", "process", "lock server", "standby", "file"]);
    for (const one of nodes) {
      assert.ok(one.words.width > 10 && one.words.left >= all.stage.left && one.words.right <= all.stage.right, one.role);
      assert.ok(!one.value || !meets(one.value, one.name), `the value of the ${one.role} lies over its name`);
      for (const other of all.actors) {
        if (other === one) continue;
        assert.ok(!meets(one.words, other.circle) && !(other.role && meets(one.words, other.words)), `${one.role} and ${other.role}`);
      }
    }
    for (const option of all.options) assert.ok(option.bottom <= size.height, `an answer ends at ${option.bottom}`);
    await accessible(page);
    await picture(page, `lab-roles-${size.width}`);
    await page.locator(".answers button").first().click();
    // The menu leaves the node to be seen that it is about.
    for (const node of ["#node-0", "#node-2", "#node-4"]) {
      await page.locator(node).tap();
      const [menu, circle] = [await page.locator("#menu").boundingBox(), await page.locator(node).boundingBox()];
      assert.ok(menu.y >= circle.y + circle.height && menu.y + menu.height <= size.height, `${node}: ${JSON.stringify(menu)}`);
      const heights = await page.locator("#menu > button").evaluateAll((all) => all.map((one) => one.offsetHeight));
      assert.ok(heights.length > 3 && Math.min(...heights) >= 44);
      await page.getByRole("button", { name: "Close the menu" }).tap();
    }
    // A finger leaves no grey behind.
    const grey = await page.evaluate(() => {
      const rules = (list) => [...list].flatMap((rule) => (rule.media?.mediaText.includes("hover: hover") ? [] : rule.cssRules?.length ? [...(rule.selectorText ? [rule] : []), ...rules(rule.cssRules)] : [rule]));
      return [...document.styleSheets].flatMap((sheet) => rules(sheet.cssRules)).map((rule) => rule.selectorText ?? "").filter((selector) => /:hover/.test(selector) && !/\.narrow/.test(selector));
    });
    assert.deepEqual(grey, []);
  });
}
