/** A visitor of the Crafy door who comes back after the flow has run out, by the clock of the server. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { challenge, openShop, outcomes } from "./crafy_shop.mjs";
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
