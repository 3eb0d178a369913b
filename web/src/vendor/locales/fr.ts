/** What the card says in French. */

import type { Phrases } from "./phrases";

export const fr: Phrases = {
  group: "Vérification humaine",
  ask: "Je suis humain",
  checking: "Vérification…",
  verified: "Vérifié",
  failed: "Échec. Réessayer",
  renew: "Expiré. Renouveler",
  expired: "Expiré",
  forbidden: "Non configuré pour cette page",
  testing: "Pour test uniquement",
};
