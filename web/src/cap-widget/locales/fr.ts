/** What the widget says in French. */

import type { Phrases } from "./phrases";

export const fr: Phrases = {
  "initial-state": "Je suis humain",
  "verifying-label": "Vérification…",
  "solved-label": "Vérifié",
  "error-label": "Échec. Réessayer",
  "required-label": "Veuillez confirmer que vous êtes humain",
  "troubleshooting-label": "Obtenir de l’aide",
  "group-aria-label": "Vérification humaine",
  "verifying-aria-label": "Vérification en cours, veuillez patienter",
  "verified-aria-label": "Vérifié. Vous pouvez continuer",
  "error-aria-label": "La vérification a échoué. Veuillez réessayer",
  "wasm-disabled": "Plus lent sans WebAssembly",
};
