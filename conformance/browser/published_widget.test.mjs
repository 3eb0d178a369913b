/** The published Cap widget, unmodified, against Portcullis on another origin. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answered, calls, click, element, event, events, openStage } from "./stage.mjs";

let stage;
before(async () => {
  stage = await openStage();
});
after(() => stage?.stop());

/** The two solvers that the widget may be given. */
const solvers = () => ({
  ours: `${stage.portcullis.base}/assets/cap_wasm_bg.wasm`,
  published: `${stage.pages.origin}/cap_wasm_bg.wasm`,
});

const withSolver = (name) => ({ settings: { CAP_CUSTOM_WASM_URL: solvers()[name] } });

/** Whether the widget compiled this module: it was fetched, and the slow path's warning is not there. */
async function assertSolvedBy(page, name) {
  const fetched = page.seen.answers.filter((one) => one.url().endsWith(".wasm"));
  assert.deepEqual(
    fetched.map((one) => [one.url(), one.status()]),
    [[solvers()[name], 200]],
  );
  assert.equal(await page.locator("cap-widget .warning").count(), 0);
}

for (const form of ["salted", "seeded"]) {
  for (const solver of ["ours", "published"]) {
    test(`click: ${form}, default work, ${solver} wasm`, async () => {
      const site = await stage.site("click", "--cap-challenge", form);
      const page = await stage.open(
        `<form>${element(stage.portcullis.endpoint(site))}</form>`,
        withSolver(solver),
      );
      await click(page);
      const { token } = await event(page, "solve");
      await assertSolvedBy(page, solver);
      assert.equal(await page.locator("input[name=cap-token]").inputValue(), token);
      await stage.assertGoodOnce(site, token);
      assert.deepEqual(await events(page), ["solve"]);
      assert.deepEqual(page.seen.problems, []);
    });

    test(`new Cap(): ${form}, ${solver} wasm`, async () => {
      const site = await stage.site("programmatic", "--cap-challenge", form, "--count", "12");
      const page = await stage.open("", withSolver(solver));
      const solved = await page.evaluate(
        (apiEndpoint) => new Cap({ apiEndpoint }).solve(),
        `${stage.portcullis.base}/${site.site_key}/`,
      );
      assert.equal(solved.success, true);
      await stage.assertGoodOnce(site, solved.token);
    });
  }

  test(`speculative: ${form}: solved and redeemed before the click`, async () => {
    const site = await stage.site(
      "speculative",
      "--cap-challenge",
      form,
      "--count",
      "5",
      "--difficulty",
      "3",
    );
    const page = await stage.open(element(stage.portcullis.endpoint(site)), withSolver("ours"));
    const redeemed = answered(page, "/redeem");
    await page.mouse.move(200, 200);
    assert.equal((await redeemed).status(), 200);
    await page.waitForTimeout(200);
    assert.deepEqual(await events(page), []);
    await click(page);
    await stage.assertGoodOnce(site, (await event(page, "solve")).token);
    assert.deepEqual([calls(page, "/challenge"), calls(page, "/redeem")], [1, 1]);
  });
}

// The published 0.0.7 module never returns when salt and nonce reach 56 bytes; ours must for every salt.
for (const [salt, difficulty] of [
  [1, 3],
  [7, 3],
  [23, 3],
  [43, 3],
  [44, 3],
  [44, 5],
  [32, 1],
  [31, 5],
]) {
  test(`our wasm solves salts of ${salt} at difficulty ${difficulty}`, async () => {
    const count = difficulty > 4 ? "3" : "10";
    const site = await stage.site(
      "bounds",
      "--salt-size",
      `${salt}`,
      "--difficulty",
      `${difficulty}`,
      "--count",
      count,
    );
    const page = await stage.open(element(stage.portcullis.endpoint(site)), withSolver("ours"));
    await click(page);
    await stage.assertGoodOnce(site, (await event(page, "solve")).token);
    await assertSolvedBy(page, "ours");
  });
}

