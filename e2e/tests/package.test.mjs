// What `faultline package` makes: a SCORM package in a small platform that holds to the standard, and one
// file that is opened from a disk.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { accessible, inPage, picture } from "../support/browser.mjs";
import { command } from "../support/command.mjs";
import { SITE } from "../support/server.mjs";

const PLACE = mkdtempSync(path.join(tmpdir(), "faultline-package-"));
after(() => rmSync(PLACE, { recursive: true }));

function make(kind, name) {
  const out = path.join(PLACE, name);
  command("package", "L10", kind, "--out", out, "--site", SITE);
  return out;
}

/** The files of an archive, found by its list; each has to be stored as it is. */
function unpack(bytes) {
  const files = new Map();
  const end = bytes.lastIndexOf("PK\x05\x06", undefined, "latin1");
  let at = bytes.readUInt32LE(end + 16);
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count -= 1) {
    assert.equal(bytes.toString("latin1", at, at + 4), "PK\x01\x02");
    assert.equal(bytes.readUInt16LE(at + 10), 0);
    const [size, length, start] = [bytes.readUInt32LE(at + 24), bytes.readUInt16LE(at + 28), bytes.readUInt32LE(at + 42)];
    const name = bytes.toString("utf8", at + 46, at + 46 + length);
    const from = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
    files.set(name, bytes.subarray(from, from + size));
    at += 46 + length;
  }
  return files;
}

/** What every value of SCORM 1.2 that is used here may be (the run-time environment, chapter 3.4.4). */
const VALUES = {
  "cmi.core.lesson_status": /^(passed|completed|failed|incomplete|browsed)$/,
  "cmi.core.score.raw": /^(\d|[1-9]\d|100)(\.\d+)?$/,
  "cmi.core.score.min": /^(\d|[1-9]\d|100)(\.\d+)?$/,
  "cmi.core.score.max": /^(\d|[1-9]\d|100)(\.\d+)?$/,
  "cmi.core.session_time": /^\d{2,4}:[0-5]\d:[0-5]\d(\.\d{1,2})?$/,
  "cmi.core.exit": /^(time-out|suspend|logout|)$/,
  "cmi.suspend_data": /^[\s\S]{0,4096}$/,
};

/** A platform: it keeps to the order of calls, refuses what is no value, and remembers what was committed. */
const platform = (kept) => `<!doctype html><title>A platform</title><script>
  const VALUES = { ${Object.entries(VALUES).map(([name, shape]) => `"${name}": ${shape}`).join(", ")} };
  const saved = ${JSON.stringify(kept)};
  window.values = { "cmi.core.lesson_status": "not attempted", ...saved };
  window.committed = null;
  window.faults = [];
  let phase = "new", fault = "0";
  const refuse = (code, words) => (window.faults.push(words), (fault = code), "false");
  const done = () => ((fault = "0"), "true");
  window.API = {
    LMSInitialize: (word) => (phase !== "new" || word !== "" ? refuse("101", "initialize") : ((phase = "on"), done())),
    LMSFinish: (word) => (phase !== "on" || word !== "" ? refuse("301", "finish") : ((phase = "over"), (window.committed = { ...window.values }), done())),
    LMSGetValue: (name) => (phase !== "on" ? (refuse("301", "get " + name), "") : !(name in VALUES) ? (refuse("401", "get " + name), "") : (done(), window.values[name] ?? "")),
    LMSSetValue: (name, value) => {
      if (phase !== "on") return refuse("301", "set " + name);
      if (!(name in VALUES)) return refuse("401", "set " + name);
      if (typeof value !== "string" || !VALUES[name].test(value)) return refuse("405", "set " + name + " to " + value);
      window.values[name] = value;
      return done();
    },
    LMSCommit: (word) => (phase !== "on" || word !== "" ? refuse("301", "commit") : ((window.committed = { ...window.values }), done())),
    LMSGetLastError: () => fault,
    LMSGetErrorString: (code) => "fault " + code,
    LMSGetDiagnostic: (code) => "fault " + code,
  };
</script><frameset cols="*"><frame name="sco" src="package/sco.html"></frameset>`;

