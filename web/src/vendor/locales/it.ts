/** What the card says in Italian. */

import type { Phrases } from "./phrases";

export const it: Phrases = {
  group: "Verifica umana",
  ask: "Sono umano",
  checking: "Verifica…",
  verified: "Verificato",
  failed: "Errore. Riprova",
  renew: "Scaduto. Rinnova",
  expired: "Scaduto",
  forbidden: "Non configurato per questa pagina",
  testing: "Solo per prova",
};
