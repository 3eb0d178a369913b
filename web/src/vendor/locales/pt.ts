/** What the card says in Portuguese. */

import type { Phrases } from "./phrases";

export const pt: Phrases = {
  group: "Verificação humana",
  ask: "Sou humano",
  checking: "Verificando…",
  verified: "Verificado",
  failed: "Falhou. Repetir",
  renew: "Expirou. Renovar",
  expired: "Expirou",
  forbidden: "Não configurado para esta página",
  testing: "Apenas para testes",
};
