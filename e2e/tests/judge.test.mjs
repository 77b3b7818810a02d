// A history is judged in the page: dropped, chosen or pasted, beside the page, with a way out.

import assert from "node:assert/strict";
import { accessible, inPage, PHONE, picture, whole } from "../support/browser.mjs";

const KEPT = `{:process 0, :type :invoke, :f :write, :value 1}
{:process 0, :type :ok, :f :write, :value 1}
{:process 1, :type :invoke, :f :read, :value nil}
{:process 1, :type :ok, :f :read, :value 1}
`;
const at = "#check";
const judge = (page) => page.getByRole("button", { name: "Judge" });

inPage("an example shows what is broken, and by which operations", { at }, async (page) => {
  await page.getByRole("button", { name: "Try an example" }).click();
  await page.getByRole("heading", { name: /^not linearizable/ }).waitFor();
  assert.ok((await page.locator(".op.guilty").count()) >= 2);
  await accessible(page);
  await picture(page, "judge");
});

inPage("a dropped file is judged as what it is a history of", { at, size: PHONE }, async (page) => {
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "run.edn"));
    document.querySelector("main").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, KEPT.replaceAll(":read, :value nil", ":cas, :value [1 1]").replaceAll(":read, :value 1", ":cas, :value [1 1]"));
  await page.getByRole("heading", { name: /^linearizable/ }).waitFor();
  await page.getByText("run.edn").waitFor();
  assert.equal(await page.getByLabel("Clients talk to a").last().inputValue(), "1");
  await accessible(page);
});

inPage("what cannot be read is named, with the place, and nothing is lost", { at }, async (page) => {
  const text = `${KEPT}{:process 2 :type :nonsense`;
  await page.getByLabel("The history").fill(text);
  await judge(page).click();
  await page.getByRole("alert").getByText(/^line 5, column/).waitFor();
  assert.equal(await page.getByLabel("The history").inputValue(), text);
});

inPage("another promise is another verdict", { at }, async (page) => {
  await page.getByRole("button", { name: "Try an example" }).click();
  await page.getByRole("heading", { name: /^not linearizable/ }).waitFor();
  await page.getByLabel("that is promised to be").last().selectOption({ label: "pram" });
  // What was judged is no answer to this question.
  assert.equal(await page.getByRole("heading", { name: /^not linearizable/ }).count(), 0);
  await judge(page).click();
  await page.getByRole("heading", { name: /^pram is kept/ }).waitFor();
});

inPage("what was typed and asked survives a reload, and what takes its place gives it back", { at }, async (page) => {
  const history = page.getByLabel("The history");
  const promise = page.getByLabel("that is promised to be").last();
  await history.fill(KEPT);
  await promise.selectOption({ label: "sequential" });
  const chosen = await promise.inputValue();
  await page.reload();
  await whole(page);
  assert.deepEqual([await history.inputValue(), await promise.inputValue()], [KEPT, chosen]);
  await page.getByRole("button", { name: "Try an example" }).click();
  await page.getByText("This took the place of what was here before.").waitFor();
  await accessible(page);
  await page.getByRole("button", { name: "Bring it back" }).click();
  assert.deepEqual([await history.inputValue(), await promise.inputValue()], [KEPT, chosen]);
  assert.equal(await page.getByRole("button", { name: "Bring it back" }).count(), 0);
  // A file somebody has anyhow, and it must leave room for what was done in the labs.
  await history.fill("x".repeat(400_001));
  await page.getByText("This is too long to be kept here").waitFor();
  await history.fill("");
  await page.reload();
  await whole(page);
  assert.equal(await history.inputValue(), "");
});

