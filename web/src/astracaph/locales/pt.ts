/** What the AstraCaph card says in Portuguese. */

import type { Phrases } from "./phrases";

export const pt: Phrases = {
  group: "Verificação humana",
  checking: "A verificar…",
  verified: "Verificado",
  step: "Só mais um passo",
  confirm: "Sou humano",
  hold: "Pressionar e segurar",
  holdHint: "Ou toque uma vez para começar e outra para terminar",
  holding: "Continue a segurar…",
  finish: "Toque para terminar",
  tooShort: "Curto demais. Tente de novo",
  network: "Não foi possível contactar a verificação",
  rejected: "Não foi possível verificar",
  limited: "Demasiadas tentativas",
  again: "Tente de novo em {time}",
  forbidden: "Esta página não está configurada para esta verificação",
  retry: "Tentar de novo",
};
