/** Where a view plays: what it may use, and what it tells. */

import type { Card } from "../card";
import type { Phrases } from "../locales/phrases";

/** What a visitor made of a step: an answer, or the wish for another way. */
export type Acted = { readonly answer: Readonly<Record<string, unknown>> } | "alternative";

/** Everything around a view. */
export interface Stage {
  readonly card: Card;
  readonly phrases: Phrases;
  /** What to say of the try before this one; may be empty. */
  readonly regret: string;
  /** Address of one of the step's pictures. */
  picture(part: "board" | "piece"): string;
}
