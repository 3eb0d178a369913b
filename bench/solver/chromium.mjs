// Times solver modules in Chromium, one thread: ours and the one that Cap publishes on npm.
//
//   npm ci && npm run bench          needs /usr/bin/chromium, or CHROMIUM; writes ../results/solver.json
//
// A challenge is 50 puzzles of difficulty 4 with 32 hex digits of salt. Each round makes another one from its seed and
// gives it to every module in turn, in one worker of one page, in an order that rotates. How many hashes a challenge
// takes is luck and differs between modules, since they try other nonces: the ratio is therefore that of the sums over
// all rounds, with the medians beside it. A first challenge in a fresh browser, compilation included, is timed as well.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { gzipSync } from "node:zlib";
import { launch } from "./browser.mjs";

const ROUNDS = 21;
const FRESH_BROWSERS = 3;
const COUNT = 50;
const SALT_DIGITS = 32;
const DIFFICULTY = 4;
const RIVAL = "npm @cap.js/wasm 0.0.6";

const read = (path) => readFileSync(new URL(path, import.meta.url));
const MODULES = {
  [RIVAL]: read("node_modules/@cap.js/wasm/browser/cap_wasm_bg.wasm"),
  "ours, SIMD": read("../../web/dist/cap_wasm_bg.wasm"),
  "ours, scalar": read("../../web/dist/cap_wasm_scalar.wasm"),
};

/** A browser with one page and one worker in it. */
async function open() {
  const browser = await launch();
  const page = await browser.newPage();
  await page.evaluate((program) => {
    const worker = new Worker(URL.createObjectURL(new Blob([program], { type: "text/javascript" })));
    window.time = (name, base64, puzzles) =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        worker.postMessage({ name, bytes, puzzles });
      });
  }, String(read("worker.js")));
  return {
    version: browser.version(),
    close: () => browser.close(),
    /** Milliseconds for the challenge; throws if a solution is wrong. */
    async time(name, puzzles) {
      const { milliseconds, nonces } = await page.evaluate(
        ([name, base64, puzzles]) => window.time(name, base64, puzzles),
        [name, MODULES[name].toString("base64"), puzzles],
      );
      puzzles.forEach(([salt, target], at) => {
        const digest = createHash("sha256").update(salt + nonces[at]).digest("hex");
        if (!digest.startsWith(target)) throw new Error(`${name}: ${salt}, ${target}: not ${nonces[at]}`);
      });
      return milliseconds;
    },
  };
}

/** The puzzles of a challenge, from nothing but its seed. */
function challenge(seed) {
  return Array.from({ length: COUNT }, (_, at) => {
    const digits = createHash("sha256").update(`bench ${seed} ${at}`).digest("hex");
    return [digits.slice(0, SALT_DIGITS), digits.slice(-DIFFICULTY)];
  });
}

function median(values) {
  return [...values].sort((a, b) => a - b)[(values.length - 1) / 2];
}

const names = Object.keys(MODULES);
const warm = Object.fromEntries(names.map((name) => [name, []]));
const first = Object.fromEntries(names.map((name) => [name, []]));

for (let round = 0; round < FRESH_BROWSERS; round++) {
  for (const name of names) {
    const browser = await open();
    first[name].push(await browser.time(name, challenge(`first ${round}`)));
    await browser.close();
  }
}

const browser = await open();
for (const name of names) await browser.time(name, challenge("warm-up"));
for (let round = 0; round < ROUNDS; round++) {
  for (let turn = 0; turn < names.length; turn++) {
    const name = names[(round + turn) % names.length];
    warm[name].push(await browser.time(name, challenge(round)));
  }
}
await browser.close();

const sum = (values) => values.reduce((total, value) => total + value, 0);
const round = (value, digits) => Number(value.toFixed(digits));
const expected = COUNT * 16 ** DIFFICULTY;
const modules = Object.fromEntries(
  names.map((name) => [
    name,
    {
      median_ms: round(median(warm[name]), 1),
      mean_ms: round(sum(warm[name]) / ROUNDS, 1),
      million_hashes_per_second: round(expected / (sum(warm[name]) / ROUNDS) / 1000, 2),
      times_faster_than_npm: round(sum(warm[RIVAL]) / sum(warm[name]), 2),
      median_ratio_to_npm: round(median(warm[RIVAL].map((rival, at) => rival / warm[name][at])), 2),
      first_challenge_median_ms: round(median(first[name]), 1),
      bytes: MODULES[name].length,
      gzip_bytes: gzipSync(MODULES[name], { level: 9 }).length,
    },
  ]),
);
const results = {
  about: `${COUNT} puzzles, difficulty ${DIFFICULTY}, salt ${SALT_DIGITS}; one thread; ${ROUNDS} rounds`,
  machine: `${cpus().length} x ${cpus()[0].model}`,
  browser: `Chromium ${browser.version}`,
  commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim(),
  modules,
};
console.table(modules);
mkdirSync(new URL("../results", import.meta.url), { recursive: true });
writeFileSync(new URL("../results/solver.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
