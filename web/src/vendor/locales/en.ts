/** What the card says in English. */

import type { Phrases } from "./phrases";

export const en: Phrases = {
  group: "Human verification",
  ask: "I'm human",
  checking: "Verifying…",
  verified: "Verified",
  failed: "Failed. Try again",
  renew: "Expired. Renew",
  expired: "Expired",
  forbidden: "Not set up for this page",
  testing: "For testing only",
};
