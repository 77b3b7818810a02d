// The command of Faultline, for tests in which it has to agree with the page. It is built before the first
// test, so that no test's time is spent on a compiler.

import { execFile, execFileSync } from "node:child_process";
import path from "node:path";
import { before } from "node:test";
import { promisify } from "node:util";

export const ROOT = path.resolve(import.meta.dirname, "../..");

let built;

before(async () => {
  const build = ["build", "--quiet", "--locked", "--offline", "-p", "faultline", "--message-format", "json", "--bin", "faultline"];
  const { stdout } = await promisify(execFile)("cargo", build, { cwd: ROOT, maxBuffer: 1e8 });
  built = stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line).executable).findLast(Boolean);
});

/** What it says, asked in these words. */
export const command = (...words) => execFileSync(built, words, { cwd: ROOT, encoding: "utf8" });
