/** What the AstraCaph card says in Hindi. */

import type { Phrases } from "./phrases";

export const hi: Phrases = {
  group: "मानव सत्यापन",
  checking: "जाँच हो रही है…",
  verified: "सत्यापित",
  step: "एक और चरण",
  confirm: "मैं इंसान हूँ",
  hold: "दबाकर रखें",
  holdHint: "या शुरू करने के लिए एक बार और पूरा करने के लिए फिर टैप करें",
  holding: "दबाए रखें…",
  finish: "पूरा करने के लिए टैप करें",
  tooShort: "बहुत जल्दी छोड़ा। फिर कोशिश करें",
  network: "जाँच सर्वर से संपर्क नहीं हुआ",
  rejected: "हम आपको सत्यापित नहीं कर सके",
  limited: "बहुत अधिक प्रयास",
  again: "{time} बाद फिर कोशिश करें",
  forbidden: "यह पेज जाँच के लिए सेट नहीं है",
  retry: "फिर कोशिश करें",
};
