/** What the tests of the Crafy door share: a shop with our browser script in its pages and the published package behind. */

import assert from "node:assert/strict";
import { startBackend } from "../harness/crafy_backend.mjs";
import { arrive, LIGHT } from "./astracaph_visitor.mjs";

/**
 * Opens a shop: a site, its backend, and where its pages get options and send their forms. It closes with the test.
 *
 * @param test  its context
 * @param wish  what the backend asks of every flow
 * @param flags of the site, beside those that make it light. Unless told otherwise it judges and asks nothing more:
 *              a Chromium without a screen is what it is
 */
export async function openShop(test, stage, wish, ...flags) {
  const policy = flags.length ? flags : ["--shadow"];
  const site = await stage.site("shop", ...LIGHT, ...policy);
  const backend = await startBackend(stage.portcullis.base, site);
  test.after(() => backend.stop());
  return new Shop(stage, site, backend, wish);
}

class Shop {
  /** What the pages asked of the path for options. */
  asked = [];
  /** The forms that were sent. */
  sent = [];

  constructor(stage, site, backend, wish) {
    this.stage = stage;
    this.site = site;
    this.backend = backend;
    this.optionsUrl = stage.pages.handle(async (body) => {
      this.asked.push(JSON.parse(body));
      return { eo: await backend.call("create_flow", wish) };
    });
    this.action = stage.pages.handle((body) => {
      this.sent.push(Object.fromEntries(new URLSearchParams(body)));
      return "Thank you";
    });
  }

  /**
   * A visitor opens a page of the shop: a form with a widget.
   *
   * @param widgets  names of the form's hidden fields, one a widget
   * @param options  of every widget, beside those that it needs
   * @param autoLoad whether widgets begin by themselves
   * @param headers  of the page's reply
   * @param more     for `arrive`
   */
  async show({ widgets = [FIELD], options = {}, autoLoad = true, headers, origin, ...more } = {}) {
    const keys = [
      this.site.site_key,
      await this.backend.call("get_public_token"),
      this.site.signing_public_key,
    ];
    const init = { keys, widgets, autoLoad, options: { optionsUrl: this.optionsUrl, ...options } };
    const { pages, portcullis } = this.stage;
    const code = `(${begin})(${JSON.stringify(init)})`;
    const sources = [
      pages.add(code, { suffix: ".js" }),
      `${portcullis.base}/assets/CrafyCAPTCHA.min.js`,
    ];
    const head = sources.map((source) => `<script src="${source}" defer></script>`).join("");
    const places = widgets.map((name) => `<div id="${name}"></div>`).join("");
    const body = `<form action="${this.action}" method="post">
      <label>Name <input name="name"></label>${places}<button>Send</button></form>`;
    const path = pages.add(
      `<!doctype html><html lang="en"><head><title>A shop</title>${head}</head><body>${body}</body></html>`,
      { headers },
    );
    return arrive(this.stage, `${origin ?? pages.origin}${path}`, { init: openShadows, ...more });
  }

