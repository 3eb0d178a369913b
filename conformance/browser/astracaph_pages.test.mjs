/** The page for a frame, in a page of another origin, and the sandbox. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { settled, snippet } from "../harness/manual.mjs";
import {
  arrive,
  assertBoundAndGoodOnce,
  field,
  LIGHT,
  OPEN_SITE,
  show,
  sign,
  verify,
} from "./astracaph_visitor.mjs";
import { openStage } from "./stage.mjs";

const messages = (page) => page.evaluate(() => window.messages);
const inside = (page) => page.frameLocator("iframe");

describe("the page for a frame", () => {
  let stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage?.stop());

  const frame = (query, attributes = "") =>
    `<iframe title="Check" width="350" height="500" ${attributes} src="${stage.portcullis.base}/captcha/widget?${query}"></iframe>`;

  test("hands its token to the page around it, bound to that page's origin", async () => {
    const { site_key: siteKey } = await stage.site("framed", ...LIGHT);
    const { origin } = stage.pages;
    const page = await show(stage, frame(`theme=dark&siteKey=${siteKey}`), { script: false });
    await page.waitForFunction(() => window.messages.length > 0);
    const [{ data, origin: sender }, ...more] = await messages(page);
    assert.equal(sender, stage.portcullis.base);
    const { token } = data.detail;
    const detail = { token, success: true, siteKey };
    assert.deepEqual([data, more], [{ type: "astracaph-verified", detail }, []]);
    await sign(inside(page), "done");
    assert.equal(await inside(page).locator(".card").getAttribute("data-theme"), "dark");
    await assertBoundAndGoodOnce(stage, token, { origin, mode: "passive", siteKey });
    assert.deepEqual([page.seen.violations, page.seen.problems], [[], []]);
  });

  test("the manual's frame and its script, without a key", async () => {
    const origin = stage.pages.strangeOrigin;
    const code = await snippet("open-mode.md", "html", "<iframe");
    const lines = settled(code, { portcullis: stage.portcullis.base, page: origin });
    const page = await show(stage, `${lines}<input id="token">`, { origin, script: false });
    await page.waitForFunction(() => document.querySelector("#token").value);
    const token = await page.locator("#token").inputValue();
    await assertBoundAndGoodOnce(stage, token, { origin, mode: "passive", siteKey: OPEN_SITE });
  });

  test("a visible step in a frame: a hold", async () => {
    const steps = '[{"from":0,"friction":{"kind":"press-and-hold"}}]';
    const { site_key: siteKey } = await stage.site("held", ...LIGHT, "--steps", steps);
    const page = await show(stage, frame(`theme=light&siteKey=${siteKey}`), { script: false });
    await sign(inside(page), "asking");
    assert.deepEqual(await messages(page), []);
    await inside(page).locator("[data-astracaph-card] button").hover();
    await page.mouse.down();
    await page.waitForFunction(() => window.messages.length > 0);
    const [{ data }] = await messages(page);
    const expected = { origin: stage.pages.origin, mode: "visual", siteKey };
    await assertBoundAndGoodOnce(stage, data.detail.token, expected);
  });

  test("a token of another page's frame is neither told to this page nor good for it", async () => {
    const [url, origin] = [stage.pages.strangeOrigin, "https://other.example"];
    const path = stage.pages.add(
      `<!doctype html><title>A page</title><body>${frame("theme=light")}`,
    );
    // The frame is fetched as if for the other page, and shown in this one.
    const page = await show(stage, "", { origin: url, script: false, still: true });
    await page.route("**/captcha/widget*", async (route) => {
      const headers = { ...route.request().headers(), referer: `${origin}/form` };
      await route.fulfill({ response: await route.fetch({ headers }) });
    });
    await page.goto(`${url}${path}`);
    await sign(inside(page), "asking");
    await inside(page).locator("[data-astracaph-card] button").click();
    await sign(inside(page), "done");
    assert.deepEqual(await messages(page), []);
    const token = await field(inside(page)).inputValue();
    const here = await verify(stage, { token, origin: url });
    assert.deepEqual([here.status, here.error], [403, "Origin mismatch"]);
    assert.equal((await verify(stage, { token, origin })).boundOrigin, origin);
  });

  test("a page that does not say who it is gets no message", async () => {
    const page = await show(stage, frame("theme=light", 'referrerpolicy="no-referrer"'), {
      origin: stage.pages.strangeOrigin,
      script: false,
    });
    await inside(page).locator('.card:is([data-sign="done"], [data-sign="asking"])').waitFor();
    await page.waitForTimeout(200);
    assert.deepEqual(await messages(page), []);
  });

  test("the site's origins count for the framing page too", async () => {
    const { site_key: siteKey } = await stage.site("picky", ...LIGHT);
    const page = await show(stage, frame(`theme=light&siteKey=${siteKey}`), {
      origin: stage.pages.strangeOrigin,
      script: false,
    });
    await sign(inside(page), "problem");
    assert.deepEqual(await messages(page), []);
  });
});

