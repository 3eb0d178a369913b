/** Where and how puzzles are solved: forms of challenge, modules, workers, policies. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, test } from "node:test";
import { DIST } from "../scripts/bundle.mjs";
import { checkbox, impatient, policy, SCRIPT, seen, stage } from "./browser.mjs";
import { broken, trapping, unsolvable } from "./wasm_modules.mjs";

let set;
const SIMD = "cap_wasm_bg.wasm";
const SCALAR = "cap_wasm_scalar.wasm";
const SLOW = "without WebAssembly";

before(async () => {
  set = await stage();
});
after(() => set.stop());
afterEach(() => {
  set.server.asset(SIMD, undefined);
  set.server.asset(SCALAR, undefined);
});

const widget = (endpoint) => `<cap-widget data-cap-api-endpoint="${endpoint}"></cap-widget>`;
/** Clicks, and says what the checkbox read while it worked and how many workers there were. */
async function solve(page) {
  const workers = new Set();
  page.on("worker", (worker) => workers.add(worker.url().split(":")[0]));
  let text = "";
  await page.exposeFunction("heard", (words) => {
    text += words;
  });
  await page.evaluate(() => {
    const element = document.querySelector("cap-widget");
    element.addEventListener("progress", () => window.heard(element.shadowRoot.textContent));
  });
  await checkbox(page).click();
  const { token } = await seen(page, "solve");
  assert.equal(set.server.verify(token), true);
  assert.deepEqual(page.problems, []);
  return { workers: [...workers], slow: text.includes(SLOW) };
}

for (const form of ["array", "seeded"]) {
  for (const [difficulty, saltSize] of [
    [1, 1],
    [3, 32],
    [4, 64],
    [2, 55],
    [2, 256],
  ]) {
    test(`${form}, ${difficulty} digits, salt of ${saltSize}, without wasm`, async () => {
      set.server.asset(SIMD, null);
      set.server.asset(SCALAR, null);
      const name = `js-${form}-${difficulty}-${saltSize}`;
      const endpoint = set.server.site(name, { form, difficulty, saltSize, count: 4 });
      const { workers, slow } = await solve(await set.open(widget(endpoint)));
      assert.deepEqual(workers, ["blob"]);
      assert.equal(slow, true);
    });
  }
}

// Built by the solver's room; a fresh tree may not have them yet.
const ours = await Promise.all(
  [SIMD, SCALAR].map((name) => readFile(`${DIST}/${name}`).catch(() => undefined)),
);
const modules = [
  ["SIMD", SIMD, ours[0]],
  ["scalar", SCALAR, ours[1]],
];
const named = process.env.PORTCULLIS_TEST_WASM;
if (named) modules.push([named, SIMD, await readFile(named)]);
for (const [name, module, bytes] of modules) {
  const skip = !bytes && !process.env.CI && "the module is not there";
  for (const form of ["array", "seeded"]) {
    test(`${form} with the module ${name}`, { skip }, async () => {
      set.server.asset(SIMD, module === SCALAR ? broken() : bytes);
      const endpoint = set.server.site(`wasm-${form}`, { form, count: 20, difficulty: 4 });
      const { slow } = await solve(await set.open(widget(endpoint)));
      assert.equal(slow, false);
    });
  }
}

test("a module that does not compile gives way to the scalar one", async () => {
  set.server.asset(SIMD, broken());
  set.server.asset(SCALAR, unsolvable());
  const page = await set.open(widget(set.server.site("fallback")));
  await checkbox(page).click();
  // The scalar module was called: nobody else says that there is no solution.
  assert.equal((await seen(page, "error")).code, "solve_failed");
});

test("with no module that compiles, JavaScript solves", async () => {
  set.server.asset(SIMD, broken());
  set.server.asset(SCALAR, broken());
  const { slow } = await solve(await set.open(widget(set.server.site("nomodule"))));
  assert.equal(slow, true);
});

test("a module that never arrives is not waited for", async () => {
  const page = await set.open(widget(set.server.site("hanging")), { init: impatient(8000) });
  await page.route("**/*.wasm", () => {});
  const { slow } = await solve(page);
  assert.equal(slow, true);
});

test("a module that is not a solver gives way to JavaScript", async () => {
  set.server.asset(SIMD, Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]));
  await solve(await set.open(widget(set.server.site("nosolver"))));
});