  /** What the backend does with a token: the package accepts it once, the server tells its verdict once. */
  async assertGoodOnce(token) {
    assert.equal(await this.backend.call("verify_flow", token), true, await this.#why());
    assert.equal(await this.backend.call("verify_flow", token), false);
    assert.match(await this.#why(), /Replay/);
    const { flow_token, risk_score, hostname } = said(token);
    assert.equal(hostname, "127.0.0.1");
    const question = { flow_token };
    assert.deepEqual(await this.backend.call("call", "check_flow", question), {
      valid: true,
      risk_score,
      message: "Flow consumed atomically",
    });
    const again = await this.backend.outcome("call", "check_flow", question);
    assert.ok(again.status >= 400 && again.status < 500, JSON.stringify(again));
  }

  /** The token is where a page looks for it, and good once. */
  async assertPassed(page) {
    const token = await solved(page);
    assert.equal(await field(page).inputValue(), token);
    assert.deepEqual(await page.evaluate(() => window.events), [token]);
    await sign(page, "done");
    await this.assertGoodOnce(token);
    assert.deepEqual([page.seen.problems, page.seen.violations], [[], []]);
  }

  #why() {
    return this.backend.call("get_last_flow_verify_error");
  }
}

/** What a token says. */
export const said = (token) => JSON.parse(JSON.parse(Buffer.from(token, "base64")).payload);

/** Waits for the `times`-th token of a page. In vain, it says what the challenges were answered instead. */
export async function solved(page, times = 1) {
  try {
    const handle = await page.waitForFunction((least) => window.tokens?.[least - 1], times);
    return await handle.jsonValue();
  } catch (error) {
    const answers = JSON.stringify(await outcomes(page));
    throw new Error(`no token number ${times}; the answers were ${answers}`, { cause: error });
  }
}

/** The hidden field of a widget. */
export const field = (page, name = FIELD) => page.locator(`input[name="${name}"]`);

/** The card around the challenge, and waiting until it shows a sign. */
export const card = (page, name = FIELD) => page.locator(`[id="${name}"] .card`);
export const sign = (page, wanted, name = FIELD) =>
  page.locator(`[id="${name}"] .card[data-sign="${wanted}"]`).waitFor();

/** The challenge's frame, once it shows something to do, or a problem. */
export async function challenge(stage, page, wanted = "asking") {
  const address = `${stage.portcullis.base}/challenge`;
  const deadline = Date.now() + 20_000;
  for (;;) {
    assert.ok(Date.now() < deadline, "the challenge does not show");
    const frame = page.frames().find((one) => one.url().startsWith(address));
    // The frame may be replaced by the next flow's at any moment.
    const shown = frame?.locator(`main[data-sign="${wanted}"]`).isVisible();
    if (await shown?.catch(() => false)) return frame;
    await page.waitForTimeout(50);
  }
}

/** The step that a challenge shows: the one that came last, in its document or in an answer. */
export async function step(page, frame) {
  const first = JSON.parse(await frame.locator("#flow").textContent());
  let last = first.step;
  for (const answer of page.seen.answers) {
    if (!/\/challenge\/(answer|alternative)$/.test(answer.url()) || !answer.ok()) continue;
    const { outcome, step } = await answer.json();
    const same = answer.request().postDataJSON().flow === first.flow;
    if (same && outcome === "step") last = step;
  }
  return last;
}

/** The answer to a step's picture, as the operator of the server sees it. */
export const answerTo = (stage, { id }) => stage.portcullis.puzzleAnswer(id);

/** What the page's calls were answered: outcome and reason. */
export const outcomes = (page) =>
  Promise.all(
    page.seen.answers
      .filter((one) => one.request().method() === "POST" && one.url().endsWith("/challenge/answer"))
      .map(async (one) => {
        const { outcome, reason } = await one.json();
        return reason ? `${outcome} ${reason}` : outcome;
      }),
  );

/** Name of a widget's field where the page gives none. */
export const FIELD = "CrafyCAPTCHA_token";

/** Runs in the shop's page, before our script, as the published documents have it for deferred scripts. */
function begin({ keys, widgets, autoLoad, options }) {
  window.tokens = [];
  window.events = [];
  window.expired = 0;
  addEventListener("CrafyCAPTCHALoaded", () => {
    const { CrafyCAPTCHA } = window;
    CrafyCAPTCHA.setAutoLoad(autoLoad);
    window.captchas = widgets.map((inputName) => {
      const place = document.getElementById(inputName);
      place.addEventListener("crafy:success", ({ detail }) => window.events.push(detail));
      const onSuccess = (token) => window.tokens.push(token);
      const onExpire = () => {
        window.expired += 1;
      };
      const own = { ...options, inputName, onSuccess, onExpire };
      const extra = { fetchOptionsParameters: { form: inputName } };
      return CrafyCAPTCHA.init(place, ...keys, own, extra);
    });
  });
}

/** Runs in every frame, before its own scripts: a test looks where a page's scripts cannot. */
function openShadows() {
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    return attach.call(this, { ...init, mode: "open" });
  };
}
