// What a benchmark of the page is held against, as core/benches/bar/mod.rs has it: a bar that it is to
// reach, and a floor that it must not fall through.

import assert from "node:assert/strict";

const short = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(2));

/** Says what was measured, what it was to be at the most, and what came of it; fails beyond the floor. */
export function atMost(what, bar, floor, figure, unit = "") {
  const verdict = figure <= bar ? "reached" : figure <= floor ? "missed" : "WORSE";
  console.log(`bar | ${what} | <= ${bar}${unit} | ${short(figure)}${unit} | ${verdict}`);
  assert.ok(figure <= floor, `${what}: ${figure}${unit}`);
}
