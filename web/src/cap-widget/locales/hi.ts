/** What the widget says in Hindi. */

import type { Phrases } from "./phrases";

export const hi: Phrases = {
  "initial-state": "मैं इंसान हूँ",
  "verifying-label": "जाँच जारी…",
  "solved-label": "सत्यापित",
  "error-label": "विफल। फिर कोशिश करें",
  "required-label": "कृपया पुष्टि करें कि आप इंसान हैं",
  "troubleshooting-label": "मदद लें",
  "group-aria-label": "मानव सत्यापन",
  "verifying-aria-label": "जाँच हो रही है, कृपया प्रतीक्षा करें",
  "verified-aria-label": "सत्यापित। आप आगे बढ़ सकते हैं",
  "error-aria-label": "सत्यापन विफल रहा। कृपया फिर कोशिश करें",
  "wasm-disabled": "WebAssembly के बिना धीमा",
};
