/** The published wrappers of reCAPTCHA against our script, unmodified: versions 2 and 3. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage } from "./stage.mjs";
import { assertQuiet, clicks, executes, mount, openApp, strictPolicy, toldBy, Vendor } from "./wrappers.mjs";

const RECAPTCHA = new Vendor("g-recaptcha-response", "/recaptcha/api/siteverify");
const VENDOR = "https://www.google.com";
// In React's strict mode two wrappers render again what they have not taken away. The vendor says the same to that.
const TWICE = /already been rendered in this element/;

let stage;
before(async () => {
  stage = await openStage();
  stage.hosts.add("www.google.com").add("www.recaptcha.net").add("recaptcha.net");
});
after(() => stage?.stop());

for (const name of [
  "react-google-recaptcha.jsx",
  "reaptcha.jsx",
  "vue-recaptcha.js",
  "vue3-recaptcha2.js",
  "ng-recaptcha.js",
  "ng-recaptcha-2.js",
  "ngx-captcha.js",
]) {
  for (const [kind, size, start] of [
    ["a checkbox", "normal", clicks],
    ["invisible", "invisible", executes],
  ]) {
    test(`${name}: ${kind}`, async () => {
      const site = await stage.site(`${name} ${size}`);
      const page = await openApp(stage, name);
      const options = { sitekey: site.site_key, size, portcullis: VENDOR, strict: true };
      const forgiving = name === "reaptcha.jsx" ? TWICE : undefined;
      await RECAPTCHA.assertLife(stage, page, { site, options, start, forgiving });
    });
  }
}

test("react-google-recaptcha takes our script, if it is in the page, Enterprise too", async () => {
  for (const file of ["api.js", "enterprise.js"]) {
    const site = await stage.site(file);
    const script = `${stage.portcullis.base}/recaptcha/${file}?render=explicit`;
    const page = await openApp(stage, "react-google-recaptcha.jsx", { scripts: [script] });
    stage.unreachable = true;
    await mount(page, "a", { sitekey: site.site_key, strict: true });
    await clicks(page, "a");
    await RECAPTCHA.assertGoodOnce(stage, site, await toldBy(page, "a", "token"));
    stage.unreachable = false;
  }
});

test("react-google-recaptcha under a strict policy with Trusted Types", async () => {
  const site = await stage.site("strictly");
  const page = await openApp(stage, "react-google-recaptcha.jsx", {
    scripts: [`${stage.portcullis.base}/recaptcha/api.js?render=explicit`],
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

for (const [name, portcullis] of [
  ["react-google-recaptcha-v3.jsx", VENDOR],
  ["next-recaptcha-v3.jsx", undefined],
  ["recaptcha-v3.js", undefined],
  ["vue-recaptcha-v3.js", undefined],
  ["ng-recaptcha.js", undefined],
  ["ng-recaptcha-2.js", undefined],
  ["ngx-captcha.js", VENDOR],
]) {
  test(`${name}: an action and a score with each token, also when mounted again`, async () => {
    const site = await stage.site(name);
    const page = await openApp(stage, name);
    const options = {
      sitekey: site.site_key,
      portcullis: portcullis ?? stage.portcullis.base,
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

test("react-google-recaptcha-v3 takes our script, if it is in the page under its id", async () => {
  const site = await stage.site("by id");
  const page = await openApp(stage, "react-google-recaptcha-v3.jsx", {
    scripts: [`${stage.portcullis.base}/recaptcha/api.js?render=${site.site_key}`],
    id: "ours",
  });
  stage.unreachable = true;
  await mount(page, "a", { sitekey: site.site_key, id: "ours" });
  await toldBy(page, "a", "ready");
  await assertScored(page, site, "a", "by/id");
  stage.unreachable = false;
  assertQuiet(page);
});

test("react-google-recaptcha-v3 in a place of the page's, which it empties and fills again", async () => {
  const site = await stage.site("inside");
  const page = await openApp(stage, "react-google-recaptcha-v3.jsx");
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
  const page = await openApp(stage, "ngx-captcha.js");
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
  const page = await openApp(stage, "react-google-recaptcha-v3.jsx");
  await mount(page, "a", { sitekey: site.site_key, portcullis: VENDOR });
  await toldBy(page, "a", "ready");
  const token = await page.evaluate(() => window.app.execute("a"));
  const { score } = await RECAPTCHA.assertGoodOnce(stage, site, token, { action: "" });
  assert.ok(score > 0 && score <= 1);
});

test("recaptcha-v3 renders without a container; a wrong key and a lost network reject, and pass", async () => {
  const site = await stage.site("bare");
  const page = await openApp(stage, "recaptcha-v3.js");
  await mount(page, "a", { sitekey: site.site_key, portcullis: VENDOR, inside: true });
  await toldBy(page, "a", "ready");
  await assertScored(page, site, "a", "bare");
  const refused = () =>
    page.evaluate(() => window.app.execute("a", "b").then(() => "solved", ({ name }) => name));
  stage.unreachable = true;
  assert.equal(await refused(), "Error");
  stage.unreachable = false;
  await assertScored(page, site, "a", "after");
  const wrong = await openApp(stage, "react-google-recaptcha.jsx");
  await mount(wrong, "a", { sitekey: "pk_nobody" });
  await clicks(wrong, "a");
  await toldBy(wrong, "a", "error");
});
