/** What the tests of the vendors' scripts share: the script at its address, and a page that notes every callback. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DIST } from "../scripts/bundle.mjs";
import { stage } from "./browser.mjs";

/** A stage whose server answers these paths with a file of `dist`. */
export async function vendorStage(file, ...paths) {
  const set = await stage();
  const script = await readFile(join(DIST, file), "utf8");
  const headers = { "Content-Type": "text/javascript" };
  for (const path of paths) set.server.handle(path, async () => ({ headers, json: script }));
  return set;
}

/** A script for the page: functions `on_NAME` that put themselves, and what they were given, on a list. */
export const noting = (...names) => `window.told = [];
  for (const name of ${JSON.stringify(names)})
    window["on_" + name] = (...values) => { told.push([name, ...values]); return true; };`;

/** A script for the page: the function `notYet` is not there at the first look for it, but at the second. */
export const SECOND_LOOK = `{
  let looks = 0;
  const notYet = () => told.push(["late"]);
  Object.defineProperty(window, "notYet", { get: () => (looks++ ? notYet : undefined) });
}`;

/** The list so far. */
export const told = (page) => page.evaluate(() => window.told);

/** Waits until something was noted so often; what it was given last. */
export async function times(page, name, count = 1) {
  const handle = await page.waitForFunction(
    ([wanted, least]) => {
      const found = window.told.filter(([each]) => each === wanted);
      return found.length >= least && found.at(-1).slice(1);
    },
    [name, count],
  );
  return handle.jsonValue();
}
