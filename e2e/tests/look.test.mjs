// What a picky reader would mind on a phone or on paper: things that are cut off, hidden or out of sight.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { accessible, inPage, PHONE, picture, whole } from "../support/browser.mjs";

const LABS = readdirSync(path.resolve(import.meta.dirname, "../../static/labs")).filter((name) => /^L\d+\.toml$/.test(name)).map((name) => name.slice(0, 3));
const box = (locator) => locator.boundingBox().then(({ x, y, width, height }) => ({ left: x, right: x + width, top: y, bottom: y + height }));

/** The colours in a column of the screen: one if there is nothing in it but the ground. */
async function colours(page, x, { top, bottom }) {
  const shot = await page.screenshot({ clip: { x, y: top, width: 1, height: bottom - top } });
  return page.evaluate(async (shot) => {
    const image = await createImageBitmap(new Blob([Uint8Array.from(atob(shot), (letter) => letter.charCodeAt(0))]));
    const context = Object.assign(document.createElement("canvas"), { width: 1, height: image.height }).getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, 1, image.height);
    return new Set(Array.from({ length: image.height }, (_, y) => data.slice(y * 4, y * 4 + 3).join())).size;
  }, shot.toString("base64"));
}

inPage("promises that go on beyond the edge of a phone fade away there, until that is the end", { at: "#free=raft", size: PHONE }, async (page) => {
  const lights = page.locator(".lights");
  const { overflow, row } = await lights.evaluate((list) => ({ overflow: list.scrollWidth - list.clientWidth, row: list.getBoundingClientRect().right }));
  assert.ok(overflow > 50, "there are more than fit");
  // Nothing is cut off at the edge, and in the middle there are words.
  const names = await box(lights.locator("button").first());
  assert.equal(await colours(page, row - 2, names), 1);
  const some = await Promise.all([60, 61, 62, 63, 64, 65].map((x) => colours(page, x, names)));
  assert.ok(Math.max(...some) > 1);
  await lights.evaluate((list) => (list.scrollLeft = list.scrollWidth));
  const last = await box(lights.locator("button").last());
  assert.ok(last.right <= row, "the last one can be read");
  assert.equal(await page.evaluate(({ x, y }) => document.elementFromPoint(x, y).closest("button")?.getAttribute("aria-label"), { x: last.right - 14, y: (last.top + last.bottom) / 2 }), await lights.locator("button").last().getAttribute("aria-label"));
});

inPage("every answer of a bet is in sight on a phone", { at: `#lab=${LABS[0]}`, size: PHONE }, async (page, site) => {
  for (const lab of LABS) {
    await page.goto(`${site.url}#lab=${lab}`);
    await page.reload();
    await whole(page);
    const last = await box(page.locator(".answers button").last());
    // Time has nothing to say before the bet.
    assert.equal(await page.locator("footer").isVisible(), false, lab);
    assert.ok(last.bottom <= PHONE.height, `${lab}: ${last.bottom} is below ${PHONE.height}`);
    if (lab === "L10") await picture(page, "bet-phone");
  }
});

inPage("what can be done to a node is not cut off on a phone", { at: "#free=primary-backup", size: PHONE }, async (page) => {
  const stage = await box(page.locator(".stage"));
  for (const name of ["Node n1", "Node n2", "Node n3", "Client c1"]) {
    await page.getByRole("button", { name: new RegExp(`^${name}\\b`) }).click();
    const menu = await box(page.locator("#menu"));
    assert.ok(menu.left >= stage.left && menu.right <= stage.right, `${name}: ${menu.left} to ${menu.right} in ${stage.left} to ${stage.right}`);
    await page.keyboard.press("Escape");
  }
});

inPage("the mark of the step in which a lab is lies in its row of dots", { at: "#lab=L10" }, async (page) => {
  const heights = await page.locator(".dots i").evaluateAll((dots) => dots.map((dot) => dot.getBoundingClientRect().height));
  assert.deepEqual([...new Set(heights)], [7]);
});

inPage("what moves on the stage is painted above the words under a node", { at: "#free=raft", size: PHONE }, async (page) => {
  // Who lies above whom, as the browser sees it, once all of them can be hit.
  const above = await page.evaluate(() => {
    const name = [...document.querySelectorAll(".name")].find((name) => name.querySelector("small")?.textContent);
    name.style.pointerEvents = "auto";
    const { x, y, width, height } = name.getBoundingClientRect();
    const all = document.elementsFromPoint(x + width / 2, y + height / 2);
    return [all.findIndex((element) => element.tagName === "CANVAS"), all.findIndex((element) => name.contains(element))];
  });
  assert.ok(above[0] >= 0 && above[0] < above[1], `${above}`);
});

inPage("a diagram of a kit begins shortly before something happens", { at: "#kit=L10" }, async (page) => {
  const pictures = page.locator(".kit figure img");
  await pictures.first().waitFor();
  for (const svg of await pictures.evaluateAll((all) => all.map((image) => decodeURIComponent(image.src.slice(image.src.indexOf(",") + 1))))) {
    const width = Number(/width="(\d+)"/.exec(svg)[1]);
    const forms = [/class="near" d="M([-\d.]+)/g, /<g class="op[^>]*><rect x="([-\d.]+)/g, /class="event (?:input|timer|all)[^>]*(?:cx="|d="M)([-\d.]+)/g];
    const starts = forms.flatMap((form) => [...svg.matchAll(form)].map(([, x]) => Number(x)));
    assert.ok(starts.length > 0 && Math.min(...starts) < width / 5, `${Math.min(...starts)} of ${width}`);
  }
});

inPage("a report names its command, and on a phone each row keeps its name in sight", { at: "#evidence", size: PHONE }, async (page) => {
  assert.equal(await page.locator(".report code").innerText(), "faultline validate");
  const table = page.locator(".report .wide").first();
  await table.evaluate((part) => (part.scrollLeft = part.scrollWidth));
  const [row, part] = [await box(table.locator("tbody th").first()), await box(table)];
  assert.ok(Math.abs(row.left - part.left) < 1);
  await page.getByText("holds").first().waitFor();
  await accessible(page);
});

inPage("on the map of a phone no arrow passes behind a promise", { at: "#map", size: PHONE }, async (page) => {
  const hidden = await page.evaluate(() => {
    const boxes = [...document.querySelectorAll(".promise rect")].map((rect) => ({ name: rect.parentElement.id, x: rect.x.baseVal.value, y: rect.y.baseVal.value, width: rect.width.baseVal.value, height: rect.height.baseVal.value }));
    return [...document.querySelectorAll(".implies path:not(.near)")].flatMap((path) => {
      const length = path.getTotalLength();
      const points = Array.from({ length: 60 }, (_, step) => path.getPointAtLength((length * (step + 0.5)) / 60));
      return boxes.filter(({ x, y, width, height }) => points.some((at) => at.x > x && at.x < x + width && at.y > y && at.y < y + height)).map(({ name }) => [path.parentElement.getAttribute("aria-label"), name]);
    });
  });
  assert.deepEqual(hidden, []);
  await picture(page, "map-phone-arrows");
});

inPage("in the smallest node that holds it, a name does not cover what stands below it", { at: "#lab=L10", size: { width: 375, height: 667 } }, async (page) => {
  const node = page.locator(".nodes li").first();
  const [name, value] = [await box(node.locator("b")), await box(node.locator(".node span"))];
  assert.ok(name.bottom <= value.top + 1, `${name.bottom} ${value.top}`);
  await picture(page, "small-nodes");
});
