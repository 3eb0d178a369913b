/** What the AstraCaph card says in English. */

import type { Phrases } from "./phrases";

export const en: Phrases = {
  group: "Human verification",
  checking: "Checking…",
  verified: "Verified",
  step: "One more step",
  confirm: "I'm human",
  hold: "Press and hold",
  holdHint: "Or tap once to start and once to finish",
  holding: "Keep holding…",
  finish: "Tap to finish",
  tooShort: "Too short. Please try again",
  network: "The check could not be reached",
  rejected: "We could not verify you",
  limited: "Too many attempts",
  again: "Try again in {time}",
  forbidden: "This page is not set up for this check",
  retry: "Try again",
};
