/** What the card says in Spanish. */

import type { Phrases } from "./phrases";

export const es: Phrases = {
  group: "Verificación humana",
  ask: "Soy humano",
  checking: "Verificando…",
  verified: "Verificado",
  failed: "Error. Reintentar",
  renew: "Caducado. Renovar",
  expired: "Caducado",
  forbidden: "No configurado para esta página",
  testing: "Solo para pruebas",
};
