/**
 * altcha-lib 2.8.0: its solvers and verifiers against our challenges and payloads, its client for the vendor's own
 * server against ours, and attacks that earlier versions of it let through.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  CappedMap,
  createChallenge,
  solveChallenge,
  verifyFieldsHash,
  verifyServer,
  verifyServerSignature,
  verifySolution,
} from "altcha-lib";
import { deriveKey as pbkdf2 } from "altcha-lib/algorithms/pbkdf2";
import { deriveKey as scrypt } from "altcha-lib/algorithms/scrypt";
import { deriveKey as sha } from "altcha-lib/algorithms/sha";
import { create, deriveHmacKeySecret } from "altcha-lib/frameworks/express";
import * as v1 from "altcha-lib/v1";
import { argon2id } from "hash-wasm";
import { startPortcullis } from "../harness/portcullis.mjs";
import { ORIGIN, WRONG_SECRET } from "./vendors.mjs";

/** How each way to work is derived. Node has no Argon2id before version 24, so it is hash-wasm's, as in the widget. */
const KEYS = {
  pbkdf2,
  "sha-256": sha,
  scrypt,
  argon2id: async ({ cost, memoryCost, parallelism, keyLength }, salt, password) => ({
    derivedKey: await argon2id({
      password,
      salt,
      iterations: cost,
      memorySize: memoryCost,
      parallelism,
      hashLength: keyLength,
      outputType: "binary",
    }),
  }),
};
const WORK = [...Object.keys(KEYS), "v1"];

let portcullis;
const sites = {};
before(async () => {
  portcullis = await startPortcullis();
  for (const work of WORK)
    sites[work] = await portcullis.addSite(work, "--origin", ORIGIN, "--altcha", work);
});
after(() => portcullis?.stop());

async function fetchChallenge(work, query = "") {
  const url = `${portcullis.base}/altcha/challenge?apiKey=${sites[work].site_key}${query}`;
  const response = await fetch(url, { headers: { Origin: ORIGIN } });
  assert.equal(response.status, 200);
  return response.json();
}

/** What the widget would put into the form. Of 150 keys in memory on the average, a test is spared 100. */
async function solve(work, challenge) {
  if (work === "v1") {
    const { algorithm, challenge: hash, salt, signature, maxnumber } = challenge;
    const solved = await v1.solveChallenge(hash, salt, algorithm, maxnumber).promise;
    return encode({ algorithm, challenge: hash, salt, signature, ...solved });
  }
  const counterStart = challenge.parameters.memoryCost ? 100 : 0;
  const solution = await solveChallenge({ challenge, deriveKey: KEYS[work], counterStart });
  const { parameters, signature } = challenge;
  return encode({ challenge: { parameters, signature }, solution });
}

const earn = async (work, query) => solve(work, await fetchChallenge(work, query));

const encode = (payload) => btoa(JSON.stringify(payload));
const decode = (payload) => JSON.parse(atob(payload));

