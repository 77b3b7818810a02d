// The last step of every build: makes trunk's output ready to be put on any web server.
//
// trunk runs it (Trunk.toml) on the staged site, so a build that fails here never replaces a good one.
// It tells the page how large its program is, adds the security policy, writes a brotli and a gzip
// twin beside each file, and holds the first load to its budget.

import { readFileSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";

/** What a first visit may cost, in bytes over the wire. */
const BUDGET = { firstLoad: 250_000, wasm: 180_000 };

// Only what the page itself brings may run. Attributes may carry styles, because Yew writes them
// as attributes. Whether others may embed the page is for their server's headers to say.
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const TEXT = /\.(html|js|css|wasm|svg|json|toml|txt|webmanifest)$/;

const site = process.env.TRUNK_STAGING_DIR;
const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

async function finishPage() {
  const file = path.join(site, "index.html");
  let page = await readFile(file, "utf8");

  const wasm = /data-wasm="([^"]+)"/.exec(page)[1];
  const { length } = await readFile(path.join(site, wasm));
  const version = /^version = "(.+)"$/m.exec(readFileSync("Cargo.toml", "utf8"))[1];
  page = page.replace('id="entry"', `id="entry" data-bytes="${length}" data-version="${version}"`);

  // trunk's reload script, which `trunk serve` adds for whoever is writing the page, is inline.
  if (!page.includes("<script>")) {
    page = page.replace("<title>", `<meta http-equiv="Content-Security-Policy" content="${POLICY}" />\n    <title>`);
  }
  await writeFile(file, page);
  return page;
}

async function compress(name) {
  const file = path.join(site, name);
  const content = await readFile(file);
  const [br, gz] = await Promise.all([brotli(content), gzip(content, { level: 9 })]);
  await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)]);
  return { name, raw: content.length, gzip: gz.length, brotli: br.length };
}

/** Everything the page names is loaded at once; the rest waits until it is asked for. */
function measure(page, files) {
  const sum = (key) => files.filter((file) => file.first).reduce((total, file) => total + file[key], 0);
  for (const file of files) file.first = file.name === "index.html" || page.includes(file.name);
  files.sort((a, b) => b.first - a.first || b.brotli - a.brotli);
  return { budget: BUDGET, firstLoad: { raw: sum("raw"), gzip: sum("gzip"), brotli: sum("brotli") }, files };
}

function print({ budget, firstLoad, files }) {
  const width = Math.max(...files.map((file) => file.name.length));
  const row = (name, ...cells) => console.log(name.padEnd(width), ...cells.map((cell) => String(cell).padStart(9)));
  row("bytes", "raw", "gzip", "brotli");
  row("first load", firstLoad.raw, firstLoad.gzip, firstLoad.brotli);
  for (const { name, first, ...size } of files) row(name, size.raw, size.gzip, size.brotli, first ? "" : "later");
  console.log(`budget, brotli: first load ${budget.firstLoad}, wasm ${budget.wasm}`);
}

function overBudget({ budget, firstLoad, files }) {
  const wasm = files.filter((file) => file.name.endsWith(".wasm")).reduce((total, file) => total + file.brotli, 0);
  return firstLoad.brotli > budget.firstLoad || wasm > budget.wasm;
}

const page = await finishPage();
if (process.env.TRUNK_PROFILE === "release") {
  const names = (await readdir(site, { recursive: true })).filter((name) => TEXT.test(name));
  const sizes = measure(page, await Promise.all(names.map(compress)));
  await writeFile(path.join(site, "sizes.json"), JSON.stringify(sizes, null, 2));
  print(sizes);
  if (overBudget(sizes) && process.env.FAULTLINE_BUDGET !== "none") {
    console.error("The site is over its budget.");
    process.exitCode = 1;
  }
}
