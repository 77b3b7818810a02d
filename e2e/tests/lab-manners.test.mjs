// How a lab treats whoever does it: a number is understood, what is not allowed is refused with the reason and
// loses nothing, what was solved stays solved, and what is said aloud is said once and where the focus is.

import assert from "node:assert/strict";
import { accessible, inPage, PHONE, picture, told } from "../support/browser.mjs";

const go = (page, name) => page.getByRole("button", { name, exact: true });

async function challenge(page, title) {
  await go(page, "Straight to the challenges").click();
  await page.getByRole("button", { name: title }).click();
  await page.getByRole("heading", { name: title }).waitFor();
}

async function ask(page, client, node, what) {
  await page.locator(client).click();
  await page.locator("#menu").getByLabel("Asks whom").selectOption({ label: node });
  await page.locator("#menu .ask button", { hasText: what }).click();
}

for (const typed of ["120", "120 ms", "0.12 s"]) {
  inPage(`a length of time is understood as “${typed}”`, { at: "#lab=L10" }, async (page) => {
    await challenge(page, /No cut: the price of agreement/);
    await page.locator(".answers .unit", { hasText: "ms" }).waitFor();
    await page.getByLabel("Your answer").fill(typed);
    await go(page, "Bet").click();
    await page.getByRole("heading", { name: /^Solved/ }).waitFor();
  });
}

inPage("a number that is far off is not right in any unit", { at: "#lab=L10" }, async (page) => {
  await challenge(page, /No cut: the price of agreement/);
  await page.getByLabel("Your answer").fill("0.12");
  await go(page, "Bet").click();
  await page.getByRole("heading", { name: /^Not yet/ }).waitFor();
});

inPage("what a challenge does not allow is grey, is refused with the reason, and nothing is lost", { at: "#lab=L07" }, async (page) => {
  await challenge(page, /Acknowledge and lose/);
  const events = () => page.locator(".events li").count();
  await page.locator("#node-0").click();
  const pause = page.locator("#menu button", { hasText: "Pause it" });
  assert.equal(await pause.getAttribute("aria-disabled"), "true");
  assert.equal(await page.locator("#menu button", { hasText: "Kill" }).getAttribute("aria-disabled"), null);
  await page.locator("#menu .grey").waitFor();
  await accessible(page);
  await picture(page, "lab-refused");
  const before = await events();
  await pause.click({ force: true });
  await page.getByRole("alert").getByText("Pausing a node is not part of this challenge.").waitFor();
  assert.equal(await events(), before, "nothing was done");
  assert.equal(await page.locator(".verdict").count(), 0, "and the challenge can still be solved");
  assert.doesNotMatch(await page.locator("main").innerText(), /\d ns is not allowed/);
});

inPage("what was solved stays solved for whoever plays on, stars say what they are for, and one speaker says it", { at: "#lab=L07" }, async (page) => {
  await challenge(page, /Acknowledge and lose/);
  const stars = page.getByRole("list", { name: "Stars" }).getByRole("listitem");
  assert.equal(await stars.count(), 3);
  await page.getByRole("listitem", { name: "solved: open" }).waitFor();
  await page.evaluate(() => {
    window.said = [];
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const live = (target.nodeType === 1 ? target : target.parentElement)?.closest("[role=status], [role=alert], [aria-live], output");
        if (live && live.getAttribute("aria-live") !== "off") window.said.push(live.textContent);
      }
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
  });
  await ask(page, "#node-3", "n1", "write");
  await page.locator("#more").click();
  await go(page, "a client is answered").click();
  await page.locator("#node-0").click();
  await page.locator("#menu button", { hasText: "Kill" }).click();
  await ask(page, "#node-4", "n2", "promote");
  for (let events = 0; events < 60 && !(await page.getByRole("heading", { name: /^Solved/ }).count()); events += 1) await page.keyboard.press(".");
  await page.getByRole("heading", { name: /^Solved/ }).waitFor();
  await page.locator(".announcer", { hasText: /^Solved/ }).waitFor();
  await page.getByRole("listitem", { name: "solved: earned" }).waitFor();
  const said = await page.evaluate(() => window.said);
  assert.equal(said.filter((words) => /Solved/.test(words)).length, 1, said.join("\n"));
  assert.ok(!said.some((words) => /^[\d.]+ s$/.test(words)), "the clock is not read aloud");
  await picture(page, "lab-stars");
  // A link is cut to look around.
  await page.locator(".matrix summary").click();
  await page.locator(".matrix td button").first().click();
  await page.getByText("You are playing on. Your solution is kept.").waitFor();
  await page.getByRole("heading", { name: /^Solved/ }).waitFor();
  assert.equal(await page.getByRole("heading", { name: /^Not yet/ }).count(), 0);
  await go(page, "Show it").click();
  await page.getByText("You are playing on.").waitFor({ state: "detached" });
  await page.getByRole("heading", { name: /^Solved/ }).waitFor();
});

