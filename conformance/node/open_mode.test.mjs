/**
 * The backend of the manual's page about open mode, character for character: its host leads here, and the tokens were
 * earned for the page that it names.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { backend, EXAMPLE } from "../harness/manual.mjs";
import { startPortcullis } from "../harness/portcullis.mjs";
import { earnOpenToken } from "../harness/visitor.mjs";
import { redirectFetch } from "./vendors.mjs";

let portcullis;
let passed;
before(async () => {
  portcullis = await startPortcullis();
  passed = await backend();
});
after(() => portcullis?.stop());

/** Asks the manual's backend so many times at once; its host leads here meanwhile. */
async function ask(token, { times = 1, base = portcullis.base } = {}) {
  const undo = redirectFetch(base, [new URL(EXAMPLE.portcullis).hostname]);
  try {
    return await Promise.all(Array.from({ length: times }, () => passed(token)));
  } finally {
    undo();
  }
}

test("a token passes once, however many ask at the same time", async () => {
  const token = await earnOpenToken(portcullis.base, EXAMPLE.page);
  const verdicts = await ask(token, { times: 20 });
  assert.equal(verdicts.filter((verdict) => verdict).length, 1);
  assert.deepEqual(await ask(token), [false]);
});

test("a token of another page does not pass", async () => {
  const origin = "https://other.example";
  const site = await portcullis.addSite("other", "--origin", origin);
  const token = await earnOpenToken(portcullis.base, origin, site.site_key);
  assert.deepEqual(await ask(token), [false]);
});

test("no token and junk do not pass", async () => {
  for (const token of [undefined, "", "junk", "a.b.c", "x".repeat(9000)])
    assert.deepEqual(await ask(token), [false], String(token).slice(0, 10));
});

test("a server that cannot be reached is a failure that the caller sees", async () => {
  await assert.rejects(ask("token", { base: "http://127.0.0.1:9" }));
});
