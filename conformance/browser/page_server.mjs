/**
 * Somebody's web site: serves pages with a widget, and the published packages' files, from its own origin.
 *
 * The same page has two origins: `127.0.0.1`, which the sites of the tests list, and `localhost`, which they do not.
 */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

/** Where a package lies; not every one lets itself be asked. */
const packageFolder = (name) => fileURLToPath(new URL(`node_modules/${name}`, import.meta.url));

/** What the site hosts itself: path, file, type. */
const FILES = new Map([
  ["/widget.js", ["@cap.js/widget", "cap.min.js", "text/javascript"]],
  ["/altcha.js", ["altcha", "dist/main/altcha.umd.min.cjs", "text/javascript"]],
  ["/altcha-2.js", ["altcha-2", "dist/altcha.umd.cjs", "text/javascript"]],
  ["/altcha_argon2id.js", ["altcha", "dist/workers/argon2id.js", "text/javascript"]],
  ["/altcha_scrypt.js", ["altcha", "dist/workers/scrypt.js", "text/javascript"]],
  ["/floating.js", ["@cap.js/widget", "cap-floating.min.js", "text/javascript"]],
  ["/cap_wasm_bg.wasm", ["@cap.js/wasm", "browser/cap_wasm_bg.wasm", "application/wasm"]],
]);

/** Starts the site on a free port. */
export async function startPageServer() {
  const pages = new Map();
  const server = createServer((request, response) => {
    answer(pages, request, response).catch(() => {
      response.writeHead(500).end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return {
    /** The origin that sites list. */
    origin: `http://127.0.0.1:${port}`,
    /** The same pages under an origin that they do not list. */
    strangeOrigin: `http://localhost:${port}`,
    /** Adds a page, or a script where the path ends so, and answers its path. */
    add(content, { headers = {}, suffix = "" } = {}) {
      const path = `/page/${pages.size + 1}${suffix}`;
      pages.set(path, { content, headers });
      return path;
    },
    /** Adds a path that answers posts: with JSON what `act` makes of the body. */
    handle(act) {
      const path = `/page/${pages.size + 1}`;
      pages.set(path, { act });
      return path;
    },
    stop: () => new Promise((resolve) => server.close(resolve) && server.closeAllConnections()),
  };
}

async function answer(pages, request, response) {
  const path = new URL(request.url, "http://page").pathname;
  const page = pages.get(path);
  if (page?.act) {
    const json = JSON.stringify(await page.act(await text(request)));
    response.writeHead(200, { "Content-Type": "application/json" }).end(json);
    return;
  }
  if (page) {
    const type = path.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8";
    response.writeHead(200, { "Content-Type": type, ...page.headers }).end(page.content);
    return;
  }
  const file = FILES.get(path);
  if (!file) {
    response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
    return;
  }
  const [name, inside, type] = file;
  const bytes = await readFile(join(packageFolder(name), inside));
  response.writeHead(200, { "Content-Type": type }).end(bytes);
}
