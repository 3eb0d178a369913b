/** Parts of the widget that need no browser. */

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mock, test } from "node:test";
import { load } from "./sources.mjs";

const { prng } = await load("src/core/prng.ts");
const { puzzlesOf } = await load("src/core/challenge.ts");
const { Search } = await load("src/core/sha256.ts");
const { remainingLife } = await load("src/core/life.ts");
const { Worker } = await load("src/core/work.ts");
const { ParentPage } = await load("src/crafy/frame/parent.ts");
const { LANGUAGES } = await load("src/cap-widget/locales/index.ts");

const TOKEN =
  "00112233445566778899aabbccddeeff00112233445566778899:1893456000000:2:32:5:d989a7e044b591546faf6d7509fe22a7020ea0f13f3f2ca110c9f7fcf4c98cf3";
const PUZZLES = [
  ["0767c83f326ab6eff25bf2340fbbb37a", "d9d62"],
  ["6ddc10a516d02f6174bcd91f1c7694d0", "388e2"],
];

const sha256 = (text) => createHash("sha256").update(text).digest("hex");

test("the generator yields what every Cap server yields", () => {
  const long = "b4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e1";
  const vectors = [
    ["hello", 16, "eb492c6e1655ea8c"],
    ["", 8, "4622a677"],
    ["a", 8, "441aaeb8"],
    ["abc1", 32, "a240feb00f42af1b0e9dab2bc4ea4c37"],
    ["abc1d", 4, "e6e4"],
    [long, 32, "528a311f8192b22b2d2081c09e0b76cc"],
    [`${long}d`, 5, "c5f96"],
    ["test", 32, "9c7ca3730a4a283aa6e4bc1c1d83b14f"],
    ["a", 33, "441aaeb828796d9ebc9f401bc71d40f58"],
  ];
  for (const [seed, length, hex] of vectors) assert.equal(prng(seed, length), hex);
});

test("a seeded challenge yields the known puzzles", () => {
  assert.deepEqual(puzzlesOf({ token: TOKEN, challenge: { c: 2, s: 32, d: 5 } }), PUZZLES);
});

test("a listed challenge is taken as it is", () => {
  assert.deepEqual(puzzlesOf({ token: "t", challenge: PUZZLES }), PUZZLES);
});

test("any other challenge is refused", () => {
  const good = { c: 2, s: 32, d: 4 };
  const bad = [
    null,
    7,
    "x",
    [],
    [["ab"]],
    [["ab", ""]],
    [["ab", "zz"]],
    [["ab", "f".repeat(17)]],
    [["a".repeat(257), "f"]],
    [["ab", 3]],
    Array(1001).fill(["ab", "f"]),
    { ...good, c: 0 },
    { ...good, c: 1e9 },
    { ...good, c: 1.5 },
    { ...good, c: "2" },
    { ...good, s: 257 },
    { ...good, d: 0 },
    { ...good, d: 17 },
  ];
  const code = { code: "challenge_unsupported" };
  for (const challenge of bad) assert.throws(() => puzzlesOf({ token: "t", challenge }), code);
  assert.throws(() => puzzlesOf({ challenge: good }), code);
  assert.throws(() => puzzlesOf({ token: "t", format: 2, challenges: [] }), code);
  assert.throws(() => puzzlesOf({ token: "t", challenge: good, instrumentation: "x" }), code);
});

test("the search in JavaScript finds the first nonce of the known puzzles", () => {
  assert.equal(new Search(PUZZLES[0]).run(40_000), 37_735);
  assert.equal(new Search(PUZZLES[1]).run(1_600_000), 1_524_344);
});

test("a search goes on where its last slice ended", () => {
  const search = new Search(PUZZLES[0]);
  assert.equal(search.run(37_735), undefined);
  assert.equal(search.run(1), 37_735);
});

