/**
 * `npm run screenshots:crafy -- FOLDER`: pictures of every view of the Crafy
 * challenge and of the card around it, for a person to look at.
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { asks, challenge, scene, stands, trigger } from "../test/crafy_page.mjs";
import { CONNECT } from "../test/crafy_pictures.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("name a folder for the pictures");
await mkdir(folder, { recursive: true });
const set = await scene();

const press = (page, key) => page.keyboard.press(key);

/** What a flow does, and what the visitor does in it, until there is something to look at. */
const VIEWS = {
  work: {
    flow: { puzzles: 300, difficulty: 4, delay: 60_000 },
    act: (page) => asks(page, "checking"),
  },
  checkbox: { flow: { steps: ["checkbox"] } },
  hold: { flow: { steps: ["press_hold"] } },
  holding: {
    flow: { steps: ["press_hold"], holdMs: 15_000 },
    act: async (page) => {
      await challenge(page).getByRole("button").click();
      await page.waitForTimeout(5000);
    },
  },
  slider: { flow: { steps: ["slider"] } },
  "slider-moved": {
    flow: { steps: ["slider"] },
    act: async (page) => {
      await challenge(page).getByRole("slider").focus();
      for (let times = 0; times < 4; times++) await press(page, "PageUp");
      await page.waitForTimeout(300);
    },
  },
  "slider-wrong": {
    flow: { steps: ["slider"] },
    act: async (page) => {
      await challenge(page).getByRole("slider").focus();
      await press(page, "End");
      await press(page, "Enter");
      await challenge(page).locator(".regret bdi:not(:empty)").waitFor();
      await page.waitForTimeout(400);
    },
  },
  "slider-missing": {
    flow: { steps: ["slider"], refuse: (call) => call === "picture" && [404] },
    act: (page) => challenge(page).locator(".again").waitFor(),
  },
  connect: { flow: { steps: ["connect"] } },
  "connect-joined": {
    flow: { steps: ["connect"] },
    act: async (page) => {
      const node = (index) => challenge(page).locator(".node").nth(index);
      for (const [one, other] of CONNECT.answer.slice(0, 3)) {
        await node(one).click();
        await node(other).click();
      }
      await node(4).focus();
      await press(page, "Enter");
      await press(page, "ArrowDown");
    },
  },
  "connect-shapes": { flow: { steps: ["connect"], rule: "same_shape" } },
  alternative: {
    flow: { steps: ["slider"], heavy: 5, puzzles: 60 },
    act: async (page) => {
      await challenge(page).locator(".link").click();
      await challenge(page).locator(".percent:not(:empty)").waitFor();
      await page.waitForTimeout(1500);
    },
  },
  denied: {
    flow: { refuse: (call) => call === "answer" && [200, { outcome: "denied" }] },
    act: (page) => asks(page, "problem"),
  },
  limited: {
    flow: { refuse: () => [429, {}, { "Retry-After": "83" }] },
    act: (page) => asks(page, "problem"),
  },
};
for (const [name, { flow }] of Object.entries(VIEWS)) set.door.flow(name, flow);

const SCREENS = {
  phone: { viewport: { width: 360, height: 640 }, deviceScaleFactor: 2 },
  narrow: { viewport: { width: 280, height: 640 }, deviceScaleFactor: 2 },
  desktop: { viewport: { width: 460, height: 520 } },
};

const HEAD = `<meta name="color-scheme" content="light dark">
  <style>body{margin:16px;font:16px system-ui}h1{font-size:20px}form{display:grid;gap:12px;justify-items:start}</style>`;

async function view(name, label, context, { options = {}, dir } = {}) {
  const { flow, act = (page) => asks(page) } = VIEWS[name];
  if (dir) set.door.flow(name, { ...flow, language: "ar" });
  const page = await set.show({ flow: name, ...options }, { context, head: HEAD });
  await act(page);
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(folder, `${name}-${label}.png`) });
  await page.context().close();
}

/** The card by itself, in every state, as a table. */
async function cards(label, context) {
  set.door.flow("passed");
  set.door.flow("gone", { status: 403 });
  const body = `<form><p id="c0"><p id="c1"><p id="c2"><p id="c3"><p id="c4"><button id="send">Send</button></form>`;
  const widgets = [
    { flow: "work", inputName: "a" },
    { flow: "passed", inputName: "b" },
    { flow: "gone", inputName: "c" },
    { inputName: "d" },
    { flow: "passed", inputName: "e" },
  ];
  const setup = "CrafyCAPTCHA.setAutoLoad(false)";
  const page = await set.show(widgets, { body, context, head: HEAD, setup });
  await trigger(page, "c1").click();
  await stands(page, "done", "c1");
  await trigger(page, "c2").click();
  await stands(page, "problem", "c2");
  await page.route("**/challenge/", () => {});
  await trigger(page).click();
  await page.context().setOffline(true);
  await page.waitForTimeout(300);
  await trigger(page, "c4").focus();
  await press(page, "Shift+Tab");
  await press(page, "Tab");
  await page.screenshot({ path: join(folder, `cards-${label}.png`), fullPage: true });
  await page.context().close();
}

for (const [screen, context] of Object.entries(SCREENS)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const name of Object.keys(VIEWS)) {
      await view(name, `${screen}-${colorScheme}`, { ...context, colorScheme });
    }
  }
}
const { phone } = SCREENS;
for (const colorScheme of ["light", "dark"]) await cards(colorScheme, { ...phone, colorScheme });
const style = {
  background: "#fff8ee",
  color: "#3a2410",
  primary: "#f2b632",
  borderColor: "#e5c999",
};
for (const name of ["slider-moved", "connect-joined", "hold"]) {
  await view(name, "forced", { ...phone, forcedColors: "active" });
  await view(name, "forced-dark", { ...phone, forcedColors: "active", colorScheme: "dark" });
  await view(name, "colours", phone, { options: { style } });
  await view(name, "rtl", phone, { dir: "rtl" });
  set.door.flow(name, VIEWS[name].flow);
  for (const locale of ["de", "ru", "hi", "ja"]) await view(name, locale, { ...phone, locale });
}
await set.stop();