// Without sites: the sandbox earns open tokens for the server's own origin, which a site of this host would claim.
describe("the sandbox", () => {
  let stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage?.stop());

  const preview = (page) => page.frameLocator("#preview");
  const log = (page) => page.getByRole("list", { name: "Log" });

  /** Opens the sandbox and takes the step that its preview asks of somebody who was not seen to move. */
  async function sandbox() {
    const page = await arrive(stage, `${stage.portcullis.base}/sandbox`, { still: true });
    await sign(preview(page), "asking");
    await preview(page).locator("[data-astracaph-card] button").click();
    await page.waitForFunction(() => document.getElementById("token").value.length > 20);
    return Object.assign(page, { token: await page.locator("#token").inputValue() });
  }

  test("the preview earns a token, Verify spends it, the log tells both", async () => {
    const page = await sandbox();
    const button = page.getByRole("button", { name: "Verify", exact: true });
    await button.click();
    await page.getByText("200: Verification successful").waitFor();
    await button.click();
    await page.getByText("409: Token already used or unknown").waitFor();
    await log(page).getByText("POST /api/v1/verify").nth(1).waitFor();
    await log(page).getByText("POST /api/v1/challenge").first().waitFor();
    assert.match(await log(page).getByRole("listitem").first().textContent(), /409/);
    const { origin } = new URL(page.url());
    const { status, error } = await verify(stage, { token: page.token, origin });
    assert.deepEqual([status, error], [409, "Token already used or unknown"]);
    assert.deepEqual([page.seen.violations, page.seen.problems], [[], []]);
  });

  test("a log holds the visit's own entries only, and nothing that names anybody", async () => {
    const [one, other] = [await sandbox(), await sandbox()];
    await other.getByRole("button", { name: "Verify", exact: true }).click();
    await other.getByText("200: Verification successful").waitFor();
    const logs = async (query) =>
      (await fetch(`${stage.portcullis.base}/api/v1/logs${query}`)).json();
    const entries = async (page) => {
      const visit = await page.evaluate(() => document.documentElement.dataset.visit);
      return (await logs(`?visit=${encodeURIComponent(visit)}`)).logs;
    };
    const [ones, others] = [await entries(one), await entries(other)];
    assert.ok(ones.length > 0);
    assert.ok(ones.every(({ route }) => route === "/api/v1/challenge"));
    assert.deepEqual(
      others.filter(({ route }) => route === "/api/v1/verify").map(({ status }) => status),
      [200],
    );
    const ids = new Set(ones.map(({ id }) => id));
    assert.deepEqual(
      others.filter(({ id }) => ids.has(id)),
      [],
    );
    assert.equal(await log(one).getByText("/api/v1/verify").count(), 0);
    assert.ok([...ones, ...others].every(({ ip }) => ip === "127.0.0.x"));
    const text = JSON.stringify([ones, others]);
    const agent = await one.evaluate(() => navigator.userAgent);
    for (const secret of [one.token, other.token, agent, '"fingerprint"', '"page"', '"referrer"'])
      assert.equal(text.includes(secret), false, secret);
    assert.deepEqual((await logs("")).logs, []);
    assert.deepEqual((await logs("?visit=forged")).logs, []);
    assert.deepEqual((await logs(`?siteKey=${OPEN_SITE}&limit=100`)).logs, []);
  });
});
