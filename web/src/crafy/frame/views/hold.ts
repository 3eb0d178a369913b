/** Press and hold, or tap twice. */

import { html } from "../../../core/build_dom";
import { Hold, type Phase } from "../../../core/hold";
import type { Answer } from "../calls";
import { button } from "../card";
import type { HoldStep } from "../step";
import type { Acted, Stage } from "./stage";

/**
 * Waits for a hold. The server times it by two requests, so what the network
 * took of it is waited for after the visitor has let go.
 *
 * @param begin tells the server that a hold begins
 * @returns what the visitor did, or what the server had to say against it
 */
export async function hold(
  { card, phrases, regret }: Stage,
  { holdMs }: HoldStep,
  begin: () => Promise<Answer>,
): Promise<Acted | Answer> {
  const trigger = button("primary hold", phrases.hold);
  const words = trigger.querySelector("bdi") as HTMLElement;
  const fill = html("span", { class: "fill" });
  trigger.prepend(fill);
  const [title, hint] = [phrases.step, phrases.holdHint];
  card.show({ sign: "asking", title, hint, regret, body: [trigger], focus: trigger });
  const show = (phase: Phase, share: number) => {
    const { hold, holding, checking, finish } = phrases;
    const now = { idle: hold, held: holding, tapped: checking, ripe: finish }[phase];
    if (words.textContent !== now && (phase === "tapped" || phase === "ripe")) card.say(now);
    words.textContent = now;
    fill.style.inlineSize = `${share * 100}%`;
    trigger.toggleAttribute("data-moving", phase !== "idle");
  };
  const over = new AbortController();
  let begun: Promise<Answer & { at?: number }> | undefined;
  const refused = await new Promise<Answer | undefined>((resolve) => {
    const told = {
      begun() {
        const mine = begin().then((answer) => ({ ...answer, at: performance.now() }));
        begun = mine;
        mine.then((answer) => {
          if (answer.outcome !== "noted" && begun === mine) resolve(answer);
        });
      },
      moved: show,
      failed() {
        // In place of the hint: the button must not move away from under a finger.
        card.hint(phrases.tooShort);
        card.say(phrases.tooShort);
      },
      done: () => resolve(undefined),
    };
    new Hold(trigger, holdMs, told, over.signal);
  });
  over.abort();
  if (refused) return refused;
  card.show({ sign: "checking", title: phrases.checking });
  const answer = await (begun as Promise<Answer & { at: number }>);
  if (answer.outcome !== "noted") return answer;
  const rest = Math.max(0, answer.at + holdMs - performance.now());
  await new Promise((resolve) => setTimeout(resolve, rest));
  return { answer: {} };
}
