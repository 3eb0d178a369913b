/** Our own widget, loaded from Portcullis into a page of another origin. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { click, element, event, events, openStage } from "./stage.mjs";

let stage;
before(async () => {
  stage = await openStage();
});
after(() => stage?.stop());

const own = (more = {}) => ({ widget: `${stage.portcullis.base}/assets/widget.js`, ...more });

for (const form of ["salted", "seeded"]) {
  test(`click: ${form}, default work`, async () => {
    const site = await stage.site("own", "--cap-challenge", form);
    const page = await stage.open(
      `<form>${element(stage.portcullis.endpoint(site))}</form>`,
      own(),
    );
    await click(page);
    const { token } = await event(page, "solve");
    assert.equal(
      await page.evaluate(() => new FormData(document.forms[0]).get("cap-token")),
      token,
    );
    await stage.assertGoodOnce(site, token);
    assert.deepEqual(await events(page), ["solve"]);
    assert.deepEqual(page.seen.problems, []);
  });
}

test("new Cap() and an action that comes back in the verdict", async () => {
  const site = await stage.site("action");
  const page = await stage.open("", own());
  const { success, token } = await page.evaluate(
    (apiEndpoint) => new Cap({ apiEndpoint, "data-cap-action": "login" }).solve(),
    stage.portcullis.endpoint(site),
  );
  assert.equal(success, true);
  const verdict = await stage.portcullis.siteverify(site, token);
  assert.deepEqual(
    { success: verdict.success, action: verdict.action, hostname: verdict.hostname },
    { success: true, action: "login", hostname: "127.0.0.1" },
  );
});

test("our floating script", async () => {
  const site = await stage.site("floating");
  const page = await stage.open(
    `<button type="button" data-cap-floating="#widget">Send</button>
     ${element(stage.portcullis.endpoint(site), 'id="widget"')}`,
    own({ scripts: [`${stage.portcullis.base}/assets/floating.js`] }),
  );
  await page.evaluate(() => {
    window.clicks = [];
    const button = document.querySelector("button");
    button.addEventListener("click", () => window.clicks.push(button.dataset.capToken));
  });
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForFunction(() => window.clicks.length > 0);
  await stage.assertGoodOnce(site, await page.evaluate(() => window.clicks[0]));
});

test("a page with a strict policy", async () => {
  const site = await stage.site("strict");
  const { base } = stage.portcullis;
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${base} 'wasm-unsafe-eval'`,
    "worker-src blob:",
    `connect-src ${base}`,
    "style-src 'self'",
  ].join("; ");
  const page = await stage.open(
    element(stage.portcullis.endpoint(site)),
    own({ headers: { "Content-Security-Policy": policy } }),
  );
  await click(page);
  await stage.assertGoodOnce(site, (await event(page, "solve")).token);
  assert.deepEqual(page.seen.violations, []);
});

test("an origin that is not listed: an error, and another try is possible", async () => {
  const site = await stage.site("stranger");
  const page = await stage.open(
    element(stage.portcullis.endpoint(site)),
    own({ origin: stage.pages.strangeOrigin }),
  );
  await click(page);
  await event(page, "error");
  await click(page);
  await event(page, "error", 2);
  assert.deepEqual(await events(page), ["error", "error"]);
});
