/** hCaptcha's site keys for testing, each with a token of its own. */

import type { Rehearsals } from "../vendor/rehearsal";

/** Every one of them: the publisher's, a safe visitor, a bot that was caught by its score alone. */
export const TEST_KEYS: Rehearsals = {
  "10000000-ffff-ffff-ffff-000000000001": { token: "10000000-aaaa-bbbb-cccc-000000000001" },
  "20000000-ffff-ffff-ffff-000000000002": { token: "20000000-aaaa-bbbb-cccc-000000000002" },
  "30000000-ffff-ffff-ffff-000000000003": { token: "30000000-aaaa-bbbb-cccc-000000000003" },
};
