/**
 * The published wrappers of hCaptcha against our script, through the life of a widget. Each is given our address as the
 * manual's page about moving says; a page that asks the vendor for anything fails the run.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage } from "./stage.mjs";
import { clicks, executes, mount, openApp, OURS, sends, toldBy, Vendor } from "./wrappers.mjs";

const HCAPTCHA = new Vendor("h-captcha-response", "/hcaptcha/siteverify");
// Its callbacks are globals, so the last widget takes them all.
const ALONE = "svelte-hcaptcha.js";
// These two tell nobody that a token's time is over.
const SILENT = ["svelte-hcaptcha.js", "react-hcaptcha-hook.jsx"];
const HOST = "captcha.example.com";

let stage;
before(async () => {
  stage = await openStage();
  stage.hosts.add(HOST);
});
after(() => stage?.stop());

for (const name of [
  "react-hcaptcha.jsx",
  "vue3-hcaptcha.js",
  "vanilla-hcaptcha.js",
  "svelte-hcaptcha.js",
]) {
  for (const [kind, size, start] of [
    ["a checkbox", "normal", clicks],
    ["invisible", "invisible", executes],
  ]) {
    test(`${name}: ${kind}, from our own address`, async () => {
      const site = await stage.site(`${name} ${size}`);
      const page = await openApp(stage, name);
      const portcullis = stage.portcullis.base;
      const options = { sitekey: site.site_key, size, portcullis, strict: true };
      const [alone, expires] = [name === ALONE, !SILENT.includes(name)];
      await HCAPTCHA.assertLife(stage, page, { site, options, start, alone, expires });
    });
  }

  test(`${name}: from another address`, async () => {
    const site = await stage.site(`${name} foreign`);
    const page = await openApp(stage, name);
    await mount(page, "a", { sitekey: site.site_key, portcullis: OURS });
    await clicks(page, "a");
    await HCAPTCHA.assertGoodOnce(stage, site, await toldBy(page, "a", "token"));
  });
}

for (const [name, host, start, size = "normal"] of [
  ["react-hcaptcha-hook.jsx", "js.hcaptcha.com", clicks],
  ["react-hcaptcha-hook.jsx", "js.hcaptcha.com", executes, "invisible"],
  ["ng-hcaptcha.js", "hcaptcha.com", clicks],
  ["ng-hcaptcha-button.js", "hcaptcha.com", sends],
]) {
  for (const [where, way] of [
    ["the vendor's host replaced", { replaced: { [host]: HOST } }],
    ["with our script in the page", { script: `${OURS}/1/api.js?render=explicit` }],
  ]) {
    test(`${name}, ${size}: ${where}`, async () => {
      const site = await stage.site(`${name} ${size} ${where}`);
      const page = await openApp(stage, name, way);
      const options = { sitekey: site.site_key, size, strict: true };
      const expires = !SILENT.includes(name);
      await HCAPTCHA.assertLife(stage, page, { site, options, start, expires });
    });
  }
}

test("ng-hcaptcha's service makes a widget for each token and removes it as the token comes", async () => {
  const site = await stage.site("service");
  const page = await openApp(stage, "ng-hcaptcha.js", { replaced: { "hcaptcha.com": HOST } });
  await mount(page, "a", { sitekey: site.site_key });
  await toldBy(page, "a", "ready");
  const tokens = [];
  for (const _ of [1, 2]) tokens.push(await page.evaluate(() => window.app.execute("a")));
  assert.notEqual(tokens[0], tokens[1]);
  for (const token of tokens) await HCAPTCHA.assertGoodOnce(stage, site, token);
  assert.deepEqual(page.seen.problems, []);
});

test("a promise has token and key; what was called off, a wrong key and a lost network have codes", async () => {
  const site = await stage.site("told");
  const page = await openApp(stage, "react-hcaptcha.jsx");
  const options = { sitekey: site.site_key, size: "invisible", portcullis: OURS };
  await mount(page, "a", options);
  await toldBy(page, "a", "ready");
  const token = await page.evaluate(() => window.app.execute("a"));
  assert.equal(await toldBy(page, "a", "token"), token);
  assert.match(await toldBy(page, "a", "key"), /^E1_/);
  const { score } = await HCAPTCHA.assertGoodOnce(stage, site, token);
  assert.equal(typeof score, "number");

  const calledOff = await page.evaluate(async () => {
    const outcome = window.app.execute("a").catch((code) => code);
    window.hcaptcha.close();
    return outcome;
  });
  assert.equal(calledOff, "challenge-closed");

  await mount(page, "wrong", { ...options, sitekey: "pk_nobody" });
  await page.locator("#wrong textarea").first().waitFor({ state: "attached" });
  const wrong = await page.evaluate(() => window.app.execute("wrong").catch((code) => code));
  assert.equal(wrong, "invalid-data");
  assert.equal(await toldBy(page, "wrong", "error"), "invalid-data");

  stage.unreachable = true;
  const lost = await page.evaluate(() => window.app.execute("a").catch((code) => code));
  assert.equal(lost, "network-error");
  stage.unreachable = false;
  const again = await page.evaluate(() => window.app.execute("a"));
  await HCAPTCHA.assertGoodOnce(stage, site, again);
});
