/** What the card says in German. */

import type { Phrases } from "./phrases";

export const de: Phrases = {
  group: "Menschprüfung",
  ask: "Ich bin ein Mensch",
  checking: "Prüfung läuft…",
  verified: "Bestätigt",
  failed: "Fehler. Nochmal?",
  renew: "Abgelaufen. Erneuern",
  expired: "Abgelaufen",
  forbidden: "Für diese Seite nicht eingerichtet",
  testing: "Nur zum Testen",
};
