/** How a try ends without a token, besides a `Failure`. */

import { Failure } from "../core/failure";

/** The page asked for something that cannot be; the code is the vendor's own for it. */
export class Mistake extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** The visitor did not click in time. */
export class TimedOut extends Error {}

/** The page called it off. */
export class CalledOff extends Error {}

/** Whether only the page's author, or the server's, can mend it. */
export const isFinal = (error: unknown): boolean =>
  error instanceof Mistake || (error instanceof Failure && FINAL.includes(error.reason as string));

const FINAL = ["unknown_site", "origin_refused", "invalid_binding"];
