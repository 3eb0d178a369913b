/**
 * `npm run screenshots:turnstile -- FOLDER`: pictures of the Turnstile card in
 * every state and size, for a person to look at. Nothing is compared.
 */

import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stage } from "../test/browser.mjs";
import { DIST } from "./bundle.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("name a folder for the pictures");
await mkdir(folder, { recursive: true });
const API = "/turnstile/v0/api.js";
const set = await stage();
const script = await readFile(join(DIST, "turnstile.js"), "utf8");
const headers = { "Content-Type": "text/javascript" };
set.server.handle(API, async () => ({ headers, json: script }));
const key = (name, behaviour) => set.server.site(name, behaviour).split("/")[2];
const STATES = {
  idle: [key("idle"), 'data-execution="execute"'],
  checking: [key("checking", { count: 500, difficulty: 4 }), ""],
  done: [key("done"), ""],
  failed: [key("failed", { challengeReply: () => ({ error: "No" }) }), 'data-retry="never"'],
  forbidden: ["../", ""],
  asking: ["3x00000000000000000000FF", ""],
};

async function sheet(name, context) {
  const widgets = Object.values(STATES).flatMap(([sitekey, more]) =>
    ["normal", "compact", "flexible"].map(
      (size) => `<div class="cf-turnstile" data-sitekey="${sitekey}" ${more}
        data-size="${size}"></div>`,
    ),
  );
  const style = `<meta name="color-scheme" content="light dark"><style>
    body { display: grid; grid-template-columns: 300px 150px 400px; gap: 12px; margin: 16px }</style>`;
  const page = await set.open(widgets.join(""), {
    head: `<script src="${API}" defer></script>${style}`,
    context: { viewport: { width: 920, height: 940 }, ...context },
  });
  await page.waitForTimeout(2500);
  await page.screenshot({ path: join(folder, `turnstile-${name}.png`) });
  await page.context().close();
}

await sheet("light", { colorScheme: "light" });
await sheet("dark", { colorScheme: "dark" });
await sheet("forced", { forcedColors: "active" });
for (const code of ["de", "ru", "hi"]) await sheet(code, { locale: code });
await set.stop();
