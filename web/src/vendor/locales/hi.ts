/** What the card says in Hindi. */

import type { Phrases } from "./phrases";

export const hi: Phrases = {
  group: "मानव सत्यापन",
  ask: "मैं इंसान हूँ",
  checking: "जाँच जारी…",
  verified: "सत्यापित",
  failed: "विफल। फिर कोशिश करें",
  renew: "समय समाप्त। नया करें",
  expired: "समय समाप्त",
  forbidden: "इस पेज के लिए सेट नहीं है",
  testing: "केवल परीक्षण के लिए",
};
