/** A click, no more. */

import { html } from "../../../core/build_dom";
import { emblem } from "../../../core/emblem";
import type { Acted, Stage } from "./stage";

/** Waits for the visitor to tick the box. */
export function checkbox({ card, phrases, regret }: Stage): Promise<Acted> {
  const words = html("bdi", {}, phrases.check);
  const box = html("span", { class: "box", "aria-hidden": "true" });
  const attributes = { type: "button", class: "tick-box", role: "checkbox" };
  const trigger = html("button", attributes, box, words, emblem());
  trigger.ariaChecked = "false";
  const [title, body] = [phrases.step, [trigger]];
  card.show({ sign: "asking", title, regret, body, bare: true, focus: trigger });
  return new Promise((resolve) => {
    trigger.addEventListener("click", () => resolve({ answer: {} }), { once: true });
  });
}
