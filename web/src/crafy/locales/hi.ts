/** What the card around the challenge says in Hindi. */

import type { Phrases } from "./phrases";

export const hi: Phrases = {
  group: "मानव सत्यापन",
  check: "मैं इंसान हूँ",
  checking: "सत्यापन हो रहा है…",
  verified: "सत्यापित",
  expired: "समय समाप्त। फिर से जाँचें",
  stale: "समय समाप्त। कृपया पेज फिर लोड करें",
  failed: "विफल। फिर कोशिश करें",
  network: "जाँच सर्वर से संपर्क नहीं हुआ। फिर कोशिश करें",
  offline: "आप ऑफ़लाइन हैं। कनेक्शन लौटने पर जाँच जारी रहेगी।",
  unset: "यह पेज जाँच के लिए सेट नहीं है",
  held: "कृपया यह जाँच पूरी करें। इसके बाद फ़ॉर्म भेजा जाएगा।",
};
