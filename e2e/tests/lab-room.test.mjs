// A lab has its stage and its controls in sight together, however large or low the window is, and in a frame of
// a course page; what is beside the stage scrolls by itself.

import assert from "node:assert/strict";
import { inPage, picture } from "../support/browser.mjs";
import { serveAround } from "../support/server.mjs";

const go = (page, name) => page.getByRole("button", { name, exact: true });

/** The top and the bottom of the first of these, in the window. */
const box = (page, what) => page.locator(what).first().evaluate((element) => {
  const { top, bottom, height } = element.getBoundingClientRect();
  return { top, bottom, height };
});

/** Fails unless all of the stage and of the controls is in the window, and the stage is worth looking at. */
async function inSight(page, height, least = 150) {
  const [stage, time] = [await box(page, ".stage"), await box(page, ".transport")];
  assert.ok(stage.top >= 0 && stage.height >= least, `the stage: ${JSON.stringify(stage)}`);
  assert.ok(stage.bottom <= time.top + 1 && time.bottom <= height, `stage to ${stage.bottom}, controls from ${time.top} to ${time.bottom} of ${height}`);
}

for (const [width, height] of [[1280, 800], [1366, 650], [1280, 600], [844, 390], [667, 375], [760, 600]]) {
  for (const lab of ["L10", "L21"]) {
    inPage(`${lab}: stage and controls are in sight together at ${width}x${height}`, { at: `#lab=${lab}`, size: { width, height } }, async (page) => {
      await page.locator(".lesson .ways button").first().click();
      for (let step = 0; step < 2; step += 1) {
        await inSight(page, height);
        await go(page, "Do it for me").click();
        await go(page, "Continue").click();
      }
      for (let events = 0; events < 12; events += 1) await page.keyboard.press(".");
      await inSight(page, height);
      await picture(page, `room-${lab}-${width}x${height}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      // The end of what is beside the stage can be reached, and moves neither.
      await page.locator(".side .leaves-out summary").scrollIntoViewIfNeeded();
      await inSight(page, height);
    });
  }
}

for (const [width, height] of [[320, 640], [390, 844]]) {
  inPage(`the bet is in sight at ${width}x${height}`, { at: "#lab=L10", size: { width, height }, hasTouch: true }, async (page) => {
    const answer = await box(page, ".answers button");
    assert.ok(answer.bottom <= height, `the first answer ends at ${answer.bottom}`);
    assert.ok(!(await page.locator("footer").isVisible()), "nothing can be played yet");
    await picture(page, `room-bet-${width}`);
    await page.locator(".answers button").first().click();
    await page.locator("footer").waitFor();
    const time = await box(page, "footer");
    assert.ok(time.height <= 100, `the controls are ${time.height} high`);
    await picture(page, `room-step-${width}`);
  });
}

for (const height of [undefined, 600]) {
  for (const width of [1000, 760, 390]) {
    inPage(`in a frame of ${width} by ${height ?? "as much as it needs"} the controls stay with the stage, and its height does not jump`, { open: false, size: { width: 1100, height: 1400 } }, async (page, site) => {
      const sized = height ? ` height="${height}"` : "";
      const host = await serveAround(`<!doctype html><html lang="en"><title>A course</title><body><script src="%SITE%embed.js"></script><main style="width:${width}px"><fault-line lab="L10"${sized}></fault-line></main>`, site);
      await page.goto(host.url);
      const element = page.locator("fault-line");
      const frame = element.frameLocator("iframe");
      await frame.getByRole("region", { name: "Lab" }).waitFor();
      const sizes = [];
      const look = async () => {
        await frame.locator(".transport").waitFor();
        // A frame without an origin keeps nothing, and says so once.
        const close = frame.locator(".notice button");
        if (await close.count()) await close.click();
        const inside = () => frame.locator("#app").evaluate((app) => Math.ceil(app.getBoundingClientRect().height));
        while (!height && Math.abs((await inside()) - (await element.boundingBox()).height) > 1);
        sizes.push((await element.boundingBox()).height);
        const [stage, time] = [await frame.locator(".stage").boundingBox(), await frame.locator(".transport").boundingBox()];
        const outer = await element.boundingBox();
        assert.ok(stage.height >= 150 && stage.y >= outer.y, JSON.stringify(stage));
        assert.ok(time.y + time.height <= outer.y + outer.height, `controls to ${time.y + time.height} of ${outer.height}`);
        if (!height && width === 390) assert.ok(time.y - stage.y - stage.height < 60, "right below");
      };
      await frame.getByRole("button", { name: "No bet, just show me" }).click();
      await frame.getByRole("button", { name: "Do it for me" }).waitFor();
      await look();
      for (let step = 0; step < 3; step += 1) {
        await frame.getByRole("button", { name: "Do it for me" }).click();
        await frame.getByRole("button", { name: "Continue" }).click();
        await look();
      }
      await picture(page, `room-frame-${width}-${height ?? "auto"}`);
      host.close();
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 60, `heights ${sizes}`);
    });
  }
}
