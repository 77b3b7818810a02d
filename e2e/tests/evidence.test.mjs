// The report on what the engine is held to: reached from the first screen and from labs, every line with what
// is known, what was measured, and a verdict; and what is said when it cannot be had.

import assert from "node:assert/strict";
import { accessible, DESK, inPage, PHONE, picture, whole } from "../support/browser.mjs";

inPage("the first screen leads to the report, and the report to its labs", { at: "" }, async (page) => {
  await page.getByRole("navigation", { name: "Play freely" }).getByRole("link", { name: "What the engine is held to" }).click();
  await page.getByRole("heading", { name: "How often votes are split" }).waitFor();
  const all = await page.locator(".report tbody tr").count();
  assert.ok(all > 100, `${all} lines`);
  await page.getByText(`${all} of ${all} hold.`).waitFor();
  for (const cells of await page.locator(".report tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)))) {
    assert.equal(cells.length, 7);
    assert.ok(cells[1] && cells[2] && Number(cells[3]) > 0 && cells[6] === "holds", cells.join(" | "));
  }
  await page.getByRole("link", { name: "L12" }).first().click();
  await page.getByRole("region", { name: "Lab" }).waitFor();
});

for (const [place, size] of [["desk", DESK], ["phone", PHONE]]) {
  for (const scheme of ["light", "dark"]) {
    inPage(`the report is accessible and fits: ${place}, ${scheme}`, { at: "#evidence", size, scheme }, async (page) => {
      await page.getByText(/ hold\.$/).waitFor();
      await accessible(page);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await picture(page, `evidence-${place}-${scheme}`);
    });
  }
}

inPage("a report that does not come can be asked for again", { at: "", complaints: [/503/] }, async (page, site) => {
  let there = false;
  await page.route(/evidence\.tsv$/, (route) => (there ? route.continue() : route.fulfill({ status: 503 })));
  await page.goto(`${site.url}#evidence`);
  await whole(page);
  await page.getByRole("alert").waitFor();
  there = true;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText(/ hold\.$/).waitFor();
});
