/** What the AstraCaph card says in Spanish. */

import type { Phrases } from "./phrases";

export const es: Phrases = {
  group: "Verificación humana",
  checking: "Comprobando…",
  verified: "Verificado",
  step: "Un paso más",
  confirm: "Soy humano",
  hold: "Mantener pulsado",
  holdHint: "O toca una vez para empezar y otra para terminar",
  holding: "Sigue pulsando…",
  finish: "Toca para terminar",
  tooShort: "Demasiado corto. Inténtalo de nuevo",
  network: "No se pudo conectar con la comprobación",
  rejected: "No pudimos verificarte",
  limited: "Demasiados intentos",
  again: "Inténtalo de nuevo en {time}",
  forbidden: "Esta página no está configurada para esta comprobación",
  retry: "Reintentar",
};
