/** What the widget says in Spanish. */

import type { Phrases } from "./phrases";

export const es: Phrases = {
  "initial-state": "Soy humano",
  "verifying-label": "Verificando…",
  "solved-label": "Verificado",
  "error-label": "Error. Reintentar",
  "required-label": "Confirma que eres humano",
  "troubleshooting-label": "Obtener ayuda",
  "group-aria-label": "Verificación humana",
  "verifying-aria-label": "Verificando, espera un momento",
  "verified-aria-label": "Verificado. Puedes continuar",
  "error-aria-label": "La verificación ha fallado. Inténtalo de nuevo",
  "wasm-disabled": "Más lento sin WebAssembly",
};
