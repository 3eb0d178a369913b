/**
 * A visitor who clicks long after the widget worked ahead.
 *
 * The published widget then redeems its old, already redeemed challenge once more, and where a server refuses that,
 * every later click fails until the page is loaded again. Ours issues a new token as long as no earlier one was
 * spent or can be. Our own widget must come through as well.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answered, calls, click, element, event, events, openStage } from "./stage.mjs";

const WIDGETS = {
  published: () => ({
    widget: "/widget.js",
    settings: { CAP_CUSTOM_WASM_URL: `${stage.portcullis.base}/assets/cap_wasm_bg.wasm` },
  }),
  own: () => ({ widget: `${stage.portcullis.base}/assets/widget.js` }),
};

let stage;
before(async () => {
  stage = await openStage({ clock: true });
});
after(() => stage?.stop());

/** Opens a page, moves the mouse and waits until the widget has worked ahead. */
async function workedAhead(widget, site) {
  const page = await stage.open(element(stage.portcullis.endpoint(site)), WIDGETS[widget]());
  const challenge = answered(page, "/challenge");
  // The published widget redeems at once, ours with the click.
  const done =
    widget === "published"
      ? answered(page, "/redeem")
      : challenge.then(() => page.waitForTimeout(1500));
  await page.mouse.move(150, 150);
  await challenge;
  await done;
  return page;
}

for (const widget of Object.keys(WIDGETS)) {
  test(`${widget} widget: click 8 s after working ahead, tokens live 6 s`, async () => {
    const site = await stage.site("late", "--token-ttl", "6", "--count", "4", "--difficulty", "3");
    const page = await workedAhead(widget, site);
    await page.waitForTimeout(8000);
    await click(page);
    await stage.assertGoodOnce(site, (await event(page, "solve")).token);
    assert.deepEqual(await events(page), ["solve"]);
    assert.equal(calls(page, "/challenge"), 1);
    // The published widget redeems the old challenge a second time: the cure is what it lives by.
    assert.equal(calls(page, "/redeem"), widget === "published" ? 2 : 1);
  });

  test(`${widget} widget: click 11 minutes of server clock after working ahead`, async (t) => {
    t.after(() => stage.portcullis.moveClock(0));
    const site = await stage.site("later", "--token-ttl", "6", "--count", "4", "--difficulty", "3");
    const page = await workedAhead(widget, site);
    await page.waitForTimeout(6500);
    await stage.portcullis.moveClock(11 * 60);
    await click(page);
    await stage.assertGoodOnce(site, (await event(page, "solve")).token);
    assert.deepEqual(await events(page), ["solve"]);
  });
}

test("the capjs-server profile redeems a second time as well", async () => {
  const flags = ["--cap-profile", "capjs-server", "--token-ttl", "6", "--count", "4", "--difficulty", "3"];
  const site = await stage.site("package", ...flags);
  const page = await workedAhead("published", site);
  await page.waitForTimeout(8000);
  await click(page);
  // This profile's tokens carry no origin.
  await stage.assertGoodOnce(site, (await event(page, "solve")).token, "");
  assert.equal(calls(page, "/redeem"), 2);
});

test("where no second redeem is allowed the published widget does get stuck, so the tests above test something", async () => {
  const site = await stage.site("control", "--token-ttl", "6", "--count", "4", "--difficulty", "3");
  const page = await workedAhead("published", site);
  // Once its token is spent, a challenge is redeemed no more.
  const redeem = page.seen.answers.find((one) => one.url().endsWith("/redeem"));
  await stage.assertGoodOnce(site, (await redeem.json()).token);
  await page.waitForTimeout(6500);
  for (const times of [1, 2]) {
    await click(page);
    await event(page, "error", times);
  }
  assert.deepEqual(await events(page), ["error", "error"]);
});

test("a challenge never has two tokens to spend: a second redeem is refused while the first token lives", async () => {
  const site = await stage.site("twice", "--count", "2", "--difficulty", "2");
  const page = await workedAhead("published", site);
  const redeem = page.seen.answers.find((one) => one.url().endsWith("/redeem")).request();
  const again = await fetch(redeem.url(), {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: stage.pages.origin },
    body: redeem.postData(),
  });
  assert.equal(again.status, 403);
  assert.equal((await again.json()).error, "Challenge already redeemed");
});
