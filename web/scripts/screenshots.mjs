/**
 * `npm run screenshots -- FOLDER`: pictures of the widget and the demo page in
 * every state, for a person to look at. Nothing is compared.
 */

import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkbox, SCRIPT, seen, stage } from "../test/browser.mjs";
import { DIST } from "./bundle.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("name a folder for the pictures");
await mkdir(folder, { recursive: true });
const set = await stage();
const endpoints = {
  idle: set.server.site("idle"),
  solving: set.server.site("solving", { count: 500, difficulty: 4 }),
  solved: set.server.site("solved"),
  error: set.server.site("error", { challengeReply: () => ({ error: "No" }) }),
};

const SCREENS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

/** Brings a widget into a state by clicking it. */
async function bring(page, state, within = "cap-widget") {
  if (state === "idle") return;
  await checkbox(page, within).click();
  if (state === "solving") await page.waitForTimeout(600);
  else await seen(page, state === "error" ? "error" : "solve");
  await page.waitForTimeout(500);
}

async function demo(name, state, context) {
  const html = await readFile(join(DIST, "index.html"), "utf8");
  const page = await set.open("", { context });
  await page.goto(set.server.page(html.replaceAll("__SITE_KEY__", endpoints[state].split("/")[2])));
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("Message").fill("The engine weaves algebraic patterns.");
  await bring(page, state);
  await page.screenshot({ path: join(folder, `demo-${name}.png`), fullPage: true });
  await page.context().close();
}

/** One page with a widget in each state, as a table. */
async function sheet(name, context, { attributes = "", dir = "ltr", head = "" } = {}) {
  const body = Object.entries(endpoints)
    .map(
      ([state, endpoint]) =>
        `<p><cap-widget id="${state}" data-cap-theme="auto" data-cap-api-endpoint="${endpoint}"
           data-cap-troubleshooting-url="/help" ${attributes}></cap-widget></p>`,
    )
    .join("");
  const style = `<meta name="color-scheme" content="light dark"><style>body{padding:8px 20px}</style>${head}`;
  const page = await set.open(`<div dir="${dir}">${body}</div>`, {
    context: { viewport: { width: 320, height: 400 }, deviceScaleFactor: 2, ...context },
    head: SCRIPT + style,
  });
  for (const state of ["solved", "error", "solving"]) {
    await checkbox(page, `#${state}`).click();
    await page.waitForTimeout(state === "solving" ? 900 : 600);
  }
  await page.locator("#idle").focus();
  // A key tells the browser that focus should be seen.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Shift+Tab");
  await page.screenshot({ path: join(folder, `widget-${name}.png`) });
  await page.context().close();
}

for (const [screen, viewport] of Object.entries(SCREENS)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const state of Object.keys(endpoints)) {
      await demo(`${screen}-${colorScheme}-${state}`, state, { viewport, colorScheme });
    }
  }
}
await sheet("light", { colorScheme: "light" });
await sheet("dark", { colorScheme: "dark" });
await sheet("rtl", {}, { dir: "rtl" });
await sheet("forced", { forcedColors: "active" });
await sheet("forced-dark", { forcedColors: "active", colorScheme: "dark" });
await sheet("reduced", { reducedMotion: "reduce" });
for (const code of ["de", "ru", "fr", "hi"]) await sheet(code, { locale: code });
await set.stop();
