/** What the card around the challenge says in French. */

import type { Phrases } from "./phrases";

export const fr: Phrases = {
  group: "Vérification humaine",
  check: "Je suis humain",
  checking: "Vérification…",
  verified: "Vérifié",
  expired: "Expiré. Vérifier à nouveau",
  stale: "Expiré. Rechargez la page",
  failed: "Échec. Réessayer",
  network: "La vérification est injoignable. Réessayer",
  offline: "Vous êtes hors ligne. La vérification reprendra à votre retour.",
  unset: "Cette page n'est pas configurée pour cette vérification",
  held: "Terminez cette vérification. Le formulaire sera ensuite envoyé.",
};
