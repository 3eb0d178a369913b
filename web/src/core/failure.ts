/**
 * The one error type of a solve. Its code is what a page sees in the `error`
 * event, so the codes are those of the Cap widget.
 */

/** Machine name of a failure. Stable: pages compare it. */
export type FailureCode =
  | "missing_endpoint"
  | "network_error"
  | "challenge_parse_error"
  | "challenge_unsupported"
  | "solve_failed"
  | "redeem_failed"
  | "invalid_solution";

/** A solve that ended without a token. */
export class Failure extends Error {
  /**
   * @param code   stable machine name
   * @param reason the server's own machine name for it, where it gave one
   */
  constructor(
    readonly code: FailureCode,
    message: string,
    readonly reason?: string,
  ) {
    super(message);
  }
}
