// The last step of every build: makes trunk's output ready to be put on any web server.
//
// trunk runs it (Trunk.toml) on the staged site, so a build that fails here never replaces a good one.
// It splits the program, tells the page how large it is, adds the security policy, lists the files for
// use without a network, writes a brotli and a gzip twin beside each file, and holds the first load to
// its budget.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { split } from "./split-wasm.mjs";

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

const TEXT = /\.(html|js|css|wasm|svg|json|toml|tsv|txt|webmanifest)$/;

const site = process.env.TRUNK_STAGING_DIR;
const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** The rooms of the page (web/src/lib.rs) that are not on the first screen. */
const LATER_ROOMS = [
  ..."app author chart check compare desk diagram dom::fetch_text dom::file dom::arrive dom::below dom::into_sight dom::remember dom::reveal evidence home::free home::map host knob labs lesson map panel promise request".split(" "),
  ..."sandbox search share stage::board stage::touch stage::traffic text::curtain text::map text::search text::study worker".split(" "),
];

/**
 * What the first screen can do without: all models but the one that lives there, judging, links, and
 * the rooms of the page that are not on the first screen.
 */
const LATER = [
  /^<*faultline::models::(?!raft|Library|Model)/,
  /^(core::ptr::drop_\w+::)?<*faultline::sim::host::\w+<faultline::models::(?!raft)/,
  /^<*faultline::models::Model>::of(::)?<faultline::models::(?!raft)/,
  /^<*plotters/,
  new RegExp(`\\bfaultline_web::(${LATER_ROOMS.join("|")})\\b`),
  /^<*faultline_web::page::(Page>::(take|notices)|no_file)\b/,
  /^<*&?(mut )?<*faultline::(evidence|files|judge|link|measure|search|lab)\b/,
  /^<*(toml_parser|qrcodegen)\b/,
  /\bserde_json\b/,
  /^<*faultline::(scenario|sim)\b.* as serde_core::de::/,
  // Latencies of this shape there are only in runs that somebody sets up.
  /^faultline::sim::fixed::normal::/,
  // What only a panic has to say.
  /^core::str::slice_error_fail/,
  /^<char>::escape_debug/,
  /^core::unicode::.*grapheme_extend/,
  // The first screen has no words for fractions.
  /^(core::fmt::float|core::num::flt2dec|<f64 as core::fmt::)/,
];

/**
 * Compilers keep one of several functions that have come out alike, under any of their names. So a
 * small function stays where it is, whatever it is called; and so does one that others' code is made
 * into for a model or a component of ours: unless one that does not wait has the same function under
 * its own name. What only the rest calls goes there anyway.
 */
const SURELY_UNLIKE_ANY_OTHER = 200;
const OF_A_MODEL = /(?:sim::host::\w+<|Model>::of(?:::)?<)(faultline::models::[\w:]+)>/;
const OF_A_COMPONENT = /\bfaultline_web::(?:\w+::)*[A-Z]\w*/;
const OUR_OWN = /^<*&?(mut )?<*faultline(_web)?::/;
const MODEL_THAT_STAYS = "faultline::models::raft::Raft";
const COMPONENTS_THAT_STAY = ["faultline_web::home::hero::Hero", "faultline_web::home::Home", "faultline_web::page::Page"];

function canWait(name, size, isThere) {
  if (!LATER.some((later) => later.test(name))) return false;
  const model = OF_A_MODEL.exec(name)?.[1];
  if (model !== undefined && isThere(name.replaceAll(model, MODEL_THAT_STAYS))) return true;
  if (size < SURELY_UNLIKE_ANY_OTHER) return false;
  if (OUR_OWN.test(name) || !OF_A_COMPONENT.test(name)) return true;
  return COMPONENTS_THAT_STAY.some((stays) => isThere(name.replaceAll(new RegExp(OF_A_COMPONENT, "g"), stays)));
}

/**
 * What the linker says that it has put where in memory (web/build.rs): the rows of the map's data that
 * stand for what came from one place. Strings from everywhere are put into one heap, which has no source.
 * A program of another package has no map; all its data is loaded at once.
 */
async function memoryMap(wasm) {
  const program = wasm.replace(/-[0-9a-f]+_bg\.wasm$/, "");
  const file = path.join(process.env.CARGO_TARGET_DIR ?? "target", `wasm32-unknown-unknown/release/${program}.map`);
  if (!existsSync(file)) return [];
  const rows = (await readFile(file, "utf8")).split("\n");
  const data = rows.slice(rows.findIndex((row) => / DATA$/.test(row)) + 1);
  return data.slice(0, data.findIndex((row) => /^ +- /.test(row)) >>> 0).flatMap((row) => {
    const [, start, size, source] = /^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) {9}(\S.*)$/.exec(row) ?? [];
    return source ? [{ start: parseInt(start, 16), size: parseInt(size, 16), strings: source.startsWith("<internal>") }] : [];
  });
}

