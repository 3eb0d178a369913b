/** What a visitor sees where no flow begins. */

import { button, type Card } from "./card";
import type { Stop } from "./flow";
import type { Phrases } from "./locales/phrases";
import type { ParentPage } from "./parent";

/** Says why, and offers another try where one may help. */
export function stopped(
  { outcome, reason }: Stop,
  card: Card,
  phrases: Phrases,
  parent: ParentPage,
): void {
  if (outcome === "reload") {
    card.show({ sign: "checking", title: phrases.restarting });
    parent.reload();
    return;
  }
  const title = outcome === "denied" ? phrases.rejected : (TITLES[reason]?.(phrases) ?? "");
  const retry = button("primary", phrases.retry);
  retry.addEventListener("click", () => parent.reload());
  // A site that is set up wrongly stays so, however often it is asked.
  if (title) card.show({ sign: "problem", title, body: [retry] });
  else card.show({ sign: "problem", title: phrases.unset });
}

const TITLES: Readonly<Record<string, (phrases: Phrases) => string>> = {
  rate_limited: ({ limited }) => limited,
  quota_exceeded: ({ limited }) => limited,
  busy: ({ limited }) => limited,
  unavailable: ({ network }) => network,
};
