/**
 * `npm run screenshots -- FOLDER`: pictures of the demo page of a running Portcullis in every state, for a person to
 * look at. Nothing is compared.
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { click, event, openStage } from "./stage.mjs";

const SCREENS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

/** Brings the widget into a state and keeps it there. */
const STATES = {
  idle: async () => {},
  solving: async (page) => {
    await click(page);
    await page.waitForTimeout(2500);
  },
  solved: async (page) => {
    await click(page);
    await event(page, "solve");
  },
  error: async (page) => {
    await page.route("**/challenge", (route) =>
      route.fulfill({ status: 403, json: { error: "Blocked" } }),
    );
    await click(page);
    await event(page, "error");
  },
  verdict: async (page) => {
    await STATES.solved(page);
    await page.getByRole("button", { name: "Send message" }).click();
    await page.getByRole("heading", { name: "The message went through" }).waitFor();
  },
  refused: async (page) => {
    await STATES.verdict(page);
    await page.getByRole("button", { name: "Submit the same token again" }).click();
    await page.getByRole("heading", { name: "Refused" }).waitFor();
  },
};

const folder = process.argv[2];
if (!folder) throw new Error("name a folder for the pictures");
await mkdir(folder, { recursive: true });
const stage = await openStage();

/** Sets the demo site's work, and waits as long as the running server may take to notice. */
async function work(...flags) {
  const demo = (await stage.portcullis.command("site", "list")).find(({ name }) => name === "demo");
  await stage.portcullis.command("site", "set", demo.site_key, ...flags);
  await new Promise((resolve) => setTimeout(resolve, 2500));
}

async function picture(state, screen, viewport, colorScheme) {
  const page = await stage.visit(`${stage.portcullis.base}/`, { viewport, colorScheme });
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("Message").fill("The engine weaves algebraic patterns.");
  await STATES[state](page);
  await page.waitForTimeout(500);
  await page.screenshot({
    path: join(folder, `demo-${screen}-${colorScheme}-${state}.png`),
    fullPage: true,
  });
  await page.context().close();
}

for (const state of Object.keys(STATES)) {
  // Work that takes long enough to be seen in the middle of it.
  if (state === "solving") await work("--count", "60", "--difficulty", "5");
  for (const [screen, viewport] of Object.entries(SCREENS)) {
    for (const colorScheme of ["light", "dark"])
      await picture(state, screen, viewport, colorScheme);
  }
  if (state === "solving") await work("--count", "50", "--difficulty", "4");
}
await stage.stop();
