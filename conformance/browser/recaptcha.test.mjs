/**
 * The published wrappers of reCAPTCHA against our script: versions 2 and 3. Each is given our address as the manual's
 * page about moving says; a page that asks the vendor for anything fails the run.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage } from "./stage.mjs";
import {
  assertQuiet,
  clicks,
  executes,
  mount,
  openApp,
  OURS,
  strictPolicy,
  toldBy,
  Vendor,
} from "./wrappers.mjs";

const RECAPTCHA = new Vendor("g-recaptcha-response", "/recaptcha/api/siteverify");
const HOST = { "www.google.com": "captcha.example.com" };
// Two put the address together, so that the vendor's host is nowhere in their code.
const NGX_CAPTCHA = { "https://www.${domain}": OURS };
const REACT_V3 = { '"https://www."': '"https://"', '"google.com"': '"captcha.example.com"' };
// In React's strict mode two wrappers render again what they have not taken away. The vendor says the same to that.
const TWICE = /already been rendered in this element/;

let stage;
before(async () => {
  stage = await openStage();
  stage.hosts.add("captcha.example.com");
});
after(() => stage?.stop());

for (const [name, replaced] of [
  ["react-google-recaptcha.jsx", HOST],
  ["reaptcha.jsx"],
  ["vue-recaptcha.js"],
  ["vue3-recaptcha2.js", HOST],
  ["ng-recaptcha.js"],
  ["ng-recaptcha-2.js"],
  ["ngx-captcha.js", NGX_CAPTCHA],
]) {
  for (const [kind, size, start] of [
    ["a checkbox", "normal", clicks],
    ["invisible", "invisible", executes],
  ]) {
    test(`${name}: ${kind}`, async () => {
      const site = await stage.site(`${name} ${size}`);
      const there = name === "reaptcha.jsx";
      const script = there ? `${OURS}/recaptcha/api.js?render=explicit` : undefined;
      const page = await openApp(stage, name, { script, replaced });
      const options = {
        sitekey: site.site_key,
        size,
        portcullis: OURS,
        inject: !there,
        strict: true,
      };
      const forgiving = there ? TWICE : undefined;
      await RECAPTCHA.assertLife(stage, page, { site, options, start, forgiving });
    });
  }
}

test("react-google-recaptcha takes our script, if it is in the page, Enterprise too", async () => {
  for (const file of ["api.js", "enterprise.js"]) {
    const site = await stage.site(file);
    const script = `${stage.portcullis.base}/recaptcha/${file}?render=explicit`;
    const page = await openApp(stage, "react-google-recaptcha.jsx", { script });
    await mount(page, "a", { sitekey: site.site_key, strict: true });
    await clicks(page, "a");
    await RECAPTCHA.assertGoodOnce(stage, site, await toldBy(page, "a", "token"));
  }
});

test("react-google-recaptcha under a strict policy with Trusted Types", async () => {
  const site = await stage.site("strictly");
  const page = await openApp(stage, "react-google-recaptcha.jsx", {
    script: `${stage.portcullis.base}/recaptcha/api.js?render=explicit`,
    headers: strictPolicy(stage),
  });
  const options = { sitekey: site.site_key, size: "normal", strict: true };
  await RECAPTCHA.assertLife(stage, page, { site, options, start: clicks });
  assert.ok(page.seen.workers.length > 0);
  assert.deepEqual(page.seen.violations, []);
});

/** What version 3 is asked for, each time a token of its own with its action and a score. */
async function assertScored(page, site, name, action) {
  const token = await page.evaluate(([form, what]) => window.app.execute(form, what), [name, action]);
  const { score } = await RECAPTCHA.assertGoodOnce(stage, site, token, { action });
  assert.ok(score > 0 && score <= 1);
  return token;
}

