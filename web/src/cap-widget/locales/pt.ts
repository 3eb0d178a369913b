/** What the widget says in Portuguese. */

import type { Phrases } from "./phrases";

export const pt: Phrases = {
  "initial-state": "Sou humano",
  "verifying-label": "Verificando…",
  "solved-label": "Verificado",
  "error-label": "Falhou. Repetir",
  "required-label": "Confirme que você é humano",
  "troubleshooting-label": "Obter ajuda",
  "group-aria-label": "Verificação humana",
  "verifying-aria-label": "Verificando, aguarde",
  "verified-aria-label": "Verificado. Pode continuar",
  "error-aria-label": "A verificação falhou. Tente novamente",
  "wasm-disabled": "Mais lento sem WebAssembly",
};
