/** What the Crafy browser tests share: a server, a site on another origin, and ways to reach a challenge. */

import { contextOf, stage } from "./browser.mjs";
import { crafy } from "./crafy_stand_in.mjs";
import { standIn } from "./stand_in.mjs";

/** Chromium, the door, and a second server for the site that uses it. */
export async function scene() {
  const set = await stage();
  const host = await standIn();
  const door = crafy(set.server, host.origin);
  host.handle("/options", (request, text) => {
    door.calls.push({ call: "options", body: JSON.parse(text), at: request.url });
    return { json: { eo: door.next } };
  });
  return {
    ...set,
    door,
    /** The site that uses the door. */
    host,
    /**
     * Opens a page of the host with widgets in it.
     *
     * @param widgets options of each widget; `flow` names what its options hold
     * @param body    content; a form with a container for each widget by default
     * @param setup   a script to run before the widgets are made
     * @param eager   whether the challenge is loaded at once, not when the page has settled
     */
    async show(widgets, options = {}) {
      const { body, headers, context, init, setup = "", head = "", hidden, eager } = options;
      // Nothing grows or slides while a test aims at it. How it moves is seen in the conformance suite.
      const fresh = await contextOf(set.browser, { reducedMotion: "reduce", ...context });
      const page = await fresh.newPage();
      page.setDefaultTimeout(40_000);
      const problems = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      const told = [];
      page.on("console", (message) => message.type() === "error" && told.push(message.text()));
      if (init) await page.addInitScript(init);
      if (!hidden) await page.addInitScript(opened);
      await page.addInitScript(record);
      const list = [widgets].flat();
      const key = `"pk_1", "pt_1", ${JSON.stringify(door.signingKey)}`;
      const inits = list.map(({ flow, id, extra, ...options }, index) => {
        if (flow) options.encryptedOptions = flow;
        const container = JSON.stringify(id ?? `c${index}`);
        return `window.widgets.push(CrafyCAPTCHA.init(${container}, ${key},
          {onSuccess: (token) => window.told.push(token), onExpire: () => window.told.push("expired"),
           ...${JSON.stringify(options)}}, ${JSON.stringify(extra)}));
          ${eager ? "window.widgets.at(-1).loadIframe();" : ""}`;
      });
      const script = `<script>addEventListener("CrafyCAPTCHALoaded", () => {${setup};${inits.join("")}})</script>
        <script src="${set.server.origin}/assets/CrafyCAPTCHA.min.js" defer></script>`;
      const html = `<!doctype html><html lang="en"><head><title>t</title><meta name="viewport" content="width=device-width">${head}${script}</head><body>${body ?? form(list)}`;
      await page.goto(host.page(html, headers));
      return Object.assign(page, { problems, told });
    },
    async stop() {
      await set.stop();
      await host.close();
    },
  };
}

/** A form with a container for each widget. */
export const form = (widgets) =>
  `<main><h1>Contact</h1><form id="f" action="/echo" method="post"><input name="name" aria-label="Name" value="Ada">
   ${widgets.map((_, index) => `<div id="c${index}"></div>`).join("")}
   <button id="send" name="how" value="button">Send</button></form></main>`;

/** The tokens in the form. */
export const tokens = (page) =>
  page.locator("form input[type=hidden]").evaluateAll((fields) => fields.map(({ value }) => value));

/** The checkbox of a card. */
export const trigger = (page, id = "c0") => page.locator(`#${id} .trigger`);

/** Waits until a card stands so: `checking`, `done`, `problem`, or empty. */
export const stands = (page, sign, id = "c0") =>
  page.locator(`#${id} .card[data-sign="${sign}"]:not([data-open])`).waitFor();

/** The challenge inside a card. */
export const challenge = (page, id = "c0") => page.frameLocator(`#${id} iframe`);

/** Waits until a challenge stands so: `checking`, `asking`, `done`, `problem`. */
export const asks = (page, sign = "asking", id = "c0") =>
  challenge(page, id).locator(`main[data-sign="${sign}"]`).waitFor();

/** Waits until something holds; for what no locator can wait for. */
export async function until(holds, words) {
  for (const end = Date.now() + 40_000; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`never: ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits for the n-th thing that the page's own functions were told. */
export async function told(page, times = 1) {
  const handle = await page.waitForFunction(
    (least) => window.told.length >= least && window.told[least - 1],
    times,
  );
  return handle.jsonValue();
}

/** The challenge is closed to a page's scripts, so also to these. */
function opened() {
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    return attach.call(this, { ...init, mode: "open" });
  };
}

function record() {
  window.told = [];
  window.widgets = [];
  window.events = [];
  addEventListener("crafy:success", ({ target, detail }) =>
    window.events.push([target.id, detail]),
  );
}
