/** What the AstraCaph card says in German. */

import type { Phrases } from "./phrases";

export const de: Phrases = {
  group: "Menschprüfung",
  checking: "Prüfung läuft…",
  verified: "Bestätigt",
  step: "Noch ein Schritt",
  confirm: "Ich bin ein Mensch",
  hold: "Gedrückt halten",
  holdHint: "Oder einmal tippen zum Starten, einmal zum Beenden",
  holding: "Weiter halten…",
  finish: "Zum Beenden tippen",
  tooShort: "Zu kurz. Bitte noch einmal",
  network: "Die Prüfung ist nicht erreichbar",
  rejected: "Wir konnten Sie nicht bestätigen",
  limited: "Zu viele Versuche",
  again: "Wieder möglich in {time}",
  forbidden: "Diese Seite ist für die Prüfung nicht eingerichtet",
  retry: "Noch einmal",
};
