/** The published ALTCHA widget, unmodified, in a page of another origin, and the backend behind that page. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage } from "./stage.mjs";

let stage;
before(async () => {
  stage = await openStage();
});
after(() => stage?.stop());

const challengeUrl = (site, query = "") =>
  `${stage.portcullis.base}/altcha/challenge?apiKey=${site.site_key}${query}`;

/** Opens a page with the widget in a form. */
function open(site, { query, attributes = "", form = "", ...options } = {}) {
  const url = challengeUrl(site, query).replaceAll("&", "&amp;");
  const widget = `<altcha-widget challenge="${url}" ${attributes}></altcha-widget>`;
  return stage.open(`<form ${form}>${widget}<button>Send</button></form>`, {
    widget: "/altcha.js",
    ...options,
  });
}

const click = (page) => page.locator("altcha-widget label").first().click();

/** Waits for a state of the widget. */
const state = (page, wanted) =>
  page.waitForFunction(
    (name) => document.querySelector("altcha-widget").getState?.() === name,
    wanted,
    { timeout: 60_000 },
  );

/** What is in the form. */
const field = (page) =>
  page.evaluate(() => new FormData(document.querySelector("form")).get("altcha"));

/** What the widget put into the form once it was done. */
async function payload(page) {
  await state(page, "verified");
  return field(page);
}

const decode = (text) => JSON.parse(atob(text));

