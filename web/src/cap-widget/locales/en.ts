/** What the widget says in English. */

import type { Phrases } from "./phrases";

export const en: Phrases = {
  "initial-state": "I'm human",
  "verifying-label": "Verifying…",
  "solved-label": "Verified",
  "error-label": "Failed. Try again",
  "required-label": "Please confirm that you are human",
  "troubleshooting-label": "Get help",
  "group-aria-label": "Human verification",
  "verifying-aria-label": "Verifying, please wait",
  "verified-aria-label": "Verified. You may continue",
  "error-aria-label": "Verification failed. Please try again",
  "wasm-disabled": "Slower without WebAssembly",
};
