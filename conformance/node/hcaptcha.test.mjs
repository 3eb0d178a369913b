/** hcaptcha 0.2.0, which asks hcaptcha.com. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import hcaptcha from "hcaptcha";
import { openGate, redirectHttps, WRONG_SECRET } from "./vendors.mjs";

let gate;
let undo;
before(async () => {
  gate = await openGate();
  undo = redirectHttps(gate.base, ["hcaptcha.com"], { "/siteverify": "/hcaptcha/siteverify" });
});
after(async () => {
  undo?.();
  await gate?.stop();
});

test("a token is good once", async () => {
  const token = await gate.token();
  const { site_key: siteKey, secret_key: secret } = gate.site;
  const verdict = await hcaptcha.verify(secret, token, "203.0.113.9", siteKey);
  assert.equal(verdict.success, true);
  assert.equal(verdict.hostname, "shop.example");
  assert.equal(verdict["error-codes"], undefined);
  assert.ok(Math.abs(Date.parse(verdict.challenge_ts) - Date.now()) < 60_000, verdict.challenge_ts);
  const again = await hcaptcha.verify(secret, token);
  assert.equal(again.success, false);
  // The name of today, and the one that older clients look for.
  assert.deepEqual(again["error-codes"], [
    "already-seen-response",
    "invalid-or-already-seen-response",
  ]);
});

test("a wrong secret is told, and does not spend the token", async () => {
  const token = await gate.token();
  const wrong = await hcaptcha.verify(WRONG_SECRET, token);
  assert.deepEqual([wrong.success, wrong["error-codes"]], [false, ["invalid-input-secret"]]);
  assert.equal((await hcaptcha.verify(gate.site.secret_key, token)).success, true);
});

for (const [what, token, codes] of [
  ["no token", "", ["missing-input-response"]],
  ["a token of nobody's", "10000000-aaaa-bbbb-cccc-000000000001", ["invalid-input-response"]],
]) {
  test(what, async () => {
    const verdict = await hcaptcha.verify(gate.site.secret_key, token);
    assert.deepEqual([verdict.success, verdict["error-codes"]], [false, codes]);
  });
}

test("a site key of another site, and an address that is none", async () => {
  const token = await gate.token();
  const { secret_key: secret } = gate.site;
  const other = await hcaptcha.verify(secret, token, null, "10000000-ffff-ffff-ffff-000000000001");
  assert.deepEqual(other["error-codes"], ["invalid-sitekey"]);
  const address = await hcaptcha.verify(secret, token, "not an address");
  assert.deepEqual(address["error-codes"], ["invalid-remoteip"]);
  assert.equal((await hcaptcha.verify(secret, token)).success, true);
});