async function post(path, body) {
  const response = await fetch(`${portcullis.base}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(body.secret ? {} : { Origin: ORIGIN }) },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...(await response.json()) };
}

const backend = (work, payload) =>
  post("/altcha/verify", { payload, secret: sites[work].secret_key });

/** What the widget gets for its work where it has it verified here. */
async function signed(work = "sha-256", { query, fields } = {}) {
  const payload = await earn(work, query);
  const answer = await post(`/altcha/verify?apiKey=${sites[work].site_key}`, { payload, fields });
  assert.equal(answer.verified, true, answer.error);
  return answer.payload;
}

/** The library's own word on a payload of a browser's. */
async function libraryVerifies(work, payload) {
  const secret = sites[work].secret_key;
  if (work === "v1") return v1.verifySolution(payload, secret);
  const { verified } = await verifySolution({
    ...decode(payload),
    deriveKey: KEYS[work],
    hmacSignatureSecret: secret,
    hmacKeySignatureSecret: await deriveHmacKeySecret(secret),
  });
  return verified;
}

for (const work of WORK) {
  test(`${work}: the library solves and verifies our challenge; we verify it once`, async () => {
    const payload = await earn(work, "&params.form=login");
    assert.equal(await libraryVerifies(work, payload), true);
    const verdict = await backend(work, payload);
    assert.deepEqual(
      [verdict.status, verdict.verified, verdict.verificationData["params.form"]],
      [200, true, "login"],
    );
    const again = await backend(work, payload);
    assert.deepEqual(
      [again.status, again.verified, again.reason],
      [200, false, "already_spent"],
    );
    // The library keeps no record, as ever.
    assert.equal(await libraryVerifies(work, payload), true);
  });
}

for (const work of ["sha-256", "pbkdf2"]) {
  test(`${work}: of a hundred backends at once one is told that it is good`, async () => {
    const payload = await earn(work);
    const answers = await Promise.all(Array.from({ length: 100 }, () => backend(work, payload)));
    assert.equal(answers.filter(({ verified }) => verified).length, 1);
    // A key that is dear is derived for three of them.
    const exhausted = answers.filter(({ reason }) => reason === "exhausted").length;
    assert.equal(exhausted, work === "pbkdf2" ? 97 : 0);
  });
}

test("a payload that we signed is good to the library, fields and all", async () => {
  const fields = { email: "a@b.c", message: "Hello\r\nWorld" };
  const payload = await signed("sha-256", { query: "&params.n=7", fields });
  const hmacSecret = sites["sha-256"].secret_key;
  const verdict = await verifyServerSignature({ payload: decode(payload), hmacSecret });
  assert.equal(verdict.verified, true);
  const { verificationData } = verdict;
  assert.equal(verificationData["params.n"], 7);
  assert.equal(verificationData.classification, "GOOD");
  assert.ok(verificationData.score >= 0 && verificationData.score < 0.4);
  assert.ok(Math.abs(verificationData.time - Date.now() / 1000) < 60);
  const { fields: names, fieldsHash } = verificationData;
  assert.deepEqual(names, ["email", "message"]);
  assert.equal(await verifyFieldsHash({ formData: fields, fields: names, fieldsHash }), true);
  const other = { ...fields, email: "x@y.z" };
  assert.equal(await verifyFieldsHash({ formData: other, fields: names, fieldsHash }), false);
  // The verifier of version 1 takes it, too.
  assert.equal((await v1.verifyServerSignature(payload, hmacSecret)).verified, true);
  const forged = decode(payload);
  forged.verificationData = forged.verificationData.replace("score=0", "score=1");
  assert.equal((await verifyServerSignature({ payload: forged, hmacSecret })).verified, false);
});

test("a page of the vendor's server changes its host and nothing else", async () => {
  const { site_key: siteKey, secret_key: hmacSecret } = sites.pbkdf2;
  const url = `${portcullis.base}/v1/challenge?apiKey=${siteKey}`;
  const response = await fetch(url, { headers: { Origin: ORIGIN } });
  // As the widget resolves what it is told.
  const { verifyurl } = JSON.parse(response.headers.get("X-Altcha-Config"));
  const { pathname, search } = new URL(verifyurl, url);
  assert.equal(pathname, "/v1/verify");
  const work = await solve("pbkdf2", await response.json());
  const { payload } = await post(`${pathname}${search}`, { payload: work });
  const verdict = await verifyServerSignature({ payload: decode(payload), hmacSecret });
  assert.equal(verdict.verified, true);
  // A page that hands in bare work says so.
  const bare = await fetch(`${url}&verification=none`, { headers: { Origin: ORIGIN } });
  assert.equal(bare.headers.get("X-Altcha-Config"), null);
});

test("the library's client for the vendor's server takes ours", async () => {
  const secret = sites["sha-256"].secret_key;
  const url = `${portcullis.base}/v1/verify/signature`;
  const payload = await signed();
  const verdict = await verifyServer({ url, payload, secret });
  assert.deepEqual([verdict.verified, verdict.apiKey], [true, sites["sha-256"].site_key]);
  assert.equal(verdict.verificationData.verified, true);
  const again = await verifyServer({ url, payload, secret });
  assert.deepEqual([again.verified, again.reason], [false, "already_spent"]);
  const fresh = await signed();
  const wrong = await verifyServer({ url, payload: fresh, secret: WRONG_SECRET });
  assert.deepEqual([wrong.verified, wrong.reason], [false, "HTTP_401"]);
  const junk = await verifyServer({ url, payload: "%", secret });
  assert.deepEqual([junk.verified, junk.reason], [false, "The payload is not base64"]);
  const credentials = btoa(`${sites["sha-256"].site_key}:${secret}`);
  const basic = await verifyServer({
    url: `${portcullis.base}/v2/verify/signature`,
    payload: fresh,
    headers: { Authorization: `Basic ${credentials}` },
  });
  assert.equal(basic.verified, true);
});

test("the library's middleware asks us, or checks by itself", async () => {
  const secret = sites.pbkdf2.secret_key;
  const through = async (altcha, payload) => {
    const response = { locals: {} };
    const outcome = await new Promise((resolve) => {
      altcha.middleware()({ body: { altcha: payload } }, response, resolve);
    });
    return [response.locals.altcha.verification?.verified, outcome?.message];
  };
  const asking = create({
    verifyServer: { url: `${portcullis.base}/v1/verify/signature`, secret },
  });
  const ours = await signed("pbkdf2");
  assert.deepEqual(await through(asking, ours), [true, undefined]);
  assert.deepEqual(await through(asking, ours), [false, "already_spent"]);
  const checking = create({
    deriveKey: pbkdf2,
    hmacSignatureSecret: secret,
    hmacKeySignatureSecret: await deriveHmacKeySecret(secret),
    store: new CappedMap({ maxSize: 100 }),
  });
  const payload = await earn("pbkdf2");
  assert.deepEqual(await through(checking, payload), [true, undefined]);
  const replayed = await through(checking, payload);
  assert.match(replayed[1], /already used/);
});

test("a backend whose secret is empty or missing is never told that work is good", async () => {
  const payload = await earn("sha-256");
  const form = (fields) =>
    fetch(`${portcullis.base}/altcha/verify`, { method: "POST", body: new URLSearchParams(fields) });
  for (const answer of [
    await post("/altcha/verify", { payload, secret: "" }),
    await post("/altcha/verify", { payload, secret: null }),
    await (await form({ secret: "", altcha: payload })).json(),
    await (await form({ altcha: payload })).json(),
  ]) {
    assert.deepEqual([answer.verified, answer.reason], [undefined, "missing_secret"]);
  }
  const unnamed = await post("/altcha/verify", { payload });
  assert.deepEqual([unnamed.status, unnamed.reason], [400, "missing_api_key"]);
  assert.equal((await backend("sha-256", payload)).verified, true);
});

test("what the library issued under the same secret has no name of ours and is refused", async () => {
  const { secret_key: secret } = sites["sha-256"];
  const challenge = await createChallenge({
    algorithm: "SHA-256",
    cost: 1,
    keyPrefix: "0",
    deriveKey: sha,
    expiresAt: new Date(Date.now() + 60_000),
    hmacSignatureSecret: secret,
  });
  const payload = await solve("sha-256", challenge);
  assert.equal(await libraryVerifies("sha-256", payload), true);
  assert.equal((await backend("sha-256", payload)).reason, "invalid_token");
});

test("counter 0 with its honest key solves nothing", async () => {
  for (const work of ["pbkdf2", "sha-256"]) {
    let challenge;
    let key;
    do {
      challenge = await fetchChallenge(work);
      const { nonce, salt } = challenge.parameters;
      const password = Buffer.concat([Buffer.from(nonce, "hex"), Buffer.alloc(4)]);
      const derived = await KEYS[work](challenge.parameters, Buffer.from(salt, "hex"), password);
      key = Buffer.from(derived.derivedKey).toString("hex");
    } while (key.startsWith(challenge.parameters.keyPrefix));
    const { parameters, signature } = challenge;
    const solution = { counter: 0, derivedKey: key, time: 1 };
    const payload = encode({ challenge: { parameters, signature }, solution });
    assert.equal((await backend(work, payload)).reason, "invalid_solution");
  }
});

test("digits cannot be moved from the number into the expiry", async () => {
  const honest = decode(await earn("v1"));
  const digits = String(honest.number);
  const rest = Number(digits.slice(1) || 0);
  for (const [salt, reason] of [
    [`${honest.salt}${digits[0]}`, "invalid_payload"],
    [honest.salt.replace(/(expires=\d+)/, `$1${digits[0]}`), "invalid_solution"],
  ]) {
    const answer = await backend("v1", encode({ ...honest, salt, number: rest }));
    assert.equal(answer.reason, reason);
  }
  assert.equal((await backend("v1", encode(honest))).verified, true);
});

test("what a widget in test mode sends proves nothing", async () => {
  const payload = encode({ challenge: null, solution: null, test: true });
  for (const answer of [
    await backend("pbkdf2", payload),
    await post(`/altcha/verify?apiKey=${sites.pbkdf2.site_key}`, { payload }),
  ]) {
    assert.deepEqual([answer.status, answer.reason], [400, "test_payload"]);
  }
});
