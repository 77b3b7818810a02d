// How a lab treats whoever does it: a number is understood, what is not allowed is refused with the reason and
// loses nothing, what was solved stays solved, and what is said aloud is said once and where the focus is.

import assert from "node:assert/strict";
import { accessible, inPage, PHONE, picture } from "../support/browser.mjs";

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
  assert.equal(await page.locator('.matrix td [aria-pressed="false"]').count(), 4, "only what was crossed and is drawn");
  for (const [client, node] of [["#node-3", "n1"], ["#node-4", "n2"]]) {
    await ask(page, client, node, "read");
    await page.locator("#more").click();
    await go(page, "a client is answered").click();
  }
  await page.getByRole("heading", { name: /^Solved/ }).waitFor();
  await page.getByText(/^reached at .* with 3 actions$/).waitFor();
});

inPage("what is done for somebody is shown, and a second press shows how it ends", { at: "#lab=L10", motion: true }, async (page) => {
  await page.locator(".answers button").first().click();
  await go(page, "Do it for me").click();
  await page.clock.runFor(600);
  const clock = () => page.locator(".clock").textContent();
  const seen = parseFloat(await clock());
  assert.ok(seen > 0 && seen < 0.24, `on the way: ${seen}`);
  assert.equal(await go(page, "Continue").getAttribute("aria-disabled"), "true");
  await go(page, "Do it for me").click();
  assert.equal(await go(page, "Continue").getAttribute("aria-disabled"), null);
  await go(page, "Continue").click();
  await go(page, "Do it for me").click();
  await page.clock.runFor(3_500);
  await page.locator("#lesson-go:not([aria-disabled])").waitFor();
});
