/** What the widget says in German. */

import type { Phrases } from "./phrases";

export const de: Phrases = {
  "initial-state": "Ich bin ein Mensch",
  "verifying-label": "Prüfung läuft…",
  "solved-label": "Bestätigt",
  "error-label": "Fehler. Nochmal?",
  "required-label": "Bitte bestätigen Sie, dass Sie ein Mensch sind",
  "troubleshooting-label": "Hilfe",
  "group-aria-label": "Menschprüfung",
  "verifying-aria-label": "Prüfung läuft, bitte warten",
  "verified-aria-label": "Bestätigt. Sie können fortfahren",
  "error-aria-label": "Die Prüfung ist fehlgeschlagen. Bitte erneut versuchen",
  "wasm-disabled": "Langsamer ohne WebAssembly",
};