for (const [name, replaced] of [
  ["react-google-recaptcha-v3.jsx", REACT_V3],
  ["next-recaptcha-v3.jsx"],
  ["recaptcha-v3.js"],
  ["vue-recaptcha-v3.js"],
  ["ng-recaptcha.js"],
  ["ng-recaptcha-2.js"],
  ["ngx-captcha.js", NGX_CAPTCHA],
]) {
  test(`${name}: an action and a score with each token, also when mounted again`, async () => {
    const site = await stage.site(name);
    const page = await openApp(stage, name, { replaced });
    const options = {
      sitekey: site.site_key,
      portcullis: OURS,
      src: `${OURS}/recaptcha/api.js?render=${site.site_key}`,
      strict: true,
    };
    await mount(page, "a", options);
    await toldBy(page, "a", "ready");
    const first = await assertScored(page, site, "a", "login");
    const second = await assertScored(page, site, "a", "users/list");
    assert.notEqual(first, second);
    assert.equal(await page.locator(".grecaptcha-badge").count(), 1);
    await page.evaluate(() => window.app.unmount("a"));
    await mount(page, "b", options);
    await toldBy(page, "b", "ready");
    await assertScored(page, site, "b", "again");
    assert.deepEqual(page.seen.problems, []);
  });
}

test("react-google-recaptcha-v3 in a place of the page's, which it empties and fills again", async () => {
  const site = await stage.site("inside");
  const page = await openApp(stage, "react-google-recaptcha-v3.jsx", { replaced: REACT_V3 });
  const options = { sitekey: site.site_key, inside: true, strict: true };
  for (const name of ["a", "b"]) {
    await mount(page, name, options);
    await toldBy(page, name, "ready");
    await page.locator("#inside .grecaptcha-badge").waitFor();
    await assertScored(page, site, name, name);
    await page.evaluate((form) => window.app.unmount(form), name);
  }
  assertQuiet(page, TWICE);
});

test("ngx-captcha takes the global away and loads the script again when the language changes", async () => {
  const site = await stage.site("languages");
  const page = await openApp(stage, "ngx-captcha.js", { replaced: NGX_CAPTCHA });
  await mount(page, "a", { sitekey: site.site_key, size: "normal", language: "en" });
  const box = page.getByRole("checkbox");
  const english = await box.ariaSnapshot();
  await page.evaluate(() => window.app.change("a", { language: "de" }));
  await page.waitForFunction(() => window.grecaptcha);
  await assert.doesNotReject(box.waitFor());
  assert.notEqual(await box.ariaSnapshot(), english);
  await clicks(page, "a");
  await RECAPTCHA.assertGoodOnce(stage, site, await toldBy(page, "a", "token"));
  assertQuiet(page);
});

test("version 3 without an action has a score all the same", async () => {
  const site = await stage.site("no action");
  const page = await openApp(stage, "react-google-recaptcha-v3.jsx", { replaced: REACT_V3 });
  await mount(page, "a", { sitekey: site.site_key });
  await toldBy(page, "a", "ready");
  const token = await page.evaluate(() => window.app.execute("a"));
  const { score } = await RECAPTCHA.assertGoodOnce(stage, site, token, { action: "" });
  assert.ok(score > 0 && score <= 1);
});

test("recaptcha-v3 renders without a container; a wrong key and a lost network reject, and pass", async () => {
  const site = await stage.site("bare");
  const page = await openApp(stage, "recaptcha-v3.js");
  await mount(page, "a", { sitekey: site.site_key, portcullis: OURS, inside: true });
  await toldBy(page, "a", "ready");
  await assertScored(page, site, "a", "bare");
  const refused = () =>
    page.evaluate(() => window.app.execute("a", "b").then(() => "solved", ({ name }) => name));
  stage.unreachable = true;
  assert.equal(await refused(), "Error");
  stage.unreachable = false;
  await assertScored(page, site, "a", "after");
  const wrong = await openApp(stage, "react-google-recaptcha.jsx", { replaced: HOST });
  await mount(wrong, "a", { sitekey: "pk_nobody" });
  await clicks(wrong, "a");
  await toldBy(wrong, "a", "error");
});
