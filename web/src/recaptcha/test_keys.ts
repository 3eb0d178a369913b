/** reCAPTCHA's site key for testing. Its secret key takes any token. */

import type { Rehearsals } from "../vendor/rehearsal";

/** The only one there is. */
export const TEST_KEYS: Rehearsals = {
  "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI": { token: "03-token-for-testing" },
};
