// A run leaves the page as a link, a line of HTML, a QR code or a file, and comes back in.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import jsQR from "jsqr";
import { accessible, DESK, inPage, PHONE, picture, whole } from "../support/browser.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const dialog = (page) => page.getByRole("dialog", { name: "Share" });
const field = (page, name) => dialog(page).getByLabel(name, { exact: true });

async function steps(page, count = 8) {
  for (let step = 0; step < count; step += 1) await button(page, "Next event").click();
}

async function share(page) {
  await button(page, "Share").click();
  await dialog(page).waitFor();
}

/** What a camera would read. */
async function scanned(page) {
  const { pixels, side } = await page.evaluate(async () => {
    const picture = document.querySelector("svg.qr").cloneNode(true);
    const side = 400;
    picture.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    picture.setAttribute("width", side);
    picture.setAttribute("height", side);
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(picture.outerHTML)}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, side, side);
    let pixels = "";
    for (let at = 0; at < data.length; at += 4) pixels += data[at] > 127 ? "1" : "0";
    return { pixels, side };
  });
  const image = Uint8ClampedArray.from([...pixels].flatMap((light) => [light * 255, light * 255, light * 255, 255]));
  return jsQR(image, side, side)?.data;
}

async function saved(page, name) {
  const download = page.waitForEvent("download");
  await dialog(page).getByRole("button", { name, exact: true }).click();
  const file = await download;
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
}

/** Lets files, or a link, fall on the page. */
const drop = (page, files, link) =>
  page.evaluate(
    ([files, link]) => {
      const data = new DataTransfer();
      for (const [name, text] of Object.entries(files)) data.items.add(new File([text], name));
      if (link) data.setData("text/uri-list", link);
      for (const kind of ["dragover", "drop"]) {
        document.querySelector("main").dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
      }
    },
    [files, link],
  );

for (const [place, size] of [["desk", DESK], ["phone", PHONE]]) {
  for (const scheme of ["light", "dark"]) {
    inPage(`the dialog is accessible and fits: ${place}, ${scheme}`, { size, scheme, at: "#free=raft" }, async (page) => {
      await steps(page);
      await share(page);
      await dialog(page).getByRole("button", { name: "QR code" }).click();
      await accessible(page);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await picture(page, `share-${place}-${scheme}`);
    });
  }
}

inPage("the QR code says exactly the link", { at: "#free=raft" }, async (page) => {
  await steps(page);
  await share(page);
  await dialog(page).getByRole("button", { name: "QR code" }).click();
  assert.equal(await scanned(page), await field(page, "Link").inputValue());
});

