/**
 * What the Crafy door asks of people: checkbox, hold, slider and connect, each by every way to do it. The answers to
 * pictures are those that an operator can ask the server for.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answerTo, challenge, field, openShop, outcomes, step } from "./crafy_shop.mjs";
import { byKeys, byPointer, byTaps } from "./crafy_solver.mjs";
import { openStage } from "./stage.mjs";

let stage;
before(async () => {
  stage = await openStage();
});
after(() => stage?.stop());

const TOUCH = {
  still: true,
  context: { hasTouch: true, isMobile: true, viewport: { width: 390, height: 740 } },
};
const forced = (kind) => ({ mode: "puzzle", puzzles: [kind] });

/** How each puzzle may be passed: which, by what means, in which browser. */
const WAYS = {
  "a checkbox by mouse": ["checkbox", byPointer],
  "a checkbox by keyboard": ["checkbox", byKeys],
  "a checkbox by tap": ["checkbox", byTaps, TOUCH],
  "a button to hold, by mouse": ["press_hold", byPointer],
  "a button to hold, by keyboard": ["press_hold", byKeys],
  "a button to hold, by two taps": ["press_hold", byTaps, TOUCH],
  "a slider by pointer": ["slider", byPointer],
  "a slider by keyboard": ["slider", byKeys],
  "a slider by taps": ["slider", byTaps, TOUCH],
  "connect by pointer": ["connect", byPointer],
  "connect by keyboard": ["connect", byKeys],
  "connect by taps": ["connect", byTaps, TOUCH],
};

for (const [name, [kind, pass, visit]] of Object.entries(WAYS)) {
  test(name, async (t) => {
    const site = await openShop(t, stage, forced(kind));
    const page = await site.show(visit);
    const frame = await challenge(stage, page);
    const shown = await step(page, frame);
    assert.equal(shown.kind, kind);
    assert.equal(await field(page).inputValue(), "");
    const answer = ["slider", "connect"].includes(kind) ? await answerTo(stage, shown) : {};
    await pass[kind]({ page, frame, step: shown, answer });
    await site.assertPassed(page);
    assert.deepEqual(await outcomes(page), ["complete"]);
  });
}