inPage("the focus goes where one has arrived, and settings are said by their names for people", { at: "#lab=L10" }, async (page) => {
  await page.locator(".answers button").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.id === "lesson-here");
  let happened = "";
  for (let step = 0; step < 12 && (await go(page, "Continue").count()); step += 1) {
    const finish = page.getByRole("button", { name: /^(Do it for me|To the end of this)$/ });
    if (await finish.count()) {
      await finish.focus();
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement.id === "lesson-go");
      await page.locator(".announcer", { hasText: /^Done: / }).waitFor();
      happened += await page.locator(".events").innerText();
    }
    await go(page, "Continue").focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.id === "lesson-here");
  }
  assert.match(happened, /A node answers: /);
  assert.doesNotMatch(happened, /is set to \d/);
  await page.locator(".challenges button").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.id === "lesson-here");
  assert.equal(await page.evaluate(() => document.activeElement.localName), "h2");
});

inPage("on a phone a list of challenges and what follows begin at their beginning", { at: "#lab=L10", size: PHONE }, async (page) => {
  await go(page, "Straight to the challenges").click();
  const below = async () => {
    const [first, stage] = await page.evaluate(() => [document.querySelector("#lesson-here"), document.querySelector(".views")].map((element) => element.getBoundingClientRect()));
    assert.ok(first.top >= stage.bottom - 1 && first.bottom < 844, `${first.top} below ${stage.bottom}`);
  };
  await below();
  await page.locator(".challenges button").last().scrollIntoViewIfNeeded();
  await page.locator(".challenges button").last().click();
  await below();
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await go(page, "All challenges").click();
  await below();
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await go(page, "Play freely").click();
  await below();
});

inPage("a line across the stage is one action", { at: "#lab=L10" }, async (page) => {
  await challenge(page, /Down for whom/);
  const of = (id) => page.locator(id).evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  });
  const [n1, n2, n3] = [await of("#node-0"), await of("#node-1"), await of("#node-2")];
  const y = n1.y + (n2.y - n1.y) * 0.4;
  await page.mouse.move(n3.x, y);
  await page.mouse.down();
  await page.mouse.move(n2.x, y, { steps: 6 });
  await page.mouse.up();
  await page.locator(".heal").waitFor();
  await page.locator(".matrix summary").click();
  await told(page);
  assert.equal(await page.locator('.matrix td [aria-pressed="false"]').count(), 4, "only what was crossed and is drawn");
  for (const [client, node] of [["#node-3", "n1"], ["#node-4", "n2"]]) {
    await ask(page, client, node, "read");
    await page.locator("#more").click();
    await go(page, "a client is answered").click();
  }
  await page.getByRole("heading", { name: /^Solved/ }).waitFor();
  await page.getByText(/^reached at .* with 3 actions$/).waitFor();
});

/** The run, the moment and the place in the lab, as they are kept for whoever comes back. */
const kept = async (page) => {
  await page.evaluate(() => dispatchEvent(new Event("pagehide")));
  const place = await page.evaluate(() => Object.entries(localStorage).filter(([key]) => !/progress/.test(key)).map(([key, value]) => `${key}=${value}`).join("\n"));
  assert.match(place, /1[A-Za-z0-9_-]{20}/, "there is a run in it");
  return place;
};

/** A step of a lab, done for somebody. */
async function secondStep(page, done) {
  await page.locator(".answers button").first().click();
  await go(page, "Do it for me").click();
  await done(page);
  await page.locator("#lesson-go:not([aria-disabled])").waitFor();
  await page.locator(".announcer", { hasText: /^Done: / }).waitFor();
}

