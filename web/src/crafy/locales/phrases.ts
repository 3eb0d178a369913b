/** Everything the card around the challenge says. */

/** All phrases of one language. */
export interface Phrases {
  /** Name of the card and of its frame for assistive technology. */
  readonly group: string;
  readonly check: string;
  readonly checking: string;
  readonly verified: string;
  readonly expired: string;
  /** Options that cannot be renewed are too old. */
  readonly stale: string;
  readonly failed: string;
  readonly network: string;
  readonly offline: string;
  readonly unset: string;
  /** A form waits for the check. */
  readonly held: string;
}
