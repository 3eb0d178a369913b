/** What the card around the challenge says in Portuguese. */

import type { Phrases } from "./phrases";

export const pt: Phrases = {
  group: "Verificação humana",
  check: "Sou humano",
  checking: "A verificar…",
  verified: "Verificado",
  expired: "Expirou. Verificar de novo",
  stale: "Expirou. Recarregue a página",
  failed: "Falhou. Tentar de novo",
  network: "Não foi possível contactar a verificação. Tentar de novo",
  offline: "Está sem ligação. A verificação continua quando voltar.",
  unset: "Esta página não está configurada para esta verificação",
  held: "Conclua esta verificação. O formulário é enviado a seguir.",
};
