/** What the card around the challenge says in German. */

import type { Phrases } from "./phrases";

export const de: Phrases = {
  group: "Menschprüfung",
  check: "Ich bin ein Mensch",
  checking: "Prüfung läuft…",
  verified: "Bestätigt",
  expired: "Abgelaufen. Erneut prüfen",
  stale: "Abgelaufen. Bitte die Seite neu laden",
  failed: "Fehlgeschlagen. Noch einmal",
  network: "Die Prüfung ist nicht erreichbar. Noch einmal",
  offline: "Sie sind offline. Die Prüfung geht weiter, sobald Sie zurück sind.",
  unset: "Diese Seite ist für die Prüfung nicht eingerichtet",
  held: "Bitte schließen Sie diese Prüfung ab. Danach wird das Formular gesendet.",
};
