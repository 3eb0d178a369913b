/**
 * The published wrappers of Turnstile against our script, through the life of a widget. Each is given our address as the
 * manual's page about moving says; a page that asks the vendor for anything fails the run.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage } from "./stage.mjs";
import { mount, openApp, OURS, strictPolicy, toldBy, Vendor, waits } from "./wrappers.mjs";

const TURNSTILE = new Vendor("cf-turnstile-response", "/turnstile/v0/siteverify");

const HOST = { "challenges.cloudflare.com": "captcha.example.com" };
// These two take another token before the first one's time is over.
const EARLIER = ["vue-turnstile.js", "nuxt-turnstile.js"];

let stage;
before(async () => {
  stage = await openStage();
  stage.hosts.add("captcha.example.com");
});
after(() => stage?.stop());

for (const [name, id] of [
  ["marsidev-react-turnstile.jsx", "cf-turnstile-script"],
  ["react-turnstile.jsx"],
  ["vue-turnstile.js"],
  ["svelte-turnstile.js"],
  ["ngx-turnstile.js", "ngx-turnstile"],
  ["nuxt-turnstile.js"],
]) {
  test(`${name} loads its script, the vendor's host replaced`, async () => {
    const site = await stage.site(name);
    const page = await openApp(stage, name, { replaced: HOST });
    const options = { sitekey: site.site_key, strict: true };
    const expires = !EARLIER.includes(name);
    await TURNSTILE.assertLife(stage, page, { site, options, start: waits, expires });
  });

  // Nuxt loads what it was told to, whatever is there.
  if (name === "nuxt-turnstile.js") continue;
  test(`${name} takes our script, if it is in the page`, async () => {
    const site = await stage.site(`${name} there`);
    const script = `${OURS}/turnstile/v0/api.js?render=explicit`;
    const page = await openApp(stage, name, { script, id });
    await mount(page, "a", {
      sitekey: site.site_key,
      strict: true,
      injectScript: false,
      options: { action: "sign-up", cData: "u_7" },
    });
    const token = await toldBy(page, "a", "token");
    await TURNSTILE.assertGoodOnce(stage, site, token, { action: "sign-up" });
  });
}

for (const [name, id] of [
  ["react-turnstile.jsx"],
  ["vue-turnstile.js"],
  ["marsidev-react-turnstile.jsx", "cf-turnstile-script"],
]) {
  test(`${name} under a strict policy with Trusted Types, with our script in the page`, async () => {
    const site = await stage.site(`${name} strictly`);
    const page = await openApp(stage, name, {
      script: `${stage.portcullis.base}/turnstile/v0/api.js?render=explicit`,
      id,
      headers: strictPolicy(stage),
    });
    // Vue's own timer stays out of the way, so that the token's end is told.
    const options = { sitekey: site.site_key, strict: true, options: { resetInterval: 600_000 } };
    await TURNSTILE.assertLife(stage, page, { site, options, start: waits });
    assert.ok(page.seen.workers.length > 0);
    assert.deepEqual(page.seen.violations, []);
  });
}

test("what waits to be told, and what a wrong key and a lost network are told as", async () => {
  const site = await stage.site("told");
  const page = await openApp(stage, "marsidev-react-turnstile.jsx", { replaced: HOST });
  await mount(page, "a", { sitekey: site.site_key, options: { execution: "execute", cData: "u_8" } });
  await page.locator("#a").getByRole("checkbox").waitFor();
  const token = await page.evaluate(() => window.app.execute("a"));
  await TURNSTILE.assertGoodOnce(stage, site, token, { cdata: "u_8" });
  await mount(page, "wrong", { sitekey: "pk_nobody" });
  assert.equal(await toldBy(page, "wrong", "error"), "110100");
  stage.unreachable = true;
  await mount(page, "lost", { sitekey: site.site_key, options: { retryInterval: 500 } });
  assert.match(await toldBy(page, "lost", "error"), /^200/);
  stage.unreachable = false;
  await toldBy(page, "lost", "token");
});
