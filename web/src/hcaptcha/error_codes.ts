/** What went wrong, in hCaptcha's words: for `error-callback` and for promises. */

import { Failure } from "../core/failure";
import { CalledOff, Mistake } from "../vendor/endings";

/** Codes that pages compare. */
export const CODES = {
  closed: "challenge-closed",
  expired: "challenge-expired",
  refused: "challenge-error",
  none: "missing-captcha",
  unknown: "invalid-captcha-id",
  tooMany: "rate-limited",
  network: "network-error",
  internal: "internal-error",
  invalid: "invalid-data",
} as const;

/** The code of whatever a try ended with. */
export function codeOf(error: unknown): string {
  if (error instanceof Mistake) return error.code;
  if (error instanceof CalledOff) return CODES.closed;
  if (!(error instanceof Failure)) return CODES.internal;
  const { code, reason = "" } = error;
  if (Object.hasOwn(REASONS, reason)) return REASONS[reason];
  if (code === "invalid_solution" || reason) return CODES.refused;
  return code === "solve_failed" || code === "challenge_unsupported"
    ? CODES.internal
    : CODES.network;
}

/** The server's own names. */
const REASONS: Readonly<Record<string, string>> = {
  unknown_site: CODES.invalid,
  origin_refused: CODES.invalid,
  invalid_binding: CODES.invalid,
  rate_limited: CODES.tooMany,
  expired: CODES.expired,
  unavailable: CODES.network,
};
