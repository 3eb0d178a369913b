/** cf-turnstile 1.0.8, which can be given an address, and turnstile-verify 1.4.0, which cannot. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import cfTurnstile from "cf-turnstile";
import { TurnstileVerify } from "turnstile-verify";
import { openGate, redirectFetch, WRONG_SECRET } from "./vendors.mjs";

let gate;
before(async () => {
  gate = await openGate();
});
after(() => gate?.stop());

const client = (secret = gate.site.secret_key) =>
  cfTurnstile(secret, { apiUrl: `${gate.base}/turnstile/v0/siteverify` });

/** The other client, for as long as one question takes. */
async function validate(question, secret = gate.site.secret_key) {
  const undo = redirectFetch(gate.base, ["challenges.cloudflare.com"]);
  try {
    return await new TurnstileVerify({ token: secret }).validate(question);
  } finally {
    undo();
  }
}

test("cf-turnstile: a token is good once, with what it was bound to", async () => {
  const token = await gate.token({ action: "login", cdata: "session-17" });
  const expected = {
    hostname: "shop.example",
    action: "login",
    cdata: "session-17",
    remoteip: "203.0.113.9",
  };
  const verdict = await client()(token, expected);
  assert.equal(verdict.success, true);
  assert.deepEqual(verdict.errors, []);
  assert.ok(Math.abs(verdict.timestamp - Date.now()) < 60_000);
  const again = await client()(token);
  assert.deepEqual([again.success, again.errors], [false, ["timeout-or-duplicate"]]);
});

test("cf-turnstile: another action than the token's is the client's to refuse", async () => {
  const verdict = await client()(await gate.token({ action: "signup" }), { action: "login" });
  assert.deepEqual([verdict.success, verdict.errors], [false, ["cfts-action-mismatch"]]);
});

test("cf-turnstile: a wrong secret is told, and does not spend the token", async () => {
  const token = await gate.token();
  assert.deepEqual((await client(WRONG_SECRET)(token)).errors, ["invalid-input-secret"]);
  assert.equal((await client()(token)).success, true);
});

test("cf-turnstile: the documented dummy token is nobody's here", async () => {
  assert.deepEqual((await client()("XXXX.DUMMY.TOKEN.XXXX")).errors, ["invalid-input-response"]);
  const dummySecret = "1x0000000000000000000000000000000AA";
  assert.deepEqual((await client(dummySecret)("XXXX.DUMMY.TOKEN.XXXX")).errors, [
    "invalid-input-secret",
  ]);
});

test("turnstile-verify: a token is good once, a retry under its idempotency key gets the same verdict", async () => {
  const question = {
    response: await gate.token(),
    idempotency_key: randomUUID(),
    remoteip: "203.0.113.9",
  };
  const passed = { valid: true, messages: ["success"] };
  assert.deepEqual(await validate(question), passed);
  assert.deepEqual(await validate(question), passed);
  const refused = { valid: false, messages: ["timeout-or-duplicate"] };
  assert.deepEqual(await validate({ response: question.response }), refused);
  assert.deepEqual(await validate({ ...question, idempotency_key: randomUUID() }), refused);
});

test("turnstile-verify: a wrong secret, no token", async () => {
  const token = await gate.token();
  assert.deepEqual((await validate({ response: token }, WRONG_SECRET)).messages, [
    "invalid-input-secret",
  ]);
  assert.deepEqual((await validate({ response: "" })).messages, ["missing-input-response"]);
});
