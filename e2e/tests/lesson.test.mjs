// A lab in the page: from the map through the bet and the guided part to a challenge, by mouse and by
// keyboard, and what is shown when there is no such lab or its file is damaged.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { accessible, DESK, inPage, PHONE, picture, whole } from "../support/browser.mjs";

const go = (page, name) => page.getByRole("button", { name, exact: true });

async function openFirstLab(page) {
  await page.locator(".map .cards a").first().click();
  await whole(page);
  await page.getByRole("region", { name: "Lab" }).waitFor();
}

/** Through all guided steps, each done by the lab itself. */
async function walk(page) {
  for (;;) {
    const finish = page.getByRole("button", { name: /^(Do it for me|To the end of this)$/ });
    if (await finish.count()) await finish.click();
    if (!(await go(page, "Continue").count())) return;
    await go(page, "Continue").click();
    if (await page.locator(".challenges").count()) return;
  }
}

for (const [place, size] of [["desk", DESK], ["phone", PHONE]]) {
  for (const scheme of ["light", "dark"]) {
    inPage(`a lab is accessible and fits: ${place}, ${scheme}`, { at: "", size, scheme }, async (page) => {
      await openFirstLab(page);
      await accessible(page);
      await picture(page, `lab-bet-${place}-${scheme}`);
      await page.locator(".answers button").first().click();
      await accessible(page);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await picture(page, `lab-step-${place}-${scheme}`);
    });
  }
}

inPage("a bet is kept in sight and compared, and Previous leads back", { at: "" }, async (page) => {
  await openFirstLab(page);
  const said = await page.locator(".answers button").first().textContent();
  await page.locator(".answers button").first().click();
  await page.getByText(`Your bet: ${said}`).waitFor();
  assert.equal(await go(page, "Continue").getAttribute("aria-disabled"), "true");
  const first = await page.locator(".lesson .say").textContent();
  await go(page, "Do it for me").click();
  await go(page, "Continue").click();
  assert.notEqual(await page.locator(".lesson .say").textContent(), first);
  await go(page, "Previous").click();
  assert.equal(await page.locator(".lesson .say").textContent(), first);
  await walk(page);
  await page.locator(".wager").getByText(said).waitFor();
  assert.match(await page.locator(".wager").textContent(), /^[✓✗]/);
  await picture(page, "lab-choice");
});

inPage("a challenge gives hints, is not solved by waiting, and what was done is kept", { at: "", size: PHONE }, async (page) => {
  await openFirstLab(page);
  await go(page, "No bet, just show me").click();
  await walk(page);
  await page.locator(".challenges button").first().click();
  await go(page, "Hint").click();
  assert.equal(await page.locator(".hints li").count(), 1);
  await accessible(page);
  await go(page, "All challenges").click();
  await page.getByRole("link", { name: "Faultline" }).click();
  await page.locator(".map .stars").first().waitFor();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as a file" }).click();
  const file = await readFile(await (await saving).path(), "utf8");
  await page.getByRole("button", { name: "Erase", exact: true }).click();
  await page.getByRole("button", { name: "Erase all of it" }).click();
  await page.locator(".map .stars").first().waitFor({ state: "detached" });
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
  // The file brings it back, here or on another device; whatever is wrong with it is named.
  const open = (text) => page.locator(".bring input").setInputFiles({ name: "faultline-progress.txt", mimeType: "text/plain", buffer: Buffer.from(text) });
  await open(`${file}lab L10 step=many\n`);
  await page.getByRole("alert").getByText(/^faultline-progress\.txt: line \d+ cannot be read: lab L10 step=many/).waitFor();
  await open(file);
  await page.getByText("What the file says you have done counts here now too.").waitFor();
  await page.locator(".map .stars").first().waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem("faultline.progress")), file);
});

inPage("by keyboard alone", { at: "" }, async (page) => {
  await openFirstLab(page);
  await page.locator(".answers button").first().focus();
  await page.keyboard.press("Enter");
  await go(page, "Do it for me").focus();
  await page.keyboard.press("Enter");
  await go(page, "Continue").focus();
  await page.keyboard.press("Enter");
  await page.getByText("Step 2 of").waitFor({ state: "attached" });
});

inPage("a lab that is not there is named, and so is every fault of a damaged one", { at: "#lab=L99", complaints: [/404/] }, async (page, site) => {
  await page.getByRole("heading", { name: "The lab L99 cannot be shown" }).waitFor();
  await page.getByRole("alert").getByText("labs/L99.toml: the server answered 404").waitFor();
  await accessible(page);
  await page.route(/mine\.toml$/, (route) => route.fulfill({ body: 'format = 1\nid = "mine"\ntitel = "Mine"\n' }));
  await page.goto(`${site.url}#lab=mine.toml`);
  await page.getByText("mine.toml:3: titel: there is no such field; did you mean `title`?").waitFor();
});

inPage("the map finds labs by their words", { at: "" }, async (page) => {
  const title = await page.locator(".map .cards strong").first().textContent();
  await page.getByLabel("Find a lab").fill(title.slice(0, 8));
  assert.ok((await page.locator(".map .cards a").count()) >= 1);
  await page.getByLabel("Find a lab").fill("no such words");
  await page.getByText("No lab has these words.").waitFor();
});

inPage("labs that go before or on from a lab are named by their titles, and by their ids where nobody knows those", { at: "#lab=L12" }, async (page, site) => {
  const links = () => page.locator(".related a").allInnerTexts();
  await page.getByRole("link", { name: "L07 · Acknowledged … and lost" }).waitFor();
  assert.equal((await links()).length, 1);
  await page.route("**/labs.tsv", (route) => route.fulfill({ body: "" }));
  await page.goto(`${site.url}#lab=L21`);
  await page.reload();
  await whole(page);
  assert.deepEqual(await links(), ["L02"]);
});

inPage("where a challenge is about one part of the network, that is all there is to turn", { at: "#lab=L17" }, async (page) => {
  await go(page, "Straight to the challenges").click();
  await page.getByRole("button", { name: /Ten terms, no leader/ }).click();
  const knobs = page.locator(".settings .setting label");
  await knobs.first().waitFor();
  assert.deepEqual(await knobs.allInnerTexts(), ["Fastest message", "Slowest message"]);
  await accessible(page);
});