/** What a backend is told of a payload. */
async function ask(site, text, path = "/altcha/verify") {
  const response = await fetch(`${stage.portcullis.base}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ payload: text, secret: site.secret_key }),
  });
  return { status: response.status, ...(await response.json()) };
}

async function assertGoodOnce(site, text, path) {
  const first = await ask(site, text, path);
  assert.deepEqual([first.status, first.verified, first.error], [200, true, undefined]);
  const second = await ask(site, text, path);
  assert.deepEqual([second.status, second.verified, second.reason], [200, false, "already_spent"]);
  return first.verificationData;
}

/** A script that registers the workers which the bundle leaves out. */
const registersWorkers = () =>
  stage.pages.add(
    `$altcha.algorithms.set("ARGON2ID", () => new Worker("/altcha_argon2id.js"));
     $altcha.algorithms.set("SCRYPT", () => new Worker("/altcha_scrypt.js"));`,
    { suffix: ".js" },
  );

for (const [work, algorithm] of [
  ["pbkdf2", "PBKDF2/SHA-256"],
  ["sha-256", "SHA-256"],
  ["v1", "SHA-256"],
  ["argon2id", "ARGON2ID"],
  ["scrypt", "SCRYPT"],
]) {
  test(`click: ${work}`, async () => {
    const site = await stage.site("click", "--altcha", work);
    const page = await open(site, { query: "&params.form=login", scripts: [registersWorkers()] });
    await click(page);
    const text = await payload(page);
    const sent = decode(text);
    assert.equal(work === "v1" ? sent.algorithm : sent.challenge.parameters.algorithm, algorithm);
    const data = await assertGoodOnce(site, text);
    // A headless Chromium says so itself.
    assert.deepEqual(
      [data.classification, data["params.form"], data.reasons],
      ["NEUTRAL", "login", ["suspicious-visitor"]],
    );
    assert.deepEqual(page.seen.problems, []);
  });
}

test("click: a widget before version 3, whose format is v1", async () => {
  const site = await stage.site("version 2", "--altcha", "v1");
  const widget = `<altcha-widget challengeurl="${challengeUrl(site)}"></altcha-widget>`;
  const page = await stage.open(`<form>${widget}</form>`, { widget: "/altcha-2.js" });
  await click(page);
  const text = await payload(page);
  assert.equal(decode(text).algorithm, "SHA-256");
  await assertGoodOnce(site, text);
  assert.deepEqual(page.seen.problems, []);
});

test("auto=onload: done without a click", async () => {
  const site = await stage.site("onload", "--altcha", "sha-256");
  const page = await open(site, { attributes: 'auto="onload"' });
  await assertGoodOnce(site, await payload(page));
});

test("auto=onsubmit, floating: the form waits, and its backend lets it through once", async () => {
  const site = await stage.site("onsubmit");
  const verdicts = [];
  const action = stage.pages.handle(async (body) => {
    // As a backend does that adds its secret to what it received.
    const response = await fetch(`${stage.portcullis.base}/altcha/verify`, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: `secret=${site.secret_key}&${body}`,
    });
    verdicts.push(await response.json());
    return { thanks: true };
  });
  const page = await open(site, {
    attributes: 'auto="onsubmit" display="floating"',
    form: `method="post" action="${action}"`,
  });
  await page.locator("button").click();
  await page.waitForURL(`**${action}`, { timeout: 60_000 });
  assert.deepEqual(
    verdicts.map(({ verified }) => verified),
    [true],
  );
});

test("verification=server: the header leads the widget back, and the form gets what we signed", async () => {
  const site = await stage.site("server");
  const body = '<input type="text" name="email" value="a@b.c"><textarea name="message"></textarea>';
  const url = challengeUrl(site, "&verification=server&params.n=7").replaceAll("&", "&amp;");
  const configuration = JSON.stringify({ serverVerificationFields: true });
  const page = await stage.open(
    `<form>${body}<altcha-widget challenge="${url}" configuration='${configuration}'></altcha-widget></form>`,
    { widget: "/altcha.js" },
  );
  await page.locator("textarea").fill("Hello\nWorld");
  await click(page);
  const text = await payload(page);
  const signed = decode(text);
  assert.deepEqual([signed.apiKey, signed.verified], [site.site_key, true]);
  const data = await assertGoodOnce(site, text, "/altcha/verify/signature");
  assert.deepEqual(data.fields, ["email", "message"]);
  const known = "2de67a20b66e820640cbd561a97dcff97f97195c9aca056fabb46154381787fa";
  assert.deepEqual([data.fieldsHash, data["params.n"]], [known, 7]);
  assert.deepEqual(page.seen.problems, []);
});

test("a page of the published server's, with another host; and the token in it at any siteverify", async () => {
  const site = await stage.site("sentinel", "--altcha", "v1");
  const url = `${stage.portcullis.base}/v1/challenge?apiKey=${site.site_key}`;
  const page = await stage.open(`<form><altcha-widget challenge="${url}"></altcha-widget></form>`, {
    widget: "/altcha.js",
  });
  await click(page);
  const signed = decode(await payload(page));
  const id = new URLSearchParams(signed.verificationData).get("id");
  await stage.assertGoodOnce(site, id);
});

test("what the server says of work that it refuses is shown in words", async () => {
  const site = await stage.site("shown", "--altcha", "sha-256");
  const other = await stage.site("elsewhere", "--altcha", "sha-256");
  const verifyUrl = `${stage.portcullis.base}/altcha/verify?apiKey=${other.site_key}`;
  const configuration = JSON.stringify({ verifyUrl });
  const page = await open(site, { attributes: `configuration='${configuration}'` });
  await click(page);
  await state(page, "error");
  const words = "This challenge belongs to another site";
  assert.equal(await page.locator(`altcha-widget [title="${words}"]`).count(), 1);
});

test("a site whose door is closed says so", async () => {
  const site = await stage.site("closed", "--altcha", "off");
  const page = await open(site);
  await click(page);
  await state(page, "error");
  const words = "The ALTCHA door of this site is closed";
  assert.equal(await page.locator(`altcha-widget [title*="${words}"]`).count(), 1);
  assert.ok(!(await field(page)));
});

test("a challenge that ran out is told in the page and refused, and the next click gets another", async () => {
  const site = await stage.site("expiry", "--altcha", "sha-256", "--challenge-ttl", "10");
  const page = await open(site);
  await click(page);
  const late = await payload(page);
  await state(page, "expired");
  const refused = await ask(site, late);
  assert.deepEqual([refused.verified, refused.reason], [false, "expired"]);
  assert.equal(refused.verification.expired, true);
  // The widget leaves the late one in the form meanwhile.
  assert.equal(await field(page), late);
  await click(page);
  await assertGoodOnce(site, await payload(page));
});

test("where the page wants the payload in a cookie, its backend finds it there", async () => {
  const site = await stage.site("cookie");
  const configuration = JSON.stringify({ setCookie: { name: "proof", path: "/" } });
  const page = await open(site, { attributes: `configuration='${configuration}'` });
  await click(page);
  await state(page, "verified");
  assert.equal(await field(page), null);
  const { value } = (await page.context().cookies()).find(({ name }) => name === "proof");
  await assertGoodOnce(site, decodeURIComponent(value));
});

test("a page of another origin gets nothing", async () => {
  const site = await stage.site("foreign");
  const page = await open(site, { origin: stage.pages.strangeOrigin });
  await click(page);
  await state(page, "error");
  const headers = { Origin: stage.pages.strangeOrigin };
  const refused = await fetch(challengeUrl(site), { headers });
  assert.deepEqual([refused.status, (await refused.json()).reason], [403, "origin_refused"]);
  assert.ok(!(await field(page)));
});

test("a wrong key is an error, and a wrong secret spends nothing", async () => {
  const site = await stage.site("keys", "--altcha", "sha-256");
  const wrong = await open({ site_key: "pk_unknown" });
  await click(wrong);
  await state(wrong, "error");
  const page = await open(site);
  await click(page);
  const text = await payload(page);
  const stranger = await ask({ secret_key: `sk_${"0".repeat(64)}` }, text);
  assert.deepEqual([stranger.status, stranger.reason], [401, "unknown_secret"]);
  const other = await stage.site("other");
  const foreign = await ask(other, text);
  assert.deepEqual([foreign.verified, foreign.reason], [false, "invalid_token"]);
  await assertGoodOnce(site, text);
});

test("a strict policy needs blob: workers and our address", async () => {
  const site = await stage.site("policy");
  const rest = `default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; connect-src ${stage.portcullis.base}`;
  const policy = (more) => ({ headers: { "Content-Security-Policy": `${rest}${more}` } });
  const page = await open(site, policy("; worker-src blob:"));
  await click(page);
  await assertGoodOnce(site, await payload(page));
  assert.deepEqual(page.seen.violations, []);
  const without = await open(site, policy(""));
  await click(without);
  await state(without, "error");
});

test("a widget in test mode passes in the page and nowhere else", async () => {
  const site = await stage.site("test-mode");
  const configuration = JSON.stringify({ test: true });
  const page = await open(site, { attributes: `configuration='${configuration}'` });
  await click(page);
  const answer = await ask(site, await payload(page));
  assert.deepEqual([answer.status, answer.reason], [400, "test_payload"]);
});
