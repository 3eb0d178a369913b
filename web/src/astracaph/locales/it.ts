/** What the AstraCaph card says in Italian. */

import type { Phrases } from "./phrases";

export const it: Phrases = {
  group: "Verifica umana",
  checking: "Verifica in corso…",
  verified: "Verificato",
  step: "Ancora un passo",
  confirm: "Sono umano",
  hold: "Tieni premuto",
  holdHint: "Oppure tocca una volta per iniziare e una per finire",
  holding: "Continua a premere…",
  finish: "Tocca per finire",
  tooShort: "Troppo breve. Riprova",
  network: "La verifica non è raggiungibile",
  rejected: "Non è stato possibile verificarti",
  limited: "Troppi tentativi",
  again: "Riprova tra {time}",
  forbidden: "Questa pagina non è configurata per la verifica",
  retry: "Riprova",
};
