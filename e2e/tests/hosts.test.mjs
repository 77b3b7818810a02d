// Labs in pages as teachers really make them: Docusaurus with tabs, MkDocs Material, mdBook. The hosts are
// built by e2e/hosts/build.sh, once for each state of their sources.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, statSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { inPage, picture } from "../support/browser.mjs";
import { SITE } from "../support/server.mjs";

const BUILD = path.resolve(import.meta.dirname, "../hosts/build.sh");
const hosts = Object.fromEntries(execFileSync("bash", [BUILD], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim().split("\n").map((line) => line.split(" ")));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".svg": "image/svg+xml", ".json": "application/json" };

/** A server with a host's site at its top and ours under /faultline/. */
async function serve(host) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://x");
    const [folder, name] = pathname.startsWith("/faultline/") ? [SITE, pathname.slice(11)] : [hosts[host], pathname];
    let file = path.join(folder, decodeURIComponent(name));
    if (existsSync(file) && statSync(file).isDirectory()) file = path.join(file, "index.html");
    if (!existsSync(file)) return response.writeHead(pathname.includes("favicon") ? 204 : 404).end();
    response.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => (server.closeAllConnections(), server.close()) };
}

function inHost(name, host, body) {
  inPage(name, { open: false }, async (page) => {
    const site = await serve(host);
    try {
      await page.goto(site.url);
      await body(page, page.frameLocator("fault-line >> nth=0 >> iframe"));
    } finally {
      site.close();
    }
  });
}

const dark = (lab) => lab.locator('html[data-theme="dark"]').waitFor({ state: "attached" });

/** It is there, does something, and is as high as it needs to be. */
async function works(page, lab) {
  await lab.locator(".answers button").first().click();
  await lab.getByText("Your bet:").waitFor();
  await page.waitForFunction(() => {
    const frame = document.querySelector("fault-line").shadowRoot.querySelector("iframe");
    return frame.clientHeight === frame.contentDocument.documentElement.scrollHeight && frame.clientHeight === Math.ceil(frame.contentDocument.getElementById("app").getBoundingClientRect().height);
  });
}

inHost("in Docusaurus, inside of tabs too, light and dark", "docusaurus", async (page, lab) => {
  await works(page, lab);
  await page.getByRole("tab", { name: "Try it" }).click();
  const second = page.frameLocator("fault-line >> nth=1 >> iframe");
  await second.locator(".answers button").first().click();
  await second.getByText("Your bet:").waitFor();
  await picture(page, "host-docusaurus");
  await page.evaluate(() => document.documentElement.setAttribute("data-theme", "dark"));
  await dark(lab);
  await dark(second);
  // From tab to tab the lab stays as it is.
  await page.getByRole("tab", { name: "Read" }).click();
  await page.getByRole("tab", { name: "Try it" }).click();
  await second.getByText("Your bet:").waitFor();
});

inHost("in MkDocs Material, from page to page without loading, light and dark", "mkdocs", async (page, lab) => {
  await works(page, lab);
  await picture(page, "host-mkdocs");
  await page.evaluate(() => document.body.setAttribute("data-md-color-scheme", "slate"));
  await dark(lab);
  await page.getByRole("link", { name: "The next page" }).click();
  await page.getByRole("heading", { name: "Partitions" }).waitFor();
  await lab.locator(".answers button").first().waitFor();
});

inHost("in mdBook, light and dark", "mdbook", async (page, lab) => {
  await works(page, lab);
  await picture(page, "host-mdbook");
  await page.evaluate(() => document.documentElement.classList.replace("light", "navy"));
  await dark(lab);
});
