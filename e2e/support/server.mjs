// A web server like the plain ones that Faultline is put on: it knows file types, sends the brotli
// twin to whoever accepts it, and serves the site under a path of its own. A test can make it break.

import { createReadStream, existsSync, statSync } from "node:fs";
import http from "node:http";
import path from "node:path";

const SITE = path.resolve(import.meta.dirname, "../../dist");
/** The same page with a protocol more (e2e/fifth-protocol). */
const FIFTH = path.resolve(import.meta.dirname, "../../target/fifth-protocol");
const UNDER = "/courses/distributed/faultline/";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

/**
 * Starts a server on a free port. `disturb(path, response)` may answer in its place by returning true;
 * `open` lets pages of any origin have its files, also those of none.
 */
export async function serve({ site = SITE, open = false, disturb = () => false } = {}) {
  const requests = [];
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    requests.push(pathname);
    if (disturb(pathname, response)) return;
    const name = pathname.startsWith(UNDER) ? pathname.slice(UNDER.length) || "index.html" : null;
    const file = name && path.join(site, name);
    if (!file?.startsWith(site) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const packed = /\bbr\b/.test(request.headers["accept-encoding"] ?? "") && existsSync(`${file}.br`);
    response.writeHead(200, {
      "content-type": TYPES[path.extname(file)] ?? "application/octet-stream",
      "last-modified": statSync(file).mtime.toUTCString(),
      ...(packed && { "content-encoding": "br" }),
      ...(open && { "access-control-allow-origin": "*" }),
    });
    createReadStream(packed ? `${file}.br` : file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}${UNDER}`,
    under: UNDER,
    folder: site,
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A page of somebody else's, at another origin: it gets the address of the site for %SITE%. */
export async function serveAround(html, site) {
  const server = http.createServer((request, response) => {
    if (request.url === "/favicon.ico") return response.writeHead(204).end();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html.replaceAll("%SITE%", site.url));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export { FIFTH, SITE };