/** Puts the program into two files named by their contents, and tells the page their names. */
async function splitProgram(page, wasm) {
  const { first, rest } = split(await readFile(path.join(site, wasm)), canWait, await memoryMap(wasm));
  await rm(path.join(site, wasm));
  const put = async (name, content) => {
    const named = `${name}-${createHash("sha256").update(content).digest("hex").slice(0, 16)}.wasm`;
    await writeFile(path.join(site, named), content);
    return named;
  };
  const [firstName, restName] = await Promise.all([put("first", first), put("rest", rest)]);
  return page.replaceAll(wasm, firstName).replace('id="entry"', `id="entry" data-rest="./${restName}" data-rest-bytes="${rest.length}"`);
}

async function finishPage() {
  const file = path.join(site, "index.html");
  let page = await readFile(file, "utf8");

  const program = () => /data-wasm="(?:\.\/)?([^"]+)"/.exec(page)[1];
  if (process.env.TRUNK_PROFILE === "release") page = await splitProgram(page, program());
  const { length } = await readFile(path.join(site, program()));
  const version = /^version = "(.+)"$/m.exec(readFileSync("Cargo.toml", "utf8"))[1];
  page = page.replace('id="entry"', `id="entry" data-bytes="${length}" data-version="${version}"`);

  // trunk's reload script, which `trunk serve` adds for whoever is writing the page, is inline.
  if (!page.includes("<script>")) {
    page = page.replace("<title>", `<meta http-equiv="Content-Security-Policy" content="${POLICY}" />\n    <title>`);
  }
  return page;
}

/** What every course page loads is small: of its lines that are only comments those at the top go along. */
async function shortenLoader() {
  const file = path.join(site, "embed.js");
  const lines = (await readFile(file, "utf8")).split("\n");
  const code = lines.findIndex((line) => !line.startsWith("//"));
  await writeFile(file, lines.filter((line, index) => index < code || !/^\s*(\/\/|\/\*\*|\*)/.test(line)).join("\n"));
}

/**
 * The list of labs for the first screen: of each lab the lines before its first table, which the page
 * reads like the lab itself. So whoever adds a lab adds one file.
 */
async function listLabs() {
  const folder = path.join(site, "labs");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".toml")).sort();
  const labs = await Promise.all(names.map((name) => readFile(path.join(folder, name), "utf8")));
  const value = (head, key) => new RegExp(`^${key} = "(.*)"`, "m").exec(head)?.[1].replace(/\\(.)/g, "$1") ?? "";
  const number = (head, key) => Number(new RegExp(`^${key} = (\\d+)`, "m").exec(head)?.[1] ?? 0);
  // The promises that a lab lets one break, or see broken: the map of promises leads there.
  const promises = (lab) => [...new Set([...lab.matchAll(/broken\(([a-z-]+)\)/g)].map(([, promise]) => promise))].join(" ");
  const row = (lab) => {
    const [head] = lab.split(/^\[/m);
    return [value(head, "id"), value(head, "track"), number(head, "order"), value(head, "level"), value(head, "title"), value(head, "hook"), promises(lab)];
  };
  const line = (cells) => cells.map((cell) => String(cell).replace(/[\t\n]/g, " ")).join("\t");
  await writeFile(path.join(folder, "labs.tsv"), `${labs.map(row).map(line).join("\n")}\n`);
}

/** What nobody needs who only uses the page. */
const NOT_KEPT = /\.(br|gz|md)$|^(sizes|labs\/schema)\.json$|^sw\.js$/;

const digest = (content) => createHash("sha256").update(content).digest("hex");

/**
 * The worker that keeps the site for use without a network: static/sw.js with the list of exactly the
 * files of this build before it, and the page with the name of the build, so that the two can tell
 * whether they belong together.
 */
async function keepOffline(page) {
  const entries = await readdir(site, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(site, path.join(entry.parentPath ?? entry.path, entry.name)));
  const kept = names.map((name) => name.split(path.sep).join("/")).filter((name) => !NOT_KEPT.test(name)).sort();
  const files = {};
  for (const name of kept) files[name] = digest(await readFile(path.join(site, name)));
  files["index.html"] = digest(page);
  const version = digest(JSON.stringify(files)).slice(0, 16);
  page = page.replace('id="entry"', `id="entry" data-build="${version}"`);
  await writeFile(path.join(site, "index.html"), page);
  files["index.html"] = digest(page);
  const worker = readFileSync(path.resolve(import.meta.dirname, "../../static/sw.js"), "utf8");
  await writeFile(path.join(site, "sw.js"), `const BUILD = ${JSON.stringify({ version, files }, null, 1)};\n\n${worker}`);
}

async function compress(name) {
  const file = path.join(site, name);
  const content = await readFile(file);
  const [br, gz] = await Promise.all([brotli(content), gzip(content, { level: 9 })]);
  await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)]);
  return { name, raw: content.length, gzip: gz.length, brotli: br.length };
}

/** Everything the page names is loaded at once, but for the rest of the program, which comes after. */
function measure(page, files) {
  const sum = (key) => files.filter((file) => file.first).reduce((total, file) => total + file[key], 0);
  for (const file of files) file.first = file.name === "index.html" || (page.includes(file.name) && !file.name.startsWith("rest-"));
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
  const wasm = files.filter((file) => file.first && file.name.endsWith(".wasm")).reduce((total, file) => total + file.brotli, 0);
  return firstLoad.brotli > budget.firstLoad || wasm > budget.wasm;
}

const page = await finishPage();
await listLabs();
await shortenLoader();
await keepOffline(page);
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
