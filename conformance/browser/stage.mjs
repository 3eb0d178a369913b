/**
 * What every browser test stands on: a Portcullis, somebody's site on another origin, and a Chromium that can reach
 * nothing but this machine.
 */

import assert from "node:assert/strict";
import { afterEach } from "node:test";
import { chromium } from "playwright-core";
import { startPortcullis } from "../harness/portcullis.mjs";
import { startPageServer } from "./page_server.mjs";

/** Chromium's address book has this machine only; every other name does not exist. */
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/** Contexts of the present test. Pages that are left open go on working, and slow all later tests. */
const contexts = new Set();

afterEach(async () => {
  await Promise.all([...contexts].map(close));
  contexts.clear();
});

/** Closes a context. What is still forwarded for it then is nobody's any more. */
async function close(context) {
  await context.unrouteAll({ behavior: "ignoreErrors" });
  await context.close();
}

/** Starts all three. `stop` ends them, and throws when a page asked for anything that is not on this machine. */
export async function openStage(options) {
  const portcullis = await startPortcullis(options);
  const pages = await startPageServer();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ARGUMENTS,
  });
  return new Stage({ pages, portcullis, browser });
}

class Stage {
  #foreign = [];

  constructor({ pages, portcullis, browser }) {
    this.pages = pages;
    this.portcullis = portcullis;
    this.browser = browser;
  }

  /** A site whose only origin is the page server's. The light puzzles are for what is not about solving. */
  site(name, ...flags) {
    const light = ["--count", "10", "--difficulty", "3"];
    const chosen = flags.length ? flags : light;
    return this.portcullis.addSite(
      name,
      "--origin",
      this.pages.origin,
      "--no-localhost",
      ...chosen,
    );
  }

  /**
   * Opens a page of the site's owner.
   *
   * @param body     its content
   * @param widget   address of the widget's script; the published one unless told
   * @param settings globals that are set before the script runs
   * @param scripts  further scripts, after the widget's
   * @param headers  of the page's reply
   * @param origin   the page's origin
   */
  async open(
    body,
    { widget = "/widget.js", settings = {}, scripts = [], headers, origin, context } = {},
  ) {
    const globals = this.pages.add(`Object.assign(window, ${JSON.stringify(settings)})`, {
      suffix: ".js",
    });
    // A script of the page's own origin, so that no policy needs to allow inline scripts.
    const sources = [globals, widget, ...scripts];
    const head = sources.map((source) => `<script src="${source}" defer></script>`).join("");
    const path = this.pages.add(
      `<!doctype html><html lang="en"><head><title>A page</title>${head}</head><body>${body}</body></html>`,
      { headers },
    );
    return this.visit(`${origin ?? this.pages.origin}${path}`, context);
  }

  /** Scripts of other machines that a test stands in for: address and text. A page may ask for those alone. */
  standIns = new Map();

  /** Hosts that are Portcullis here: what a page asks of them is answered there. */
  hosts = new Set();

  /** Whether those hosts cannot be reached just now. */
  unreachable = false;

  /** Opens any address, with the recorder of the widget's events in it, and further scripts before all others. */
  async visit(url, context, scripts = []) {
    const fresh = await this.browser.newContext({ locale: "en-US", ...context });
    contexts.add(fresh);
    for (const [address, body] of this.standIns) {
      await fresh.route(address, (route) => route.fulfill({ contentType: "text/javascript", body }));
    }
    if (this.hosts.size) {
      await fresh.route(({ hostname }) => this.hosts.has(hostname), (route) => this.#forward(route));
    }
    const page = await fresh.newPage();
    page.setDefaultTimeout(60_000);
    const seen = { answers: [], problems: [], violations: [], workers: [] };
    fresh.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      const local =
        ["127.0.0.1", "localhost"].includes(hostname) || ["blob:", "data:"].includes(protocol);
      const stoodIn = this.standIns.has(request.url()) || this.hosts.has(hostname);
      if (!local && !stoodIn) this.#foreign.push(request.url());
    });
    fresh.on("response", (response) => seen.answers.push(response));
    page.on("worker", (worker) => seen.workers.push(worker.url()));
    page.on("pageerror", (error) => seen.problems.push(String(error)));
    page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) seen.violations.push(message.text());
    });
    for (const script of [record, ...scripts]) await page.addInitScript(script);
    await page.goto(url);
    return Object.assign(page, { seen });
  }

  async #forward(route) {
    if (this.unreachable) return route.abort("internetdisconnected");
    const { pathname, search } = new URL(route.request().url());
    const response = await route.fetch({ url: this.portcullis.base + pathname + search });
    await route.fulfill({ response });
  }

  /** What a backend does with a token: it is good once, and says where it was earned. */
  async assertGoodOnce(site, token, hostname = "127.0.0.1") {
    const first = await this.portcullis.siteverify(site, token);
    assert.deepEqual(
      { status: first.status, success: first.success, hostname: first.hostname },
      { status: 200, success: true, hostname },
    );
    const second = await this.portcullis.siteverify(site, token);
    assert.deepEqual(
      { status: second.status, success: second.success, error: second.error },
      { status: 404, success: false, error: "Token not found" },
    );
  }

  async stop() {
    await this.browser.close();
    await this.pages.stop();
    await this.portcullis.stop();
    assert.deepEqual(this.#foreign, [], "a page asked for something of another machine");
  }
}

/** A widget for a site. */
export const element = (endpoint, attributes = "") =>
  `<cap-widget data-cap-api-endpoint="${endpoint}" ${attributes}></cap-widget>`;

/** Clicks the widget's box: a button in the published widget, a checkbox in ours. */
export const click = (page, within = "cap-widget") =>
  page.locator(within).locator("[part=trigger]").click();

/** Waits for the widget's `times`-th event of a type; its detail. */
export async function event(page, type, times = 1) {
  const handle = await page.waitForFunction(
    ([wanted, least]) => {
      const found = window.recorded.filter((one) => one.type === wanted);
      return found.length >= least && found.at(-1);
    },
    [type, times],
  );
  return (await handle.jsonValue()).detail;
}

/** Types of the events so far, progress left out. */
export const events = (page) =>
  page.evaluate(() =>
    window.recorded.map(({ type }) => type).filter((type) => type !== "progress"),
  );

/** How often the page posted to paths that end so. */
export const calls = (page, end) =>
  page.seen.answers.filter((one) => one.request().method() === "POST" && one.url().endsWith(end))
    .length;

/** Waits for the answer to a call whose path ends so. */
export const answered = (page, end) =>
  page.waitForResponse((one) => one.request().method() === "POST" && one.url().endsWith(end));

/** Runs in the page, before its own scripts. */
function record() {
  window.recorded = [];
  for (const type of ["solve", "progress", "error", "reset"]) {
    const see = ({ target, detail }) => {
      if (target.localName === "cap-widget") window.recorded.push({ type, detail });
    };
    addEventListener(type, see, true);
  }
}
