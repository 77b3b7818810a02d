// How much a first visit downloads, compressed as servers send it. The build refuses what is larger.

import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { atMost } from "../support/bar.mjs";

const SITE = path.resolve(import.meta.dirname, "../../dist");

test("a first visit", () => {
  const { budget, firstLoad, files } = JSON.parse(readFileSync(path.join(SITE, "sizes.json"), "utf8"));
  const program = files.filter(({ name, first }) => first && name.endsWith(".wasm")).reduce((sum, { brotli }) => sum + brotli, 0);
  const loader = brotliCompressSync(readFileSync(path.join(SITE, "embed.js"))).length;
  for (const [what, bar, size] of [["first visit", budget.firstLoad, firstLoad.brotli], ["... of it the program", budget.wasm, program], ["embed.js", 3_000, loader]]) {
    atMost(`${what}, compressed`, bar / 1_000, bar / 1_000, size / 1_000, " kB");
  }
});
