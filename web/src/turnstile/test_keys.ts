/** Turnstile's site keys for testing. */

import type { Rehearsals } from "../vendor/rehearsal";

const passes = { token: "XXXX.DUMMY.TOKEN.XXXX" };

/** Every one of them. */
export const TEST_KEYS: Rehearsals = {
  "1x00000000000000000000AA": passes,
  "2x00000000000000000000AB": {},
  "1x00000000000000000000BB": { ...passes, unseen: true },
  "2x00000000000000000000BB": { unseen: true },
  "3x00000000000000000000FF": { ...passes, asks: true },
};
