/** A visitor of the Crafy door who comes back after the flow has run out, by the clock of the server. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { challenge, openShop, outcomes, said, solved } from "./crafy_shop.mjs";
import { byPointer } from "./crafy_solver.mjs";
import { openStage } from "./stage.mjs";

let stage;
before(async () => {
  stage = await openStage({ clock: true });
});
after(() => stage?.stop());

test("a flow that ran out begins anew, with options that the page fetches", async (t) => {
  const site = await openShop(t, stage, { mode: "puzzle", puzzles: ["checkbox"] });
  const page = await site.show();
  const frame = await challenge(stage, page);
  await stage.portcullis.moveClock(21 * 60);
  await byPointer.checkbox({ page, frame });
  await byPointer.checkbox({ page, frame: await challenge(stage, page) });
  await site.assertPassed(page);
  assert.equal(site.asked.length, 2);
  const [first, second] = await outcomes(page);
  assert.match(first, /^reload/);
  assert.equal(second, "complete");
});

test("options that were used long ago, in a page that was kept: the page fetches others", async (t) => {
  const wish = { mode: "hidden" };
  const site = await openShop(t, stage, wish);
  await stage.portcullis.moveClock(0);
  const encryptedOptions = await site.backend.call("create_flow", wish);
  const options = { encryptedOptions };
  const first = said(await solved(await site.show({ options })));
  assert.deepEqual(site.asked, []);
  await stage.portcullis.moveClock(21 * 60);
  const page = await site.show({ options });
  const token = await solved(page);
  assert.notEqual(said(token).flow_token, first.flow_token);
  await site.assertPassed(page);
  assert.equal(site.asked.length, 1);
});