test("without a wasm module the widget's own fallback is accepted too", async () => {
  const site = await stage.site("fallback", "--count", "3", "--difficulty", "2");
  const settings = { CAP_CUSTOM_WASM_URL: `${stage.pages.origin}/absent.wasm` };
  const page = await stage.open(element(stage.portcullis.endpoint(site)), { settings });
  await click(page);
  await stage.assertGoodOnce(site, (await event(page, "solve")).token);
});

test("the published floating script shows the widget, solves, and clicks the button again", async () => {
  const site = await stage.site("floating");
  const page = await stage.open(
    `<p style="height:300px"></p><button type="button" data-cap-floating="#widget">Send</button>
     ${element(stage.portcullis.endpoint(site), 'id="widget"')}`,
    { ...withSolver("ours"), scripts: ["/floating.js"] },
  );
  await page.evaluate(() => {
    window.clicks = [];
    const button = document.querySelector("button");
    button.addEventListener("click", () => window.clicks.push(button.dataset.capToken));
  });
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForFunction(() => window.clicks.length > 0);
  const clicks = await page.evaluate(() => window.clicks);
  assert.equal(clicks.length, 1);
  await stage.assertGoodOnce(site, clicks[0]);
});

test("a page with a strict policy needs no exception for us", async () => {
  const site = await stage.site("strict");
  const { base } = stage.portcullis;
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src blob:",
    `connect-src ${base}`,
    "style-src 'nonce-c3R5bGU'",
    // The published widget draws its tick from a data address.
    "img-src data:",
    "base-uri 'none'",
  ].join("; ");
  const page = await stage.open(element(stage.portcullis.endpoint(site)), {
    settings: { CAP_CSS_NONCE: "c3R5bGU", CAP_CUSTOM_WASM_URL: solvers().ours },
    headers: { "Content-Security-Policy": policy },
  });
  await click(page);
  await stage.assertGoodOnce(site, (await event(page, "solve")).token);
  await assertSolvedBy(page, "ours");
  assert.deepEqual(page.seen.violations, []);
});

test("a page of an origin that is not listed gets 403 from the server and an error in the widget", async () => {
  const site = await stage.site("stranger");
  const endpoint = stage.portcullis.endpoint(site);
  const page = await stage.open(element(endpoint), {
    ...withSolver("ours"),
    origin: stage.pages.strangeOrigin,
  });
  const challenge = page.waitForEvent(
    "requestfailed",
    (request) => request.url() === `${endpoint}challenge`,
  );
  await click(page);
  await event(page, "error");
  // The browser hides the answer from the page, and the test asks as the page did.
  await challenge;
  assert.deepEqual(await events(page), ["error"]);
  for (const call of ["challenge", "redeem"]) {
    const headers = { Origin: stage.pages.strangeOrigin, "Content-Type": "application/json" };
    const refused = await fetch(endpoint + call, {
      method: "POST",
      headers,
      body: '{"token":"t","solutions":[1]}',
    });
    assert.equal(refused.status, 403);
    assert.equal(refused.headers.get("access-control-allow-origin"), null);
    const { success, reason } = await refused.json();
    assert.deepEqual({ success, reason }, { success: false, reason: "origin_refused" });
  }
  await click(page);
  await event(page, "error", 2);
});

test("a browser asks for leave to redeem once in two hours, not every time", async () => {
  const site = await stage.site("preflight");
  const endpoint = stage.portcullis.endpoint(site);
  const headers = {
    Origin: stage.pages.origin,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type",
  };
  const reply = await fetch(`${endpoint}redeem`, { method: "OPTIONS", headers });
  assert.equal(reply.status, 204);
  assert.equal(reply.headers.get("access-control-max-age"), "7200");
  assert.equal(reply.headers.get("access-control-allow-origin"), stage.pages.origin);
  assert.match(reply.headers.get("vary"), /origin/i);
});
