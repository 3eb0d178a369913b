/** Everything the AstraCaph card says. */

/** All phrases of one language. `{time}` stands for minutes and seconds. */
export interface Phrases {
  /** Name of the card for assistive technology. */
  readonly group: string;
  readonly checking: string;
  readonly verified: string;
  /** Above a button that wants something of the visitor. */
  readonly step: string;
  readonly confirm: string;
  readonly hold: string;
  readonly holdHint: string;
  readonly holding: string;
  readonly finish: string;
  readonly tooShort: string;
  readonly network: string;
  readonly rejected: string;
  readonly limited: string;
  readonly again: string;
  readonly forbidden: string;
  readonly retry: string;
}
