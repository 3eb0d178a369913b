/** express-recaptcha 5.1.0, versions 2 and 3, which ask www.google.com. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { RecaptchaV2, RecaptchaV3 } from "express-recaptcha";
import { openGate, redirectHttps, WRONG_SECRET } from "./vendors.mjs";

let gate;
let undo;
before(async () => {
  gate = await openGate();
  undo = redirectHttps(gate.base, ["www.google.com"]);
});
after(async () => {
  undo?.();
  await gate?.stop();
});

/** The client's callback as a promise: its error, or its data. */
function verify(Client, token, secret = gate.site.secret_key) {
  const client = new Client(gate.site.site_key, secret, { checkremoteip: true });
  const request = {
    body: token === undefined ? {} : { "g-recaptcha-response": token },
    headers: {},
    connection: { remoteAddress: "203.0.113.9" },
  };
  return new Promise((resolve) =>
    client.verify(request, (error, data) => resolve({ error, data })),
  );
}

for (const Client of [RecaptchaV2, RecaptchaV3]) {
  test(`${Client.name}: a token is good once`, async () => {
    const token = await gate.token({ action: "login" });
    const { error, data } = await verify(Client, token);
    assert.equal(error, null);
    assert.equal(data.hostname, "shop.example");
    if (Client === RecaptchaV3) {
      assert.equal(data.action, "login");
      assert.ok(data.score >= 0 && data.score <= 1, `${data.score}`);
    }
    assert.deepEqual(await verify(Client, token), { error: "timeout-or-duplicate", data: null });
  });

  test(`${Client.name}: a wrong secret is told, and does not spend the token`, async () => {
    const token = await gate.token();
    assert.equal((await verify(Client, token, WRONG_SECRET)).error, "invalid-input-secret");
    assert.equal((await verify(Client, token)).error, null);
  });

  test(`${Client.name}: no token, and one of nobody's`, async () => {
    assert.equal((await verify(Client, "")).error, MISSING[Client.name]);
    assert.equal((await verify(Client, "junk")).error, "invalid-input-response");
  });
}

/** What the clients make of no token: both send the text of an absent value in its place. */
const MISSING = { RecaptchaV2: "invalid-input-response", RecaptchaV3: "invalid-input-response" };
