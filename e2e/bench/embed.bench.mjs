// Five labs on one page of another origin, on a processor four times slower: how long until the last of
// them can be used. On the release site: `./run build && npm --prefix e2e run bench`

import { atMost } from "../support/bar.mjs";
import { inPage } from "../support/browser.mjs";
import { serveAround } from "../support/server.mjs";

const LABS = ["L10", "L07", "L01", "L12", "L16"];
const SLOWER = 4;
/** Until the last can be used, in milliseconds, and what it must not be more than. */
const MOST = 3_000;
const FLOOR = 3_600;

inPage("five labs on one page", { open: false, size: { width: 1000, height: 5200 } }, async (page, site) => {
  const labs = LABS.map((lab) => `<fault-line lab="${lab}"></fault-line>`).join("");
  const host = await serveAround(`<!doctype html><title>A course</title><script src="%SITE%embed.js"></script>${labs}<script>
    window.ready = [];
    addEventListener("message", ({ data }) => data.type === "ready" && ready.push(performance.now()));
  </script>`, site);
  try {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    await page.goto(host.url);
    await page.waitForFunction((count) => ready.length === count, LABS.length, { timeout: 60_000 });
    const times = await page.evaluate(() => ready);
    console.log(`ready after ${times.map((time) => Math.round(time)).join(", ")} ms, ${site.requests.filter((name) => name.endsWith(".wasm")).length} downloads of the program's parts`);
    atMost(`five labs on one page, ${SLOWER} times slower`, MOST, FLOOR, times.at(-1), " ms");
  } finally {
    host.close();
  }
});
