/** What the card around the challenge says in Italian. */

import type { Phrases } from "./phrases";

export const it: Phrases = {
  group: "Verifica umana",
  check: "Sono umano",
  checking: "Verifica in corso…",
  verified: "Verificato",
  expired: "Scaduto. Verifica di nuovo",
  stale: "Scaduto. Ricarica la pagina",
  failed: "Non riuscito. Riprova",
  network: "La verifica non è raggiungibile. Riprova",
  offline: "Sei offline. La verifica riprenderà al tuo ritorno.",
  unset: "Questa pagina non è configurata per la verifica",
  held: "Completa questa verifica. Poi il modulo verrà inviato.",
};
