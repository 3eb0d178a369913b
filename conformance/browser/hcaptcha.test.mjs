/** The published wrappers of hCaptcha against our script, unmodified, through the life of a widget. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage } from "./stage.mjs";
import { clicks, executes, mount, openApp, sends, toldBy, Vendor } from "./wrappers.mjs";

const HCAPTCHA = new Vendor("h-captcha-response", "/hcaptcha/siteverify");
// Its callbacks are globals, so the last widget takes them all.
const ALONE = "svelte-hcaptcha.js";

let stage;
before(async () => {
  stage = await openStage();
  stage.hosts.add("hcaptcha.com").add("js.hcaptcha.com");
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
      await HCAPTCHA.assertLife(stage, page, { site, options, start, alone: name === ALONE });
    });
  }

  test(`${name}: from the vendor's address`, async () => {
    const site = await stage.site(`${name} foreign`);
    const page = await openApp(stage, name);
    const portcullis = "https://js.hcaptcha.com";
    await mount(page, "a", { sitekey: site.site_key, portcullis });
    await clicks(page, "a");
    await HCAPTCHA.assertGoodOnce(stage, site, await toldBy(page, "a", "token"));
  });
}

for (const [name, start, size = "normal"] of [
  ["react-hcaptcha-hook.jsx", clicks],
  ["react-hcaptcha-hook.jsx", executes, "invisible"],
  ["ng-hcaptcha.js", clicks],
  ["ng-hcaptcha-button.js", sends],
]) {
  for (const [where, scripts] of [
    ["from the vendor's address", () => []],
    ["with our script in the page", ({ base }) => [`${base}/1/api.js?render=explicit`]],
  ]) {
    test(`${name}, ${size}: ${where}`, async () => {
      const site = await stage.site(`${name} ${size} ${where}`);
      const page = await openApp(stage, name, { scripts: scripts(stage.portcullis) });
      const options = { sitekey: site.site_key, size, strict: true };
      await HCAPTCHA.assertLife(stage, page, { site, options, start });
    });
  }
}

test("ng-hcaptcha's service makes a widget for each token and removes it as the token comes", async () => {
  const site = await stage.site("service");
  const page = await openApp(stage, "ng-hcaptcha.js");
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
  const portcullis = "https://js.hcaptcha.com";
  const options = { sitekey: site.site_key, size: "invisible", portcullis };
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
