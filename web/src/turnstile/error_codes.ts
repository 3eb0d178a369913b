/**
 * What went wrong, as the vendor numbers it. Pages compare the first digits, so
 * the families count: 1 the page's own mistake, 2 the way to the server, 3 the
 * browser, 6 a challenge that was not passed.
 */

import { Failure } from "../core/failure";
import { Mistake } from "../vendor/endings";

/** Codes given to `error-callback`. */
export const CODES = {
  sitekey: "110100",
  origin: "110200",
  action: "110420",
  cdata: "110430",
  /** The challenge expired before it was solved. */
  slow: "110600",
  unreachable: "200500",
  browser: "300010",
  refused: "600010",
} as const;

/** The code of whatever a try ended with. */
export function codeOf(error: unknown): string {
  if (error instanceof Mistake) return error.code;
  if (!(error instanceof Failure)) return CODES.browser;
  const { code, reason = "" } = error;
  if (Object.hasOwn(REASONS, reason)) return REASONS[reason];
  if (code === "invalid_solution" || reason) return CODES.refused;
  return code === "solve_failed" || code === "challenge_unsupported"
    ? CODES.browser
    : CODES.unreachable;
}

/** The server's own names. */
const REASONS: Readonly<Record<string, string>> = {
  unknown_site: CODES.sitekey,
  origin_refused: CODES.origin,
  invalid_binding: CODES.action,
  expired: CODES.slow,
  unavailable: CODES.unreachable,
};
