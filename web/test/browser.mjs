/** What the browser tests share: Chromium, a stand-in server, and pages with a widget. */

import { afterEach } from "node:test";
import { chromium } from "playwright-core";
import { standIn } from "./stand_in.mjs";

/** Contexts of the present test. Pages that are left open go on working, and slow all later tests. */
const contexts = new Set();

afterEach(async () => {
  await Promise.all([...contexts].map((context) => context.close()));
  contexts.clear();
});

/** Opens a context that ends with the present test. */
export async function contextOf(browser, options) {
  const context = await browser.newContext({ locale: "en-US", ...options });
  contexts.add(context);
  return context;
}

/** Starts both. `stop` ends both. */
export async function stage() {
  const server = await standIn();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // A page may ask this machine only: what a test does not stand in for does not exist.
      "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ],
  });
  return {
    server,
    browser,
    /**
     * Opens a page in a fresh context.
     *
     * @param body    content of the page; `script` off leaves the widget's script out
     * @param headers of the page's reply, for a policy
     * @param context options of the context, `init` a script to run before all others
     */
    async open(body, { headers, context, init, head = SCRIPT } = {}) {
      const fresh = await contextOf(browser, context);
      const page = await fresh.newPage();
      page.setDefaultTimeout(15_000);
      const problems = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      if (init) await page.addInitScript(init);
      // The recorder comes from the test, not from the page: a policy does not reach it.
      await page.addInitScript(record);
      await page.goto(
        server.page(`<!doctype html><html><head>${head}</head><body>${body}`, headers),
      );
      return Object.assign(page, { problems });
    },
    async stop() {
      await browser.close();
      await server.close();
    },
  };
}

/** The script element of the widget. */
export const SCRIPT = '<script src="/assets/widget.js" defer></script>';

/** Events of a page so far: type and detail. */
export const events = (page) => page.evaluate(() => window.recorded);

/** Waits until an event of this type was seen `times` times; its last detail. */
export async function seen(page, type, times = 1) {
  const handle = await page.waitForFunction(
    ([wanted, least]) => {
      const found = window.recorded.filter((event) => event.type === wanted);
      return found.length >= least && found.at(-1);
    },
    [type, times],
  );
  return (await handle.jsonValue()).detail;
}

/** Stops a page's clock, which from then on goes where it is sent: installed alone, it goes on by itself. */
export async function holdClock(page) {
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 3_600_000);
}

/** The checkbox of a widget, as assistive technology finds it. */
export const checkbox = (page, within = "cap-widget") => page.locator(within).getByRole("checkbox");

/** A script to run before all others: what may take so many milliseconds may take a tenth of them. */
export const impatient = (patience) => `{
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (wait) => timeout.call(AbortSignal, wait === ${patience} ? wait / 10 : wait);
}`;

/** A policy as strict as a site may have. */
export const policy = (...changes) => {
  const parts = new Map([
    ["default-src", "'none'"],
    ["script-src", "'self' 'wasm-unsafe-eval'"],
    ["worker-src", "blob:"],
    ["connect-src", "'self'"],
    ["style-src", "'self'"],
    ...changes,
  ]);
  const text = [...parts].filter(([, value]) => value).map((part) => part.join(" "));
  return { "Content-Security-Policy": text.join("; ") };
};

function record() {
  window.recorded = [];
  for (const type of ["solve", "progress", "error", "reset"]) {
    const see = ({ target, detail }) => {
      if (target.localName === "cap-widget") window.recorded.push({ type, detail, id: target.id });
    };
    // Chromium lets no `reset` event of a form's content out of the form.
    addEventListener(type, see, true);
  }
}