test("salts of every length and targets of odd length agree with SHA-256", () => {
  for (let length = 1; length <= 256; length += length < 70 ? 1 : 13) {
    const salt = randomBytes(128).toString("hex").slice(0, length);
    for (const target of ["a", "3c", "0f1"]) {
      const nonce = new Search([salt, target]).run(100_000);
      assert.ok(nonce !== undefined);
      assert.ok(sha256(`${salt}${nonce}`).startsWith(target));
      for (let earlier = 0; earlier < nonce; earlier++) {
        assert.ok(!sha256(`${salt}${earlier}`).startsWith(target));
      }
    }
  }
});

test("targets longer than one word are compared whole", () => {
  const digest = sha256("salt77");
  assert.equal(new Search(["salt", digest.slice(0, 9)]).run(100), 77);
  assert.equal(new Search(["salt", digest.slice(0, 16)]).run(100), 77);
  const wrong = digest[15] === "0" ? "1" : "0";
  assert.equal(new Search(["salt", digest.slice(0, 15) + wrong]).run(100), undefined);
});

test("life is counted by the server's clock where it can be read", () => {
  const server = Date.UTC(2030, 0, 1);
  const date = new Date(server).toUTCString();
  for (const skew of [0, -3_600_000, 3_600_000, 1e12]) {
    assert.equal(remainingLife(server + 1_200_000, date, server + skew), 1_200_000);
  }
  assert.equal(remainingLife(new Date(server + 60_000).toISOString(), date, 0), 60_000);
});

test("life that makes no sense falls back to five minutes", () => {
  const now = Date.UTC(2030, 0, 1);
  assert.equal(remainingLife(now + 60_000, null, now), 60_000);
  for (const expires of [now - 1, now, now + 86_400_000, undefined, null, "soon", Number.NaN]) {
    assert.equal(remainingLife(expires, null, now), 300_000);
  }
  assert.equal(remainingLife(now + 60_000, "no date", now), 60_000);
});

test("every language says everything, in its own words", () => {
  assert.deepEqual(Object.keys(LANGUAGES), "en es fr pt de it ru zh ja hi".split(" "));
  const keys = Object.keys(LANGUAGES.en);
  for (const [code, phrases] of Object.entries(LANGUAGES)) {
    assert.deepEqual(Object.keys(phrases), keys, code);
    for (const key of keys) {
      assert.ok(phrases[key].trim(), `${code} ${key}`);
      if (code !== "en") assert.notEqual(phrases[key], LANGUAGES.en[key], `${code} ${key}`);
    }
  }
});

test("work that is replaced ends", async () => {
  globalThis.navigator ??= { hardwareConcurrency: 2 };
  globalThis.fetch = () => Promise.reject(new Error("no modules here"));
  const piece = (count, digits) => ({
    token: randomBytes(8).toString("hex"),
    puzzles: Array.from({ length: count }, () => [randomBytes(8).toString("hex"), digits]),
  });
  const shares = [];
  const worker = new Worker((share) => shares.push(share));
  worker.begin(piece(97, "000"));
  const first = worker.solved;
  first.catch(() => {});
  while (shares.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  shares.length = 0;
  worker.begin(piece(2, "0"));
  assert.equal((await worker.solved).solutions.length, 2);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual(shares, [0.5, 1]);
});

test("a Turnstile token that is late goes with a later step, once", async () => {
  let heard;
  const said = [];
  const page = { postMessage: (message) => said.push(message.action) };
  Object.assign(globalThis, {
    parent: page,
    addEventListener: (_, listener) => (heard = listener),
  });
  const origin = "https://site.example";
  const parent = new ParentPage(origin);
  const answer = (action, token) =>
    heard({ origin, source: page, data: { action, payload: { token } } });
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    assert.equal(await parent.turnstile(), undefined);
    const late = new ParentPage(origin);
    late.askTurnstile();
    assert.deepEqual(said, ["REQUEST_TURNSTILE_STATUS"]);
    const first = late.turnstile();
    mock.timers.tick(10_000);
    assert.equal(await first, undefined);
    const second = late.turnstile();
    mock.timers.tick(0);
    assert.equal(await second, undefined);
    answer("TURNSTILE_SOLVED", "cf-token");
    assert.equal(await late.turnstile(), "cf-token");
    assert.equal(await late.turnstile(), undefined);
  } finally {
    mock.timers.reset();
  }
});
