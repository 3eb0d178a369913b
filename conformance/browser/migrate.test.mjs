/**
 * docs/manual/migrate.md, followed to the letter: a page and a backend written for a vendor, with the two addresses of
 * the manual's table put in the place of the vendor's, the keys brought along, and nothing else changed.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { binary } from "../harness/portcullis.mjs";
import { openStage } from "./stage.mjs";
import { bundled } from "./wrappers.mjs";

const MANUAL = new URL("../../docs/manual/migrate.md", import.meta.url);
const OURS = "https://captcha.example.com";

let stage;
let manual;
before(async () => {
  stage = await openStage({ environment: { PORTCULLIS_SITEVERIFY_TEST_KEYS: "true" } });
  manual = await readFile(MANUAL, "utf8");
});
after(() => stage?.stop());

/** Pages as the vendors' documents have them, with what somebody does there and the field that arrives. */
const VENDORS = [
  {
    row: "reCAPTCHA v2, v3",
    name: "reCAPTCHA",
    siteKey: "6LeAbCdEAAAAAHijKlMnOpQrStUvWxYz01234567",
    secret: "6LeAbCdEAAAAAZyXwVuTsRqPoNmLkJiHg98765432",
    page: (key) => `<script src="https://www.google.com/recaptcha/api.js" async defer></script>
      <form method="post"><div class="g-recaptcha" data-sitekey="${key}" data-callback="solved"></div></form>`,
    field: "g-recaptcha-response",
    click: true,
  },
  {
    row: "reCAPTCHA v2, v3",
    name: "reCAPTCHA",
    siteKey: "6LeV3bCdEAAAAHijKlMnOpQrStUvWxYz01234567",
    secret: "6LeV3bCdEAAAAZyXwVuTsRqPoNmLkJiHg98765432",
    page: (key) => `<script src="https://www.google.com/recaptcha/api.js?render=${key}"></script>
      <form method="post"><input type="hidden" name="token"></form>
      <script>grecaptcha.ready(() => grecaptcha.execute("${key}", { action: "signup" }).then((token) => {
        document.querySelector("[name=token]").value = token;
        solved(token);
      }));</script>`,
    field: "token",
    verdict: { action: "signup" },
    scored: true,
  },
  {
    row: "reCAPTCHA Enterprise, in the page",
    name: "reCAPTCHA",
    siteKey: "6LeEnterpriseAAAAHijKlMnOpQrStUvWxYz0123",
    secret: "6LeEnterpriseAAAAZyXwVuTsRqPoNmLkJiHg987",
    page: (
      key,
    ) => `<script src="https://www.google.com/recaptcha/enterprise.js?render=${key}"></script>
      <form method="post"><input type="hidden" name="token"></form>
      <script>grecaptcha.enterprise.ready(async () => {
        const token = await grecaptcha.enterprise.execute("${key}", { action: "LOGIN" });
        document.querySelector("[name=token]").value = token;
        solved(token);
      });</script>`,
    field: "token",
    verdict: { action: "LOGIN" },
  },
  {
    row: "hCaptcha",
    name: "hCaptcha",
    siteKey: "a1b2c3d4-0000-4000-8000-123456789abc",
    secret: "0x1234567890abcdef1234567890ABCDEF12345678",
    page: (key) => `<script src="https://js.hcaptcha.com/1/api.js" async defer></script>
      <form method="post"><div class="h-captcha" data-sitekey="${key}" data-callback="solved"></div></form>`,
    field: "h-captcha-response",
    click: true,
  },
  {
    row: "Turnstile",
    name: "Turnstile",
    siteKey: "0x4AAAAAAAbCdEfGhIjKlMnO",
    secret: "0x4AAAAAAAbCdEfGhIjKlMnOpQrStUvWxYz",
    page: (
      key,
    ) => `<script src="https://challenges.cloudflare.com/turnstile/v0/api.js" async defer></script>
      <form method="post"><div class="cf-turnstile" data-sitekey="${key}" data-action="login" data-callback="solved">
      </div></form>`,
    field: "cf-turnstile-response",
    verdict: { action: "login" },
  },
];

/** The four addresses of a row of the manual's table: in the page, in the backend, each before and now. */
function addresses(row) {
  const line = manual.split("\n").find((one) => one.startsWith(`| ${row} |`));
  const cells = line.split("|").map((cell) => cell.trim().replaceAll("`", ""));
  return { script: cells.slice(2, 4), verify: cells.slice(4, 6) };
}