for (const [words, module] of [
  ["says that it found nothing", unsolvable()],
  ["traps", trapping()],
]) {
  test(`a module that ${words} is solve_failed, and may be tried again`, async () => {
    set.server.asset(SIMD, module);
    const page = await set.open(widget(set.server.site("giveup")));
    await checkbox(page).click();
    assert.equal((await seen(page, "error")).code, "solve_failed");
    assert.equal(await checkbox(page).getAttribute("aria-busy"), "false");
    await checkbox(page).click();
    await seen(page, "error", 2);
  });
}

test("CAP_CUSTOM_WASM_URL replaces the module", async () => {
  set.server.asset("other.wasm", unsolvable());
  const init = 'window.CAP_CUSTOM_WASM_URL = "/assets/other.wasm";';
  const page = await set.open(widget(set.server.site("customwasm")), { init });
  await checkbox(page).click();
  assert.equal((await seen(page, "error")).code, "solve_failed");
});

const TRUSTED = ["require-trusted-types-for", "'script'"];
const policies = [
  ["a strict policy", policy(), ["blob"], !ours[0]],
  ["no blob workers", policy(["worker-src", "'self'"]), ["http"], !ours[0]],
  ["no worker-src at all", policy(["worker-src", ""]), ["http"], !ours[0]],
  ["no workers", policy(["worker-src", "'none'"]), [], !ours[0]],
  ["no wasm", policy(["script-src", "'self'"]), ["blob"], true],
  ["no wasm, no workers", policy(["script-src", "'self'"], ["worker-src", "'none'"]), [], true],
  ["Trusted Types", policy(TRUSTED), ["blob"], !ours[0]],
  ["Trusted Types of ours", policy(TRUSTED, ["trusted-types", "portcullis"]), ["blob"], !ours[0]],
  ["Trusted Types of others", policy(TRUSTED, ["trusted-types", "'none'"]), [], !ours[0]],
];
for (const [words, headers, kinds, slow] of policies) {
  test(`the widget works under ${words}`, async () => {
    const endpoint = set.server.site("policy", { count: 8, difficulty: 3 });
    const page = await set.open(widget(endpoint), { headers });
    const outcome = await solve(page);
    assert.deepEqual(outcome.workers, kinds);
    assert.equal(outcome.slow, slow);
    // The style sheet took hold: without it the card has no border.
    const border = await page.evaluate(
      () =>
        getComputedStyle(document.querySelector("cap-widget").shadowRoot.firstElementChild)
          .borderStyle,
    );
    assert.equal(border, "solid");
  });
}

test("solving on the page's own thread lets the page breathe", async () => {
  const headers = policy(["script-src", "'self'"], ["worker-src", "'none'"]);
  const endpoint = set.server.site("breathe", { count: 12, difficulty: 4 });
  const page = await set.open(widget(endpoint), { headers });
  await page.evaluate(() => {
    window.turns = 0;
    // The page's own turns from the first puzzle that is solved to the last.
    const turn = () => {
      window.turns++;
      window.solving && setTimeout(turn);
    };
    document.querySelector("cap-widget").addEventListener("progress", ({ detail }) => {
      const before = window.solving;
      window.solving = detail.progress > 0 && detail.progress < 100;
      if (!before && window.solving) setTimeout(turn);
    });
  });
  await solve(page);
  // At least one for each of the other puzzles.
  assert.ok((await page.evaluate(() => window.turns)) >= 11);
});

test("the script of another origin solves in blob workers", async () => {
  const assets = await stage();
  const head = SCRIPT.replace("/assets", `${assets.server.origin}/assets`);
  const { workers } = await solve(await set.open(widget(set.server.site("cdn")), { head }));
  assert.deepEqual(workers, ["blob"]);
  await assets.stop();
});

test("a worker count is kept to", async () => {
  const page = await set.open(widget(set.server.site("count", { count: 10 })));
  await page.evaluate(() => {
    document.querySelector("cap-widget").setAttribute("data-cap-worker-count", "1");
  });
  let workers = 0;
  page.on("worker", () => workers++);
  await checkbox(page).click();
  await seen(page, "solve");
  assert.equal(workers, 1);
});

test("workers are gone when the work is done", async () => {
  const page = await set.open(widget(set.server.site("gone")));
  await checkbox(page).click();
  await seen(page, "solve");
  for (let tries = 0; page.workers().length > 0 && tries < 500; tries++)
    await page.waitForTimeout(20);
  assert.equal(page.workers().length, 0);
});
