/**
 * `npm run screenshots:astracaph -- FOLDER`: pictures of the AstraCaph card,
 * the framed page and the sandbox in every state, for a person to look at.
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { action, scene, sign } from "../test/astracaph_page.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("name a folder for the pictures");
await mkdir(folder, { recursive: true });
const set = await scene();

/** What a site does, and what the visitor does on it, until the card is in its state. */
const STATES = {
  checking: { site: { delay: 60_000 }, until: "checking" },
  confirm: { site: { steps: ["confirm"] }, until: "asking" },
  focused: {
    site: { steps: ["confirm"] },
    until: "asking",
    act: async (page, within) => {
      // A key tells the browser that focus should be seen.
      await page.keyboard.press("Tab");
      await action(page.locator(within)).focus();
    },
  },
  hold: { site: { steps: ["press_hold"] }, until: "asking" },
  holding: {
    site: { steps: ["press_hold"], requiredHoldMs: 15_000 },
    until: "asking",
    act: async (page, within) => {
      await action(page.locator(within)).click();
      await page.waitForTimeout(6000);
    },
  },
  done: { site: {}, until: "done" },
  rejected: {
    site: { refuse: () => [403, { error: "Challenge rejected", state: "failed" }] },
    until: "problem",
  },
  limited: { site: { refuse: () => [429, { resetAt: Date.now() + 83_000 }] }, until: "problem" },
  unreachable: { site: { refuse: () => [500, {}] }, until: "problem" },
  forbidden: { site: { refuse: () => [403, { error: "Origin" }] }, until: "problem" },
};
for (const [name, { site }] of Object.entries(STATES)) set.api.site(name, site);
set.api.site("pk_open_astracaph_public", { steps: ["work"] });

const SCREENS = { phone: { width: 360, height: 740 }, desktop: { width: 1366, height: 820 } };

/** Every state on one page, as a table. */
async function sheet(name, context, dir = "ltr") {
  const cells = Object.keys(STATES).map(
    (state) => `<div id="${state}" data-astracaph-container data-sitekey="${state}"></div>`,
  );
  const head = `<meta name="color-scheme" content="light dark">
    <style>body{display:grid;grid-template-columns:repeat(2,300px);gap:16px;padding:8px;align-items:start}</style>`;
  const page = await set.show(`${cells.join("")}`, {
    context: { viewport: { width: 650, height: 620 }, deviceScaleFactor: 2, ...context },
    head,
  });
  if (dir === "rtl") {
    await page.evaluate(() => {
      document.dir = "rtl";
    });
  }
  for (const [state, { until, act }] of Object.entries(STATES)) {
    await sign(page.locator(`#${state}`), until);
    if (act && state !== "focused") await act(page, `#${state}`);
  }
  await STATES.focused.act(page, "#focused");
  await page.screenshot({ path: join(folder, `card-${name}.png`), fullPage: true });
  await page.context().close();
}

/** The framed page, in a page of its own size. */
async function framed(theme, state) {
  const page = await set.show("", { context: { viewport: { width: 350, height: 500 } } });
  await page.goto(`${set.server.origin}/captcha/widget?theme=${theme}&siteKey=${state}`);
  await sign(page, STATES[state].until);
  await page.screenshot({ path: join(folder, `frame-${theme}-${state}.png`) });
  await page.context().close();
}

async function sandbox(screen, colorScheme) {
  const page = await set.show("", { context: { viewport: SCREENS[screen], colorScheme } });
  await page.goto(`${set.server.origin}/sandbox`);
  await page.waitForFunction(() => document.getElementById("token").value.length > 20);
  const picture = async (moment) => {
    const { width, height } = SCREENS[screen];
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    // A frame below the screen is not painted: the screen has to be as tall as the page.
    await page.setViewportSize({ width, height: Math.max(height, whole) });
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(folder, `sandbox-${screen}-${colorScheme}-${moment}.png`) });
    await page.setViewportSize(SCREENS[screen]);
  };
  await picture("token");
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByText("200: Verification successful").waitFor();
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByText("409: Token already used").waitFor();
  const log = page.getByRole("list", { name: "Log" });
  await log.getByText("POST /api/v1/verify").nth(1).waitFor();
  await log.locator("summary").nth(1).click();
  await picture("verified");
  await page.context().close();
}

await sheet("light", { colorScheme: "light" });
await sheet("dark", { colorScheme: "dark" });
await sheet("rtl", {}, "rtl");
await sheet("forced", { forcedColors: "active" });
await sheet("forced-dark", { forcedColors: "active", colorScheme: "dark" });
for (const code of ["de", "ru", "fr", "hi", "ja"]) await sheet(code, { locale: code });
for (const theme of ["light", "dark"]) {
  for (const state of ["hold", "done", "limited"]) await framed(theme, state);
}
for (const screen of Object.keys(SCREENS)) {
  for (const colorScheme of ["light", "dark"]) await sandbox(screen, colorScheme);
}
await set.stop();