for (const { row, name, siteKey, secret, page, field, click, verdict, scored } of VENDORS) {
  const kind = field === "token" ? "by execute" : "by an element";
  test(`${row}, ${kind}`, async () => {
    const { base } = stage.portcullis;
    const { script, verify } = addresses(row);
    const here = (address) => address.replace(OURS, base);
    const keys = ["--site-key", siteKey, "--secret", secret];
    const site = await stage.site(name, "--count", "10", "--difficulty", "3", ...keys);
    assert.deepEqual([site.site_key, site.secret_key], [siteKey, secret]);

    const old = html(page(siteKey));
    assert.ok(old.includes(script[0]), "the page is the vendor's");
    const moved = old.replaceAll(script[0], here(script[1]));
    const [before, now] = [old, moved].map((text) => stage.pages.add(text));
    assert.match(await checkSite(before, 1), new RegExp(`${name} is still there`));
    assert.match(await checkSite(now, 0), /loads from this server {3}yes/);

    const visit = await stage.visit(`${stage.pages.origin}${now}`);
    if (click) await visit.getByRole("checkbox").click();
    const token = await (await visit.waitForFunction(() => window.token)).jsonValue();
    const sent = await visit.locator(`[name="${field}"]`).first().inputValue();
    assert.equal(sent, token);
    const ask = async (key) => {
      const body = new URLSearchParams({ secret: key, response: token });
      return (await fetch(here(verify[1]), { method: "POST", body })).json();
    };
    assert.deepEqual((await ask("x".repeat(40)))["error-codes"].slice(0, 1), [
      "invalid-input-secret",
    ]);
    const { success, hostname, ...rest } = await ask(secret);
    assert.deepEqual([success, hostname], [true, "127.0.0.1"]);
    for (const [member, wanted] of Object.entries(verdict ?? {})) {
      assert.equal(rest[member], wanted, member);
    }
    if (scored) assert.ok(rest.score > 0 && rest.score < 1, `${rest.score}`);
    assert.equal((await ask(secret)).success, false, "a token is good once");
    assert.deepEqual(visit.seen.problems, []);
  });
}

for (const [row, attribute, siteKey, ask] of [
  ["ALTCHA Sentinel", "?apiKey=key_1a2b3c4d5e6f7a8b9c0d", "key_1a2b3c4d5e6f7a8b9c0d", inJson],
  ["ALTCHA with challenges of your own", "", "pk_altcha_of_our_own", inForm],
]) {
  test(row, async () => {
    const { base } = stage.portcullis;
    const secret = `sec_1f2e3d4c5b6a79880716253443526170${siteKey}`;
    const flags = ["--altcha", "sha-256", "--site-key", siteKey, "--secret", secret];
    await stage.site(row, ...flags);
    const { script, verify } = addresses(row);
    const [before, now] = script.map((address) => address.replace(OURS, base));
    const old = `<form><altcha-widget challenge="${before}${attribute}"></altcha-widget></form>`;
    const moved = old.replace(before, now.replace("SITE_KEY", siteKey));
    const [unmoved, there] = [old, moved].map((text) => stage.pages.add(html(text)));
    const told = await checkSite(unmoved, 1);
    const theirs = new URL(`${before}${attribute}`, stage.pages.origin);
    assert.ok(told.includes(`ALTCHA's widget has its challenges from ${theirs}`), told);
    assert.match(await checkSite(there, 0), /from this server {3}challenges for ALTCHA's widget/);

    const visit = await stage.open(moved, { widget: "/altcha.js" });
    await visit.locator("altcha-widget label").first().click();
    const payload = await visit.waitForFunction(
      () =>
        document.querySelector("altcha-widget").getState?.() === "verified" &&
        new FormData(document.querySelector("form")).get("altcha"),
    );
    const address = verify[1].replace(OURS, base);
    const asked = () => payload.jsonValue().then((value) => ask(address, secret, value));
    assert.equal((await asked()).verified, true);
    assert.equal((await asked()).verified, false, "a payload is good once");
  });
}

async function inJson(address, secret, payload) {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ payload, secret });
  return (await fetch(address, { method: "POST", headers, body })).json();
}

async function inForm(address, secret, altcha) {
  const body = new URLSearchParams({ secret, altcha });
  return (await fetch(address, { method: "POST", body })).json();
}

for (const { row, page, field, click } of VENDORS) {
  const kind = field === "token" ? "by execute" : "by an element";
  test(`${row}, ${kind}: the policy of the manual is enough, Trusted Types with it`, async () => {
    const { base } = stage.portcullis;
    const [, line] = manual.match(/^ {4}(script-src C .*)$/m);
    const own = line.replace(/\bC\b/g, base).replace("script-src", "script-src 'nonce-own'");
    const site = await stage.site(`policy for ${row}, ${kind}`);
    const old = page(site.site_key).replaceAll(...addresses(row).script);
    const body = html(old.replaceAll(OURS, base)).replaceAll("<script>", '<script nonce="own">');
    for (const types of ["", "; trusted-types portcullis"]) {
      const policy = `default-src 'none'; ${own}; require-trusted-types-for 'script'${types}`;
      const path = stage.pages.add(body, { headers: { "Content-Security-Policy": policy } });
      const visit = await stage.visit(`${stage.pages.origin}${path}`);
      if (click) await visit.getByRole("checkbox").click();
      await visit.waitForFunction(() => window.token);
      assert.ok(visit.seen.workers.length > 0, "it works aside, not on the page's own thread");
      assert.deepEqual(visit.seen.violations, []);
    }
  });
}

