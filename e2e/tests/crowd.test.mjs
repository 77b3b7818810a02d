// A thousand nodes: density first, and everybody in it on demand.

import assert from "node:assert/strict";
import { accessible, inPage, picture, whole } from "../support/browser.mjs";

const THOUSAND = "#run=1Bmdvc3NpcOgHAQcBBXJvdW5kgNrECQGAtIkTgI7OHAAAAAAAAMCWsQIAAICU69wDAAGAxoaPAeCfBcql0eLnwc-4MjWcTZE";
const button = (page, name) => page.getByRole("button", { name, exact: true });

for (const scheme of ["light", "dark"]) {
  inPage(`a thousand nodes are drawn, and each can be picked, named and killed: ${scheme}`, { open: false, scheme }, async (page, site) => {
    await page.goto(site.url + THOUSAND);
    await whole(page);
    assert.ok((await page.locator(".nodes li").count()) <= 2, "a crowd is no list of elements");
    await picture(page, `thousand-${scheme}`);
    await accessible(page);
    const drawn = () => page.locator("canvas").evaluate((canvas) => canvas.toDataURL());
    const { x, y, width, height } = await page.locator("canvas").boundingBox();
    await page.mouse.click(x + width / 2, y + height / 2);
    const name = await page.locator("#inspector-title").evaluate((title) => title.firstChild.textContent);
    assert.match(name, /^n\d+$/);
    await picture(page, `thousand-picked-${scheme}`);
    const before = await drawn();
    await button(page, "Kill").click();
    await page.getByRole("button", { name: new RegExp(`^Node ${name}, down`) }).waitFor();
    assert.notEqual(await drawn(), before);
    // By key one goes on from there.
    await page.locator(".nodes button[tabindex='0']").focus();
    await page.keyboard.press("ArrowRight");
    assert.match(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), /^Node n\d+, up/);
  });
}