async function serve(files) {
  let kept = {};
  const server = http.createServer((request, response) => {
    const name = new URL(request.url, "http://x").pathname.slice(1);
    const type = { html: "text/html", js: "text/javascript", css: "text/css", wasm: "application/wasm", svg: "image/svg+xml" }[name.split(".").at(-1)];
    if (name === "") return response.writeHead(200, { "content-type": "text/html" }).end(platform(kept));
    const content = files.get(name.replace("package/", ""));
    if (!content) return response.writeHead(name === "favicon.ico" ? 204 : 404).end();
    response.writeHead(200, { "content-type": type ?? "text/plain" }).end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, keep: (values) => (kept = values), close: () => (server.closeAllConnections(), server.close()) };
}

test("a package is the same every time, names every file, and complaints name what is missing", { timeout: 580_000 }, () => {
  const [one, two] = [readFileSync(make("--scorm", "one.zip")), readFileSync(make("--scorm", "two.zip"))];
  assert.ok(one.equals(two));
  const files = unpack(one);
  const manifest = files.get("imsmanifest.xml").toString();
  const named = [...manifest.matchAll(/<file href="([^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual(named.sort(), [...files.keys()].filter((name) => name !== "imsmanifest.xml").sort());
  assert.match(manifest, /<schemaversion>1\.2</);
  assert.match(manifest, /adlcp:scormtype="sco" href="sco.html"/);
  assert.throws(() => command("package", "L99", "--html", "--out", path.join(PLACE, "x"), "--site", SITE), /L99\.toml/);
  assert.throws(() => command("package", "L10", "--html", "--out", path.join(PLACE, "x"), "--site", PLACE), /there is no site/);
  assert.throws(() => command("package", "L10", "--out", path.join(PLACE, "x")), /--scorm or --html/);
});

inPage("in a platform it is graded, and goes on where the learner was", { open: false, timeout: 580_000 }, async (page) => {
  const server = await serve(unpack(readFileSync(make("--scorm", "lab.zip"))));
  try {
    await page.goto(server.url);
    const lab = page.frameLocator("frame").frameLocator("#lab");
    const button = (name) => lab.getByRole("button", { name, exact: true });
    await lab.locator(".answers button").first().click();
    await button("Skip").click();
    await page.waitForFunction(() => /lab L10 step 2/.test(window.committed?.["cmi.suspend_data"]));
    assert.equal(await page.evaluate(() => window.values["cmi.core.lesson_status"]), "incomplete");
    const before = await page.evaluate(() => window.committed);
    server.keep(before);
    await page.reload();
    // Back at the second step: Previous leads to the first.
    await button("Previous").waitFor();
    while ((await lab.locator(".challenges").count()) === 0) await button("Skip").or(button("Do it for me")).or(button("Continue").and(lab.locator(":not([aria-disabled=true])"))).first().click();
    await lab.locator(".challenges button").filter({ hasText: "Keep both lights green" }).click();
    await button("Availability: somebody is refused").click();
    await page.waitForFunction(() => Number(window.committed?.["cmi.core.score.raw"]) > 0);
    assert.equal(await page.evaluate(() => window.committed["cmi.core.lesson_status"]), "completed");
    // Who solves everything has passed, whether guided or not.
    const all = { faultline: 1, type: "progress", lab: "L10", place: "challenge", step: 0, steps: 6, stars: 4, mostStars: 6, challenges: [{ stars: 2 }, { stars: 2 }] };
    const inner = page.frames().find((frame) => frame.url().includes("#lab=L10"));
    await inner.evaluate((all) => parent.postMessage(all, "*"), all);
    await page.waitForFunction(() => window.committed["cmi.core.lesson_status"] === "passed");
    // The platform takes the package away: then the time has been told, and nothing was refused.
    await page.evaluate(() => document.querySelector("frame").remove());
    await page.waitForFunction(() => window.committed["cmi.core.session_time"]);
    assert.deepEqual(await page.evaluate(() => window.faults), []);
  } finally {
    server.close();
  }
});

inPage("without a platform it says so, and works", { open: false, timeout: 580_000 }, async (page) => {
  const server = await serve(unpack(readFileSync(make("--scorm", "alone.zip"))));
  try {
    await page.goto(`${server.url}package/sco.html`);
    await page.getByText("There is no course around this page").waitFor();
    await page.frameLocator("#lab").locator(".answers button").first().click();
    await page.frameLocator("#lab").getByText("Your bet:").waitFor();
    await accessible(page);
  } finally {
    server.close();
  }
});

inPage("one file opens from a disk, and reaches nobody", { open: false, timeout: 580_000 }, async (page) => {
  const file = make("--html", "L10.html");
  const asked = [];
  page.on("request", (request) => !request.url().startsWith("data:") && asked.push(request.url().split("#")[0]));
  await page.goto(`file://${file}`);
  await page.locator(".answers button").first().click();
  await page.getByText("Your bet:").waitFor();
  await page.getByRole("button", { name: "Do it for me" }).or(page.getByRole("button", { name: "Skip" })).first().click();
  await page.getByRole("button", { name: "Previous", exact: true }).waitFor();
  await accessible(page);
  await picture(page, "one-file");
  assert.deepEqual([...new Set(asked)], [`file://${file}`]);
  assert.match(await page.title(), /^CAP/);
  await page.reload();
  // It goes on where it was.
  await page.getByText("Your bet:").waitFor();
  await page.getByRole("button", { name: "Previous", exact: true }).waitFor();
});
