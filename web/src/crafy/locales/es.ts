/** What the card around the challenge says in Spanish. */

import type { Phrases } from "./phrases";

export const es: Phrases = {
  group: "Verificación humana",
  check: "Soy humano",
  checking: "Verificando…",
  verified: "Verificado",
  expired: "Ha caducado. Verificar de nuevo",
  stale: "Ha caducado. Recarga la página",
  failed: "Ha fallado. Reintentar",
  network: "No se pudo conectar con la verificación. Reintentar",
  offline: "Estás sin conexión. La verificación seguirá cuando vuelvas.",
  unset: "Esta página no está configurada para esta verificación",
  held: "Completa esta verificación. Después se enviará el formulario.",
};