inPage("a run with too long a link has no QR code, and says why", { at: "#free=raft" }, async (page) => {
  const inputs = Array.from({ length: 200 }, (_, index) => ({ at: `${index + 1}s`, input: { cut: { from: index % 5, to: (index + 1) % 5 } } }));
  await drop(page, { "long.json": JSON.stringify({ model: "raft", nodes: 5, clients: 2, seed: 1, patience: "1s", inputs }) });
  await page.waitForURL(/#run=1/);
  await share(page);
  await dialog(page).getByRole("button", { name: "QR code" }).click();
  await dialog(page).getByText(/This link has \d+ letters\. A QR code/).waitFor();
  assert.equal(await page.locator("svg.qr").count(), 0);
});

inPage("the line of HTML shows the same run in somebody's page", { at: "#free=raft" }, async (page, site) => {
  await steps(page);
  await share(page);
  await dialog(page).getByLabel("Height").selectOption("480 pixels");
  await dialog(page).getByRole("button", { name: "Copy code" }).click();
  await dialog(page).getByText("Copied.").waitFor();
  const line = await page.evaluate(() => navigator.clipboard.readText());
  assert.doesNotMatch(line, /\n/);
  const clock = await page.locator(".clock").textContent();

  const course = await page.context().newPage();
  await course.route("**/course.html", (route) => route.fulfill({ contentType: "text/html", body: `<!doctype html><title>Course</title>${line}` }));
  await course.goto(new URL("course.html", site.url).href);
  const frame = course.frameLocator("iframe");
  await frame.locator(".transport").waitFor();
  assert.equal(await frame.locator(".clock").textContent(), clock);
  assert.equal(await course.locator("iframe").evaluate((frame) => frame.clientHeight), 480);
  assert.equal(await course.locator("iframe").getAttribute("title"), "Raft");
});

inPage("the line that is offered first is as high as it needs, and the same in somebody's page", { at: "#lab=L10" }, async (page, site) => {
  await share(page);
  const code = () => field(page, "For a page of yours").inputValue();
  assert.match(await code(), /<fault-line run="#run=1/);
  await dialog(page).getByRole("button", { name: "This lab" }).click();
  const line = await code();
  assert.ok(line.startsWith(`<script src="${site.url}embed.js" async></script><fault-line lab="L10" label="`), line);
  const course = await page.context().newPage();
  await course.route("**/course.html", (route) => route.fulfill({ contentType: "text/html", body: `<!doctype html><title>Course</title>${line}` }));
  await course.goto(new URL("course.html", site.url).href);
  const frame = course.frameLocator("fault-line iframe");
  await frame.locator(".answers button").first().waitFor();
  await course.waitForFunction(() => document.querySelector("fault-line").clientHeight === document.querySelector("fault-line").shadowRoot.querySelector("iframe").contentDocument.documentElement.scrollHeight);
  await accessible(page);
});

inPage("a lab shares itself or the run in it", { at: "#lab=L07" }, async (page, site) => {
  await share(page);
  assert.match(await field(page, "Link").inputValue(), /#run=1/);
  await dialog(page).getByRole("button", { name: "This lab" }).click();
  assert.equal(await field(page, "Link").inputValue(), `${site.url}#lab=L07`);
  await accessible(page);
});

inPage("the device's own share sheet gets the link", { at: "#free=raft", open: false }, async (page, site) => {
  await page.addInitScript(() => {
    navigator.share = (data) => {
      window.shared = data;
      return Promise.reject(new DOMException("changed his mind", "AbortError"));
    };
  });
  await page.goto(`${site.url}#free=raft`);
  await whole(page);
  await share(page);
  await dialog(page).getByRole("button", { name: "Send…" }).click();
  assert.deepEqual(await page.evaluate(() => window.shared), { title: "Raft", url: await field(page, "Link").inputValue() });
});

inPage("the dialog is left by key, and the focus is where it was", async (page) => {
  await button(page, "Share").focus();
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  const clock = await page.locator(".clock").textContent();
  await page.keyboard.press(".");
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Share");
  assert.equal(await page.locator(".clock").textContent(), clock, "keys are the dialog's while it is open");
});

inPage("a scenario is saved, and opens the same world", { at: "#free=primary-backup" }, async (page) => {
  await steps(page);
  await page.getByRole("button", { name: /^Node n2\b/ }).click();
  await button(page, "Kill").click();
  await share(page);
  const scenario = await saved(page, "Scenario JSON");
  assert.equal(scenario.name, "faultline-scenario.json");
  const world = JSON.parse(scenario.text);
  assert.equal(world.model, "primary-backup");
  assert.equal(world.inputs.length, 1);
  await page.keyboard.press("Escape");

  await button(page, "Undo").click();
  await drop(page, { [scenario.name]: scenario.text });
  await page.waitForURL(/#run=1/);
  await page.locator(".clock").filter({ hasText: "0.000 s" }).waitFor();
  for (let step = 0; step < 40 && !(await page.getByRole("button", { name: /^Node n2, down/ }).count()); step += 1) await button(page, "Next event").click();
  await page.getByRole("button", { name: /^Node n2, down/ }).waitFor();
});

inPage("what clients saw is saved, and can be judged", { at: "#free=primary-backup" }, async (page) => {
  await page.getByRole("button", { name: /^Node n1\b/ }).click();
  await button(page, "c1 asks: write").click();
  await steps(page, 20);
  await share(page);
  const edn = await saved(page, "What clients saw EDN");
  assert.match(edn.text, /:f :write/);
  const lines = (await saved(page, "What clients saw JSON lines")).text.trim().split("\n").map((line) => JSON.parse(line));
  assert.ok(lines.some((line) => line.f === "write"));
  const trace = (await saved(page, "Everything that happened JSON lines")).text.trim().split("\n").map((line) => JSON.parse(line));
  assert.ok(trace.length > 20 && trace.every((row, index) => row.row === index));
  assert.match((await saved(page, "Diagram SVG")).text, /^<svg xmlns/);
  assert.match((await saved(page, "Diagram Mermaid")).text, /^sequenceDiagram/);
  await page.keyboard.press("Escape");

  await drop(page, { [edn.name]: edn.text });
  await page.getByRole("heading", { name: "Judge a history" }).waitFor();
  await page.getByText(edn.name).waitFor();
  assert.equal(await page.getByLabel("The history").inputValue(), edn.text);
  await picture(page, "judge-given");
  await page.locator(".verdict").waitFor();
});

const LAB = path.resolve(import.meta.dirname, "../../static/labs/L07.toml");

inPage("a lab file becomes a lab, and after a reload says that it was a file", { at: "" }, async (page) => {
  const mine = readFileSync(LAB, "utf8").replaceAll("L07", "mine").replace(/^title = ".*"/m, 'title = "A lab of mine"');
  await page.getByLabel("Open a file").setInputFiles({ name: "mine.toml", mimeType: "text/plain", buffer: Buffer.from(mine) });
  await page.getByRole("heading", { name: "A lab of mine" }).waitFor();
  await page.getByRole("region", { name: "Lab" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "The lab was in a file" }).waitFor();
  await accessible(page);
  await page.getByLabel("Open a file").setInputFiles({ name: "mine.toml", mimeType: "text/plain", buffer: Buffer.from(mine) });
  await page.getByRole("heading", { name: "A lab of mine" }).waitFor();
});

inPage("a link that is dragged here is opened", { at: "#free=raft" }, async (page, site) => {
  await drop(page, {}, `${site.url}#lab=L07`);
  await page.getByRole("region", { name: "Lab" }).waitFor();
});

inPage("what cannot be opened is named with its place, and nothing is lost", { at: "#free=raft" }, async (page) => {
  await steps(page);
  const before = [await page.locator(".clock").textContent(), await page.locator(".events li").allInnerTexts()];
  for (const [name, text, words] of [
    ["mine.json", '{\n  "model": "raft",\n  "nodes": "five"\n}', /mine\.json: .*line 3/],
    ["mine.json", '{ "model": "raft", "nodes": 90, "clients": 1, "seed": 1, "patience": "1s" }', /mine\.json: nodes: .*3 to 9/],
    ["mine.toml", "title = \n", /mine\.toml:1: /],
    ["mine.edn", "{:process 0 :type :nonsense}", /mine\.edn: line 1/],
    ["poem.txt", "Shall I compare thee to a summer's day?", /poem\.txt: this is no scenario/],
  ]) {
    await drop(page, { [name]: text });
    await page.getByRole("alert").filter({ hasText: words }).waitFor();
  }
  await accessible(page);
  assert.deepEqual([await page.locator(".clock").textContent(), await page.locator(".events li").allInnerTexts()], before);
  await button(page, "Close").click();
  assert.equal(await page.getByRole("alert").count(), 0);
});