inPage("work can be cancelled, and the page answers meanwhile", { at }, async (page) => {
  // Everybody writes and nobody reads: there are very many orders, and the last read finds no place in any.
  const line = (process, f, value) =>
    [`{:process ${process} :type :invoke :f ${f} :value ${f === ":read" ? "nil" : value}}`, `{:process ${process} :type :ok :f ${f} :value ${value}}`];
  const lines = Array.from({ length: 60 }, (_, at) => line(at % 10, ":write", at % 10 * 6 + Math.floor(at / 10) + 1)).flat();
  lines.push(...line(10, ":read", 7), ...line(10, ":read", 8), ...line(10, ":read", 7));
  await page.getByLabel("The history").fill(lines.join("\n"));
  await page.getByLabel("that is promised to be").last().selectOption({ label: "sequential" });
  await judge(page).click();
  // It says how far it is, out of all 63 operations.
  const bar = page.locator("progress[value]");
  await bar.waitFor();
  assert.equal(await bar.getAttribute("max"), "63");
  assert.ok(Number(await bar.getAttribute("value")) > 30);
  await accessible(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Judging…").waitFor({ state: "hidden" });
  await page.getByLabel("The history").fill(KEPT);
  await judge(page).click();
  await page.getByRole("heading", { name: /^sequentially consistent/ }).waitFor();
});

inPage("the first screen leads here, and back", { at: "" }, async (page) => {
  await page.getByRole("link", { name: /Judge a history/ }).click();
  await whole(page);
  await page.getByRole("heading", { name: "Judge a history" }).waitFor();
  await page.getByRole("link", { name: "Faultline" }).click();
  await page.getByRole("heading", { name: /own hands/ }).waitFor();
});

let gone = false;
const disturb = (pathname, response) => {
  if (!/\/boot[^/]*\.js$/.test(pathname)) return false;
  // No browser keeps it, as it would not where the one it has is too old.
  response.setHeader("cache-control", "no-store");
  if (gone) response.writeHead(404).end();
  return gone;
};

inPage("where the site has another version by now, and nobody is there to do the work, the page says so and goes on", { at, server: { disturb }, complaints: [/404/] }, async (page) => {
  gone = true;
  await page.getByLabel("The history").fill(KEPT);
  await judge(page).click();
  await page.getByRole("alert").getByText("could not be loaded").waitFor();
  await page.getByLabel("The history").fill(`${KEPT} `);
  assert.equal(await page.locator("#crash[open]").count(), 0);
});

inPage("a file that cannot be read takes the verdict of the one before away, and what was typed stays", { at }, async (page) => {
  await page.getByRole("button", { name: "Try an example" }).click();
  await page.getByRole("heading", { name: /^not linearizable/ }).waitFor();
  const text = await page.getByLabel("The history").inputValue();
  await page.locator("main.check input[type=file]").setInputFiles({ name: "history.edn.gz", mimeType: "application/gzip", buffer: Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]) });
  await page.getByRole("alert").getByText(/history\.edn\.gz/).waitFor();
  assert.equal(await page.getByRole("heading", { name: /linearizable/ }).count(), 0);
  assert.equal(await page.getByLabel("The history").inputValue(), text);
});

inPage("transactions are promised something of their own", { at }, async (page) => {
  const promised = () => page.getByLabel("that is promised to be").last().locator("option:checked").textContent();
  assert.equal(await promised(), "linearizable");
  const transactions = `{:process 0, :type :invoke, :f :txn, :value [[:append 1 1] [:r 1 nil]]}
{:process 0, :type :ok, :f :txn, :value [[:append 1 1] [:r 1 [1]]]}
`;
  const choose = (name, text) => page.locator("main.check input[type=file]").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  await choose("la.edn", transactions);
  await page.getByRole("heading", { name: /^strict.serializable is kept/ }).waitFor();
  assert.equal(await promised(), "strict serializable");
  // What was chosen of the same kind stays.
  await page.getByLabel("that is promised to be").last().selectOption({ label: "read committed" });
  await choose("other.edn", transactions);
  await page.getByRole("heading", { name: /^read.committed is kept/ }).waitFor();
  await choose("register.edn", KEPT);
  await page.getByRole("heading", { name: /^linearizable/ }).waitFor();
});
