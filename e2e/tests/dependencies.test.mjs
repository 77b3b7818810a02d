// What the site is made of: every library under a licence that lets anybody use it, from the place
// where libraries are published, and none that runs a program of its own while it is installed.
// It needs no network; lists of known faults do, so those are for whoever has one (CONTRIBUTING.md).

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

const ROOT = path.resolve(import.meta.dirname, "../..");
const FREE = new Set(["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSL-1.0", "Unicode-3.0", "Unlicense"]);
/** Runs in the tests alone and is no part of the site. */
const FOR_TESTS = new Map([["axe-core", "MPL-2.0"]]);

/** Whether a licence, as its package writes it, can be kept with what we allow. */
function isFree(licence) {
  const words = licence.replaceAll(/[()]/g, "");
  return words.split(" AND ").every((all) => all.split(/ OR |\s*\/\s*/).some((one) => FREE.has(one.trim())));
}

/** Whether something may be used, under the licence that it names, if it names one. */
const mayBeUsed = (name, licence) => isFree(licence ?? "") || (licence !== undefined && FOR_TESTS.get(name) === licence);

test("every crate is published, and free", () => {
  const { packages } = JSON.parse(
    execFileSync("cargo", ["metadata", "--locked", "--offline", "--format-version", "1"], { cwd: ROOT, maxBuffer: 1 << 26, encoding: "utf8" }),
  );
  assert.ok(packages.length > 20);
  for (const { name, license, source } of packages) {
    assert.ok(isFree(license ?? ""), `${name}: ${license}`);
    assert.ok(source === null || source.startsWith("registry+"), `${name}: ${source}`);
  }
});

test("every package of the tests is free, and installing it runs nothing", () => {
  const { packages } = JSON.parse(readFileSync(path.join(ROOT, "e2e/package-lock.json"), "utf8"));
  for (const [place, { license, hasInstallScript, link }] of Object.entries(packages).filter(([place]) => place)) {
    const name = place.replace(/.*node_modules\//, "");
    assert.ok(mayBeUsed(name, license), `${name}: ${license}`);
    assert.ok(!hasInstallScript && !link, name);
  }
});

test("a licence that asks for something is noticed", () => {
  for (const licence of ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND SSPL-1.0", ""]) assert.equal(isFree(licence), false, licence);
  for (const licence of ["GPL-3.0 OR MIT", "Unlicense/MIT", "(MIT OR Apache-2.0) AND Unicode-3.0"]) assert.equal(isFree(licence), true, licence);
  for (const [name, licence] of [["anything", undefined], ["anything", "MPL-2.0"], ["axe-core", undefined]]) assert.equal(mayBeUsed(name, licence), false, name);
  assert.ok(mayBeUsed("axe-core", "MPL-2.0") && mayBeUsed("anything", "MIT"));
});
