/** What the widget says in Italian. */

import type { Phrases } from "./phrases";

export const it: Phrases = {
  "initial-state": "Sono umano",
  "verifying-label": "Verifica…",
  "solved-label": "Verificato",
  "error-label": "Errore. Riprova",
  "required-label": "Conferma di essere umano",
  "troubleshooting-label": "Assistenza",
  "group-aria-label": "Verifica umana",
  "verifying-aria-label": "Verifica in corso, attendi",
  "verified-aria-label": "Verificato. Puoi continuare",
  "error-aria-label": "La verifica non è riuscita. Riprova",
  "wasm-disabled": "Più lento senza WebAssembly",
};
