/**
 * The steps that need a visitor: a click, or a hold. Each shows itself in the
 * view and resolves with what goes back to the server about it.
 */

import { Hold, type Phase } from "../core/hold";
import type { Answer, Refusal, Step } from "./answer";
import type { Phrases } from "./locales/phrases";
import type { View } from "./view";

/** What a request says about the step it answers. */
export type Interaction = Record<string, unknown>;

/** Where a step happens. */
export interface Stage {
  readonly view: View;
  readonly phrases: Phrases;
  /** Ends the step: it never settles then. */
  readonly signal: AbortSignal;
}

/** Waits for the visitor to confirm. */
export function confirmation({ view, phrases, signal }: Stage): Promise<Interaction> {
  view.show({ sign: "asking", title: phrases.step, action: phrases.confirm, aloud: true });
  return new Promise((resolve) => {
    view.button.addEventListener("click", () => resolve({}), { once: true, signal });
  });
}

/**
 * Waits for a hold. The server times it by two requests, so the second must
 * not come sooner after the answer to the first than the hold is long; what is
 * missing by the network's fault is waited for after the visitor is done.
 *
 * @param begin tells the server that a hold begins
 */
export async function holding(
  { view, phrases, signal }: Stage,
  { requiredHold, again }: Step,
  begin: () => Promise<Answer>,
): Promise<Interaction | Refusal> {
  const prompt = again ? phrases.tooShort : phrases.holdHint;
  view.show({
    sign: "asking",
    title: phrases.step,
    hint: prompt,
    action: phrases.hold,
    aloud: true,
  });
  // Ends the gesture with the step, whatever ends the step.
  const over = new AbortController();
  signal.addEventListener("abort", () => over.abort());
  let begun: Promise<number | Refusal> | undefined;
  const duration = await new Promise<number | Refusal>((resolve) => {
    const told = {
      begun() {
        const mine = begin().then((answer) =>
          answer.outcome === "refusal" ? answer : performance.now(),
        );
        begun = mine;
        mine.then(
          (outcome) => typeof outcome !== "number" && begun === mine && resolve(outcome),
          () => {},
        );
      },
      moved: (phase: Phase, share: number) => showHold(view, phrases, phase, share),
      failed() {
        view.hint(phrases.tooShort);
        view.say(phrases.tooShort);
      },
      done: resolve,
    };
    new Hold(view.button, requiredHold, told, over.signal);
  });
  over.abort();
  if (typeof duration !== "number") return duration;
  view.show({ sign: "checking", title: phrases.checking });
  const answered = await (begun as Promise<number | Refusal>);
  if (typeof answered !== "number") return answered;
  await new Promise((resolve) =>
    setTimeout(resolve, Math.max(0, answered + requiredHold - performance.now())),
  );
  return { holdDurationMs: duration };
}

function showHold(view: View, phrases: Phrases, phase: Phase, share: number): void {
  const { hold, holding, checking, finish } = phrases;
  const words = { idle: hold, held: holding, tapped: checking, ripe: finish }[phase];
  const afterTap = phase === "tapped" || phase === "ripe";
  if (afterTap && view.button.dataset.phase !== phase) view.say(words);
  view.label(words);
  view.fill(phase, share);
}
