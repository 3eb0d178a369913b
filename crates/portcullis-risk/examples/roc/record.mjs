/**
 * Records what a page sees of a Chromium that Playwright's mouse drives, for `playwright.json`. Run from a folder
 * whose `node_modules` has playwright-core:
 *
 *   node crates/portcullis-risk/examples/roc/record.mjs > crates/portcullis-risk/examples/roc/playwright.json
 *
 * Each line of the output is one visit: `[x, y, t, x, y, t, …]`, in whole pixels and milliseconds, as the loaders
 * record them. Three manners: `steps` in one go, `steps` with a wait between targets, and a loop of own moves with
 * a random sleep after each.
 */

import { createRequire } from "node:module";

const { chromium } = createRequire(`${process.cwd()}/`)("playwright-core");
const VISITS = 60;

/** Numerical Recipes' generator: the visits are the same each time, but for when their events arrive. */
let state = 20_261;
const chance = (from, to) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return from + (to - from) * (state / 2 ** 32);
};
const target = () => [Math.round(chance(20, 1260)), Math.round(chance(20, 700))];
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });

async function steps(rests) {
  for (let move = 0; move < 3; move += 1) {
    await page.mouse.move(...target(), { steps: Math.round(chance(12, 60)) });
    if (rests) await sleep(chance(100, 400));
  }
}

async function loop() {
  let [x, y] = target();
  for (let move = 0; move < 3; move += 1) {
    const [toX, toY] = target();
    const count = Math.round(chance(15, 45));
    for (let step = 1; step <= count; step += 1) {
      await page.mouse.move(x + ((toX - x) * step) / count, y + ((toY - y) * step) / count);
      await sleep(chance(2, 14));
    }
    [x, y] = [toX, toY];
  }
}

const visits = [];
for (let visit = 0; visit < VISITS; visit += 1) {
  await page.setContent("<body style='height:720px'></body>");
  await page.evaluate(() => {
    const start = Date.now();
    globalThis.seen = [];
    addEventListener("pointermove", ({ clientX, clientY }) => {
      globalThis.seen.push(Math.round(clientX), Math.round(clientY), Date.now() - start);
    });
  });
  await page.mouse.move(...target());
  await [() => steps(false), () => steps(true), loop][visit % 3]();
  visits.push((await page.evaluate(() => globalThis.seen)).slice(0, 3 * 256));
}
await browser.close();
process.stdout.write(`[\n${visits.map((visit) => JSON.stringify(visit)).join(",\n")}\n]\n`);
