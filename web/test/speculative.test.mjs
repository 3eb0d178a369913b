/** Solving before the click, and that nothing of it ever gets stuck. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkbox, events, seen, stage } from "./browser.mjs";

let set;
before(async () => {
  set = await stage();
});
after(() => set.stop());

const widget = (endpoint, attributes = "") =>
  `<cap-widget data-cap-api-endpoint="${endpoint}" ${attributes}></cap-widget>`;
const challenges = (name) => set.server.calls(`/${name}/challenge`).length;
const redeems = (name) => set.server.calls(`/${name}/redeem`).length;

/** Waits until the server has seen something. */
async function until(page, condition) {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 400, "it never happened");
    await page.waitForTimeout(25);
  }
}
/** Waits until a worker has come and gone: the challenge is solved. */
async function solvedAhead(page, act) {
  const worker = page.waitForEvent("worker");
  await act();
  await (await worker).waitForEvent("close");
}

for (const [sign, act] of [
  ["moves the mouse", (page) => page.mouse.move(200, 200)],
  ["types", (page) => page.keyboard.press("a")],
]) {
  test(`a visitor who ${sign} finds the work done at the click`, async () => {
    const name = `early-${act.toString().length}`;
    const page = await set.open(widget(set.server.site(name, { count: 3 })));
    await solvedAhead(page, () => act(page));
    assert.equal(challenges(name), 1);
    assert.equal(redeems(name), 0);
    assert.deepEqual(await events(page), []);
    await checkbox(page).click();
    const { token } = await seen(page, "solve");
    assert.equal(set.server.verify(token), true);
    assert.equal(challenges(name), 1);
    assert.equal(redeems(name), 1);
  });
}

test("a visitor who does nothing costs the server nothing", async () => {
  const page = await set.open(widget(set.server.site("still")));
  await page.waitForTimeout(3500);
  assert.equal(challenges("still"), 0);
});

test("a hidden widget does not work ahead", async () => {
  const page = await set.open(widget(set.server.site("hidden"), "hidden"));
  await page.mouse.move(100, 100);
  await page.waitForTimeout(3500);
  assert.equal(challenges("hidden"), 0);
  await page.evaluate(() => document.querySelector("cap-widget").solve());
  assert.equal(redeems("hidden"), 1);
});

test("a click in the middle of the work hurries it, with the same challenge", async () => {
  const page = await set.open(widget(set.server.site("hurry", { count: 60 })));
  await page.mouse.move(100, 100);
  await until(page, () => challenges("hurry") === 1);
  await page.waitForTimeout(400);
  await checkbox(page).click();
  await seen(page, "solve");
  assert.equal(challenges("hurry"), 1);
  const all = await events(page);
  const steps = all.filter(({ type }) => type === "progress").map(({ detail }) => detail.progress);
  assert.deepEqual(
    steps,
    steps.toSorted((a, b) => a - b),
  );
});

test("a challenge that expired before the click is replaced by a fresh one", async () => {
  // Its remaining life is below the margin at once.
  const page = await set.open(widget(set.server.site("stale", { count: 2, challengeLife: 7000 })));
  await solvedAhead(page, () => page.mouse.move(100, 100));
  await checkbox(page).click();
  const { token } = await seen(page, "solve");
  assert.equal(set.server.verify(token), true);
  assert.equal(challenges("stale"), 2);
  assert.equal(redeems("stale"), 1);
});

test("a redeem that is refused after working ahead is tried afresh, once", async () => {
  let refusals = 1;
  const endpoint = set.server.site("spent", {
    count: 2,
    redeemReply: (reply) =>
      refusals-- > 0 ? { success: false, error: "Challenge expired", reason: "expired" } : reply,
  });
  const page = await set.open(widget(endpoint));
  await solvedAhead(page, () => page.mouse.move(100, 100));
  await checkbox(page).click();
  await seen(page, "solve");
  assert.equal(
    (await events(page)).some(({ type }) => type === "error"),
    false,
  );
  assert.equal(challenges("spent"), 2);
});

test("a server that was down while working ahead does not show at the click", async () => {
  let down = true;
  const endpoint = set.server.site("down", {
    challengeReply: (reply) => (down ? { error: "Down" } : reply),
  });
  const page = await set.open(widget(endpoint));
  await page.mouse.move(100, 100);
  await until(page, () => challenges("down") === 1);
  await page.waitForTimeout(100);
  down = false;
  await checkbox(page).click();
  await seen(page, "solve");
  assert.equal(
    (await events(page)).some(({ type }) => type === "error"),
    false,
  );
});

test("with a token in hand nothing is solved ahead; after it expired it is", async () => {
  const page = await set.open(widget(set.server.site("again", { tokenLife: 5000 })));
  await checkbox(page).click();
  await seen(page, "solve");
  await page.mouse.move(150, 150);
  await page.waitForTimeout(3000);
  assert.equal(challenges("again"), 1);
  await seen(page, "reset");
  await page.mouse.move(160, 160);
  await until(page, () => challenges("again") === 2);
});
