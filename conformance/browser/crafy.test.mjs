/**
 * The Crafy door in Chromium: our browser script in a page of another origin, options and verdicts by the published
 * Python package. Nobody has anything to do here but the device.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  card,
  challenge,
  FIELD,
  field,
  openShop,
  outcomes,
  said,
  sign,
  solved,
  step,
} from "./crafy_shop.mjs";
import { openStage } from "./stage.mjs";

let stage;
before(async () => {
  stage = await openStage();
});
after(() => stage?.stop());

for (const mode of ["hidden", "invisible"]) {
  test(`${mode}: nothing to do for anybody`, async (t) => {
    const site = await openShop(t, stage, { mode });
    const page = await site.show();
    await site.assertPassed(page);
    assert.deepEqual(site.asked, [{ action: "get_options", form: FIELD }]);
    assert.deepEqual(await outcomes(page), ["complete"]);
  });
}

test("auto: whoever looks ordinary is asked for nothing", async (t) => {
  const site = await openShop(t, stage, { mode: "auto" });
  await site.assertPassed(await site.show());
});

test("auto: a browser that says it is automated has to do something", async (t) => {
  const steps = '[{"from":0.5,"friction":{"kind":"checkbox"}}]';
  const site = await openShop(t, stage, { mode: "auto" }, "--steps", steps);
  const page = await site.show({ hidden: false });
  const frame = await challenge(stage, page);
  assert.equal((await step(page, frame)).kind, "checkbox");
  assert.equal(await field(page).inputValue(), "");
});

test("encrypted options in the page, without an address for more", async (t) => {
  const site = await openShop(t, stage, { mode: "hidden" });
  const encryptedOptions = await site.backend.call("create_flow", { mode: "hidden" });
  const page = await site.show({ options: { optionsUrl: undefined, encryptedOptions } });
  await site.assertPassed(page);
  assert.deepEqual(site.asked, []);
});

test("a context that belongs to the form", async (t) => {
  const site = await openShop(t, stage, { mode: "hidden", context: { form: "login" } });
  const token = await solved(await site.show());
  assert.equal(await site.backend.call("verify_flow", token, { form: "signup" }), false);
  assert.equal(await site.backend.call("verify_flow", token, { form: "login" }), true);
});

test("loaded by a click alone, where the page wants that", async (t) => {
  const site = await openShop(t, stage, { mode: "hidden" });
  const page = await site.show({ autoLoad: false });
  await page.waitForTimeout(1500);
  assert.deepEqual(site.asked, []);
  await card(page).getByRole("checkbox").click();
  await site.assertPassed(page);
});

test("a form waits for its widgets, one after the other, and then goes", async (t) => {
  const site = await openShop(t, stage, { mode: "hidden" });
  const widgets = ["first_token", "second_token"];
  const page = await site.show({ widgets, autoLoad: false });
  await page.getByRole("textbox", { name: "Name" }).fill("Ada");
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForURL((url) => url.pathname === site.action);
  assert.deepEqual(
    site.asked.map(({ form }) => form),
    widgets,
  );
  const [{ name, first_token, second_token }, ...more] = site.sent;
  assert.deepEqual([name, more.length], ["Ada", 0]);
  assert.notEqual(first_token, second_token);
  for (const token of [first_token, second_token]) await site.assertGoodOnce(token);
});

test("a strict page: the policy that the script needs, and no more", async (t) => {
  const site = await openShop(t, stage, { mode: "hidden" });
  const { base } = stage.portcullis;
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${base}`,
    "style-src 'self'",
    "connect-src 'self'",
    `frame-src ${base}`,
    `form-action 'self' ${base}`,
  ].join("; ");
  const page = await site.show({ headers: { "Content-Security-Policy": policy } });
  await site.assertPassed(page);
});

test("a page that tells nobody where its visitors come from", async (t) => {
  const site = await openShop(t, stage, { mode: "hidden" });
  const page = await site.show({ headers: { "Referrer-Policy": "no-referrer" } });
  await site.assertPassed(page);
});

test("an origin that the site does not list: no challenge, no token", async (t) => {
  const site = await openShop(t, stage, { mode: "hidden" });
  const page = await site.show({ origin: stage.pages.strangeOrigin });
  const frame = await challenge(stage, page, "problem");
  assert.match(await frame.locator("main").textContent(), /not set up/);
  assert.equal(await field(page).inputValue(), "");
  assert.deepEqual(await page.evaluate(() => window.tokens), []);
  assert.deepEqual(await outcomes(page), []);
});

test("a signing key of somebody else's: what the server says is not believed", async (t) => {
  const site = await openShop(t, stage, { mode: "hidden" });
  const stranger = await stage.site("stranger");
  site.site.signing_public_key = stranger.signing_public_key;
  const page = await site.show();
  await sign(page, "problem");
  assert.equal(await field(page).inputValue(), "");
});

test("reset: another flow, another token", async (t) => {
  const site = await openShop(t, stage, { mode: "hidden" });
  const page = await site.show();
  const first = await solved(page);
  await page.evaluate(() => window.captchas[0].reset());
  assert.notEqual(await field(page).inputValue(), first);
  const second = await solved(page, 2);
  assert.notEqual(said(first).flow_token, said(second).flow_token);
  for (const token of [first, second]) await site.assertGoodOnce(token);
});

test("a second flow of a page does not tell the pointer's path again, as that counts as a replay", async (t) => {
  const site = await openShop(t, stage, { mode: "hidden" });
  const page = await site.show();
  await solved(page);
  await page.evaluate(() => window.captchas[0].reset());
  await solved(page, 2);
  const [first, second] = page.seen.answers
    .filter((one) => one.url().endsWith("/challenge/"))
    .map((one) => JSON.parse(new URLSearchParams(one.request().postData()).get("cdweo")).motion);
  assert.ok(first.length > 0);
  const again = second.filter((point) => first.some((one) => one.t === point.t));
  assert.deepEqual(again, []);
});

test("the field is the widget's: what the page writes into it is undone", async (t) => {
  const site = await openShop(t, stage, { mode: "hidden" });
  const page = await site.show();
  const token = await solved(page);
  await page.evaluate((name) => {
    const input = document.querySelector(`input[name="${name}"]`);
    input.setAttribute("value", "mine");
    input.remove();
  }, FIELD);
  await page.waitForFunction(
    ([name, wanted]) => document.querySelector(`input[name="${name}"]`)?.value === wanted,
    [FIELD, token],
  );
});
