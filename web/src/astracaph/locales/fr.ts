/** What the AstraCaph card says in French. */

import type { Phrases } from "./phrases";

export const fr: Phrases = {
  group: "Vérification humaine",
  checking: "Vérification…",
  verified: "Vérifié",
  step: "Encore une étape",
  confirm: "Je suis humain",
  hold: "Appuyer et maintenir",
  holdHint: "Ou touchez une fois pour commencer, une fois pour finir",
  holding: "Continuez d'appuyer…",
  finish: "Touchez pour finir",
  tooShort: "Trop court. Réessayez",
  network: "La vérification est injoignable",
  rejected: "Nous n'avons pas pu vous vérifier",
  limited: "Trop de tentatives",
  again: "Réessayez dans {time}",
  forbidden: "Cette page n'est pas configurée pour cette vérification",
  retry: "Réessayer",
};
