// What a teacher takes along of a lab: on the screen, and on paper.

import assert from "node:assert/strict";
import { accessible, DESK, inPage, PHONE, picture, whole } from "../support/browser.mjs";

inPage("a lab leads to its kit, and the kit to runs that are the same for everybody", { at: "#lab=L10" }, async (page) => {
  await page.getByRole("link", { name: "For teachers" }).click();
  await page.getByRole("heading", { name: "Runs to show" }).waitFor();
  const lists = page.locator(".kit ol");
  assert.ok((await lists.nth(0).locator("li").count()) >= 3);
  assert.equal(await lists.nth(1).locator("li").count(), 2);
  const figures = page.locator(".kit figure");
  assert.ok((await figures.count()) >= 1);
  for (const image of await figures.locator("img").all()) {
    assert.ok(await image.evaluate((img) => img.decode().then(() => img.naturalWidth > 500)), "a diagram that can be drawn");
    assert.match(await image.getAttribute("alt"), /^Messages between nodes from .* sent/);
  }
  const link = figures.first().locator("a");
  assert.ok((await link.textContent()).endsWith(await link.getAttribute("href")), "on paper the link is text");
  await link.click();
  await page.locator(".transport").waitFor();
  assert.equal(await page.getByRole("alert").count(), 0, "it is the same run");
  await page.goBack();
  await page.getByRole("link", { name: "To the lab" }).click();
  await page.getByRole("region", { name: "Lab" }).waitFor();
});

inPage("a kit is printed black on white, without what cannot be pressed on paper", { at: "#kit=L17", scheme: "dark" }, async (page) => {
  await page.getByRole("heading", { name: "Runs to show" }).waitFor();
  await page.evaluate(() => (window.print = () => (window.printed = true)));
  await page.getByRole("button", { name: "Print" }).click();
  assert.ok(await page.evaluate(() => window.printed));
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.getByRole("button", { name: "Print" }).isHidden());
  const colours = await page.evaluate(() => {
    const { color } = getComputedStyle(document.querySelector(".kit h1"));
    return [color, getComputedStyle(document.documentElement).backgroundColor];
  });
  assert.deepEqual(colours, ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]);
  assert.equal(await page.locator(".kit figure").first().evaluate((figure) => getComputedStyle(figure).breakInside), "avoid");
  await picture(page, "kit-print");
});

for (const [place, size] of [["desk", DESK], ["phone", PHONE]]) {
  for (const scheme of ["light", "dark"]) {
    inPage(`a kit is accessible and fits: ${place}, ${scheme}`, { at: "#kit=L10", size, scheme }, async (page) => {
      await page.getByRole("heading", { name: "Runs to show" }).waitFor();
      await accessible(page);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await picture(page, `kit-${place}-${scheme}`);
    });
  }
}

inPage("there is no kit of a lab that is not there", { at: "#kit=L99", complaints: [/404/] }, async (page) => {
  await whole(page);
  await page.getByRole("alert").getByText("labs/L99.toml: the server answered 404").waitFor();
  await accessible(page);
});
