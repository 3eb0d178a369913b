/** Everything the card says. */

/** All phrases of one language. */
export interface Phrases {
  /** Name of the card, and what it says before it was started. */
  readonly group: string;
  /** Beside the box that wants a click. */
  readonly ask: string;
  readonly checking: string;
  readonly verified: string;
  /** After a failure that a click, or time, may mend. */
  readonly failed: string;
  /** The token is over; a click gets another. */
  readonly renew: string;
  /** The token is over, and only the page can get another. */
  readonly expired: string;
  /** Nothing a visitor does can help. */
  readonly forbidden: string;
  /** With a test key. */
  readonly testing: string;
}
