/** What the card around the challenge says in English. */

import type { Phrases } from "./phrases";

export const en: Phrases = {
  group: "Human verification",
  check: "I'm human",
  checking: "Verifying…",
  verified: "Verified",
  expired: "Expired. Check again",
  stale: "Expired. Please reload the page",
  failed: "Failed. Try again",
  network: "The check could not be reached. Try again",
  offline: "You are offline. The check goes on once you are back.",
  unset: "This page is not set up for this check",
  held: "Please complete this check. The form is sent afterwards.",
};