const ends = [];
for (const [how, motion, done] of [
  ["without motion it is there at once", false, () => {}],
  ["it is played in two seconds", true, (page) => page.clock.runFor(2_600)],
  ["a second press shows how it ends", true, async (page) => {
    await page.clock.runFor(600);
    const seen = parseFloat(await page.locator(".clock").textContent());
    assert.ok(seen > 0 && seen < 0.24, `on the way: ${seen}`);
    assert.equal(await go(page, "Continue").getAttribute("aria-disabled"), "true");
    await go(page, "Do it for me").click();
    await page.clock.runFor(600);
  }],
]) {
  inPage(`what is done for somebody ends in the same state: ${how}`, { at: "#lab=L10", motion }, async (page) => {
    await secondStep(page, done);
    ends.push(await kept(page));
    assert.equal(ends.at(-1), ends[0]);
    assert.equal(await page.locator(".clock").textContent(), "0.244 s");
    await go(page, "Undo").click();
    assert.equal(await page.locator(".events li").filter({ hasText: "asks" }).count(), 0, "one gesture to take back");
  });
}

inPage("a step lights where it waits, and leads there, by pointer and by key", { at: "#lab=L10" }, async (page) => {
  const lit = () => page.locator(".node.lit").evaluateAll((all) => all.map((one) => one.id));
  const on = () => page.evaluate(() => document.activeElement.id || document.activeElement.closest("#menu")?.id);
  const next = async () => {
    await go(page, "Do it for me").click();
    await go(page, "Continue").click();
  };
  await page.locator(".answers button").first().click();
  assert.deepEqual(await lit(), ["node-3"], "the first client");
  await page.getByRole("button", { name: "Client c1, the step waits for something here" }).waitFor();
  await go(page, "Show me where").press("Enter");
  assert.equal(await on(), "node-3");
  await accessible(page);
  // What is done is not waited for any more.
  await ask(page, "#node-3", "n1", "write");
  assert.deepEqual(await lit(), ["node-4"], "and then the second");
  await next();
  assert.deepEqual(await lit(), [], "links are drawn");
  await go(page, "Show me where").press("Enter");
  assert.equal(await on(), "menu");
  await page.locator("#menu", { hasText: "n1 ↔ n2" }).getByRole("button", { name: "Cut both ways" }).click();
  await go(page, "Show me where").click();
  await page.locator("#menu", { hasText: "n1 ↔ n3" }).waitFor();
  await page.keyboard.press("Escape");
  await next();
  await next();
  await go(page, "Continue").click();
  await page.locator(".setting.wanted", { hasText: "A node answers" }).waitFor();
  await page.locator(".settings").evaluate((settings) => settings.removeAttribute("open"));
  await go(page, "Show me where").click();
  const select = page.getByRole("combobox", { name: "A node answers" });
  assert.ok(await select.evaluate((one) => one === document.activeElement && one.getBoundingClientRect().bottom <= innerHeight));
  await accessible(page);
  await picture(page, "lab-show-where");
  await select.selectOption("at hand");
  assert.equal(await page.locator(".setting.wanted").count(), 0);
  assert.equal(await go(page, "Show me where").count(), 0);
});

inPage("what is measured can be read, and what the step is about comes first", { at: "#lab=L10" }, async (page) => {
  const row = (name) => page.locator("dl.measured div").filter({ hasText: name }).locator("dd");
  await page.locator(".answers button").first().click();
  assert.deepEqual(await page.locator(".lesson > dl.measured dt").allInnerTexts(), ["c1 was answered", "c2 was answered"]);
  assert.equal(await row("c1 was answered").textContent(), "not yet");
  await go(page, "Do it for me").click();
  assert.equal(await row("c1 was answered").textContent(), "1 of 1");
  await page.getByText("More that is measured").click();
  assert.equal(await row("Like a single register?").textContent(), "yes");
  await accessible(page);
});

for (const lab of ["L01", "L02", "L07", "L10", "L12", "L16", "L17", "L21", "L24"]) {
  inPage(`headings lead down step by step, and what is yes or no is a question: ${lab}`, { at: `#lab=${lab}` }, async (page) => {
    const orderly = async () => {
      const levels = await page.locator(":is(h1, h2, h3, h4):visible").evaluateAll((all) => all.map((one) => Number(one.localName[1])));
      levels.forEach((level, place) => assert.ok(level <= (levels[place - 1] ?? 0) + 1, `${levels}`));
    };
    await go(page, "No bet, just show me").click();
    await orderly();
    for (const details of await page.locator(".more-measured").all()) await details.evaluate((one) => one.setAttribute("open", ""));
    const all = await page.locator("dl.measured div").evaluateAll((rows) => rows.map((row) => [row.querySelector("dt").textContent, row.querySelector("dd").textContent]));
    assert.ok(all.length > 0);
    for (const [name, value] of all) assert.equal(/^(yes|no)$/.test(value), name.endsWith("?"), `${name} ${value}`);
    await go(page, "Challenges").click();
    await orderly();
  });
}