/** The vendors' own test keys: site key, secret, and whether their tokens are good. */
const TEST_KEYS = {
  "reCAPTCHA v2, v3": [
    "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI",
    "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe",
  ],
  hCaptcha: [
    "10000000-ffff-ffff-ffff-000000000001",
    "0x0000000000000000000000000000000000000000",
  ],
  Turnstile: ["1x00000000000000000000AA", "1x0000000000000000000000000000000AA"],
};
for (const [row, [siteKey, secret]] of Object.entries(TEST_KEYS)) {
  test(`${row}: a page and a backend with the vendor's test keys go on`, async () => {
    const { script, verify } = addresses(row);
    const here = (address) => address.replace(OURS, stage.portcullis.base);
    const { page, click } = VENDORS.find((vendor) => vendor.row === row);
    const path = stage.pages.add(html(page(siteKey).replaceAll(script[0], here(script[1]))));
    const visit = await stage.visit(`${stage.pages.origin}${path}`);
    if (click) await visit.getByRole("checkbox").click();
    const token = await (await visit.waitForFunction(() => window.token)).jsonValue();
    const body = new URLSearchParams({ secret, response: token });
    for (const times of [1, 2]) {
      const verdict = await (await fetch(here(verify[1]), { method: "POST", body })).json();
      assert.equal(verdict.success, true, `time ${times}`);
    }
  });
}

/** Libraries of the manual's table by the vendor whose address they keep, with our script or our address in the page. */
const LIBRARIES = {
  reCAPTCHA: {
    "react-google-recaptcha.jsx": "/recaptcha/api.js?render=explicit",
    "react-google-recaptcha-v3.jsx": "/recaptcha/api.js?render=key",
    "reaptcha.jsx": "/recaptcha/api.js?render=explicit",
    "recaptcha-v3.js": "option",
    "vue-recaptcha.js": "option",
    "vue-recaptcha-v3.js": "option",
    "next-recaptcha-v3.jsx": "option",
  },
  hCaptcha: {
    "react-hcaptcha.jsx": "option",
    "vue3-hcaptcha.js": "option",
    "vanilla-hcaptcha.js": "option",
    "svelte-hcaptcha.js": "option",
  },
  Turnstile: {
    "marsidev-react-turnstile.jsx": "/turnstile/v0/api.js?render=explicit",
    "react-turnstile.jsx": "/turnstile/v0/api.js?render=explicit",
    "vue-turnstile.js": "/turnstile/v0/api.js",
    "svelte-turnstile.js": "/turnstile/v0/api.js",
  },
};

for (const [vendor, libraries] of Object.entries(LIBRARIES)) {
  test(`the checker warns of the address in libraries for ${vendor}, and fails without ours`, async () => {
    const { base } = stage.portcullis;
    for (const [name, way] of Object.entries(libraries)) {
      const app = stage.pages.add(await bundled(name), { suffix: ".js" });
      const ours =
        way === "option"
          ? `<script>window.options = ${JSON.stringify({ portcullis: base })};</script>`
          : `<script src="${base}${way}"></script>`;
      const warning = `warning: may still load ${vendor}, whose address is in ${stage.pages.origin}${app}`;
      for (const [tags, status, told] of [
        ["", 1, "no script of this server is in the page"],
        [ours, 0, way === "option" ? "its address is in inline script 2" : "yes"],
      ]) {
        const page = stage.pages.add(html(`${tags}<script src="${app}"></script>`));
        const said = await checkSite(page, status);
        assert.ok(said.includes(warning) && said.includes(told), `${name}:\n${said}`);
        assert.ok(!said.includes("is still there"), said);
      }
    }
  });
}

/** A whole page around what a vendor's document shows. */
const html = (body) =>
  `<!doctype html><html lang="en"><title>A page</title><script>
  function solved(token) { window.token = token; }</script>${body}</html>`;

/** What the command says of a page, and that its exit status is this. */
async function checkSite(path, status) {
  const words = [
    "check-site",
    `${stage.pages.origin}${path}`,
    "--portcullis",
    stage.portcullis.base,
  ];
  const { stdout, code = 0 } = await promisify(execFile)(binary(), words).catch((failed) => failed);
  assert.equal(code, status, stdout);
  return stdout;
}
