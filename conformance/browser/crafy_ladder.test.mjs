/** The Crafy door's ladder: which step comes when, after wrong answers and for whoever cannot use a picture. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answerTo, challenge, openShop, outcomes, step } from "./crafy_shop.mjs";
import { byKeys, byPointer } from "./crafy_solver.mjs";
import { answered, calls, openStage } from "./stage.mjs";

let stage;
before(async () => {
  stage = await openStage();
});
after(() => stage?.stop());

/** So near to where the piece begins that no hole is there. */
const NOWHERE = { travel: 0.08 };
const forced = (kind) => ({ mode: "puzzle", puzzles: [kind] });

test("auto climbs to what the site's policy calls for", async (t) => {
  const steps = '[{"from":0,"friction":{"kind":"slider"}}]';
  const site = await openShop(t, stage, { mode: "auto" }, "--steps", steps);
  const page = await site.show();
  const frame = await challenge(stage, page);
  const shown = await step(page, frame);
  assert.equal(shown.kind, "slider");
  await byPointer.slider({ page, frame, step: shown, answer: await answerTo(stage, shown) });
  await site.assertPassed(page);
});

test("a wrong answer gets another picture, which passes", async (t) => {
  const site = await openShop(t, stage, forced("slider"));
  const page = await site.show();
  const frame = await challenge(stage, page);
  const first = await step(page, frame);
  await byKeys.slider({ page, frame, step: first, answer: NOWHERE });
  await frame.getByText("Not quite. Here is a new one.").first().waitFor();
  const second = await step(page, frame);
  assert.equal(second.kind, "slider");
  assert.notEqual(second.id, first.id);
  await byKeys.slider({ page, frame, step: second, answer: await answerTo(stage, second) });
  await site.assertPassed(page);
  assert.deepEqual(await outcomes(page), ["step wrong", "complete"]);
});

test("three wrong answers, and then it is work", async (t) => {
  const site = await openShop(t, stage, forced("slider"));
  const page = await site.show();
  const frame = await challenge(stage, page);
  for (let time = 0; time < 3; time++) {
    const shown = await step(page, frame);
    const answer = answered(page, "/challenge/answer");
    await byKeys.slider({ page, frame, step: shown, answer: NOWHERE });
    await answer;
  }
  await site.assertPassed(page);
  const wrong = Array(3).fill("step wrong");
  assert.deepEqual(await outcomes(page), [...wrong, "complete"]);
});

for (const kind of ["slider", "connect"]) {
  test(`${kind}: whoever cannot use the picture lets the device work`, async (t) => {
    const site = await openShop(t, stage, forced(kind));
    const page = await site.show();
    const frame = await challenge(stage, page);
    await frame.getByRole("button", { name: "I can't use the picture" }).click();
    await site.assertPassed(page);
    assert.equal(calls(page, "/challenge/alternative"), 1);
  });
}
