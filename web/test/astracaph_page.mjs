/** What the AstraCaph browser tests share: an API, a page on another origin, and a card's parts. */

import axe from "axe-core";
import { astracaph } from "./astracaph_stand_in.mjs";
import { contextOf, stage } from "./browser.mjs";
import { standIn } from "./stand_in.mjs";

/** Chromium, the API, and a second server for the site that uses it. */
export async function scene() {
  const set = await stage();
  const host = await standIn();
  return {
    ...set,
    api: astracaph(set.server),
    /** The site that uses the API. */
    host,
    script: `<script src="${set.server.origin}/api/v1/widget.js" defer></script>`,
    /**
     * Opens a page of the host with this content in its body.
     *
     * @param context options of the browser context, `init` a script to run before all others
     */
    async show(body, { headers, context, init, head = "" } = {}) {
      const fresh = await contextOf(set.browser, context);
      const page = await fresh.newPage();
      page.setDefaultTimeout(15_000);
      const problems = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      if (init) await page.addInitScript(init);
      await page.addInitScript(record);
      const html = `<!doctype html><html lang="en"><head><title>t</title>${this.script}${head}</head><body>${body}`;
      await page.goto(`${host.page(html, headers)}?private=1`);
      return Object.assign(page, { problems });
    },
    async stop() {
      await set.stop();
      await host.close();
    },
  };
}

/** A form with a container. */
export const form = (siteKey, attributes = "") =>
  `<main><form id="f" action="/echo" method="post"><input name="name" aria-label="Name" value="Ada">
   <div id="astracaph-container" data-sitekey="${siteKey}" ${attributes}></div>
   <button id="send">Send</button></form></main>`;

/** The token in the form. */
export const field = (page) => page.locator('input[name="astracaph-response"]').inputValue();

/** The button of the card. */
export const action = (page) => page.locator("[data-astracaph-card] button");

/** What the card shows above its button. */
export const title = (page) => page.locator("[data-astracaph-card] .title");

/** Waits until the card shows this sign. */
export const sign = (page, wanted) =>
  page.locator(`[data-astracaph-card] .card[data-sign="${wanted}"]`).waitFor();

/** Waits for the n-th `astracaph:verified`; its detail. */
export async function verified(page, times = 1) {
  const handle = await page.waitForFunction(
    (least) => window.tokens.length >= least && window.tokens[least - 1],
    times,
  );
  return handle.jsonValue();
}

/** Ids of the rules that a page breaks, with the first element that does. */
export async function axeViolations(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].target} ${nodes[0].failureSummary}`);
}

function record() {
  window.tokens = [];
  addEventListener("astracaph:verified", ({ detail }) => window.tokens.push(detail), true);
}
