/** Everything the challenge says. */

/** All phrases of one language. Places in braces are filled in. */
export interface Phrases {
  /** Name of the page for assistive technology. */
  readonly group: string;
  readonly checking: string;
  readonly verified: string;
  /** Above a button that wants something of the visitor. */
  readonly step: string;
  readonly check: string;
  readonly hold: string;
  readonly holdHint: string;
  readonly holding: string;
  readonly finish: string;
  readonly tooShort: string;
  /** What to do with the slider. */
  readonly slider: string;
  readonly sliderHint: string;
  /** What the picture shows, for those who do not see it. */
  readonly sliderPicture: string;
  /** Name of the slider. */
  readonly handle: string;
  readonly back: string;
  readonly forward: string;
  readonly confirm: string;
  /** Each rule of the connect puzzle in words. */
  readonly sameShape: string;
  readonly asManyDots: string;
  readonly oneDotMore: string;
  readonly oneDotFewer: string;
  readonly makesTen: string;
  readonly connectHint: string;
  readonly connectPicture: string;
  /** `{number}` is a node's place in the order of reading. */
  readonly node: string;
  readonly joined: string;
  readonly selected: string;
  /** A pair was taken back. */
  readonly undone: string;
  readonly count: string;
  readonly undo: string;
  /** For whoever cannot use the picture. */
  readonly other: string;
  readonly otherTitle: string;
  readonly otherHint: string;
  /** After a wrong answer; the next picture is there already. */
  readonly wrong: string;
  readonly pictureFailed: string;
  readonly network: string;
  readonly rejected: string;
  readonly limited: string;
  /** `{time}` stands for minutes and seconds. */
  readonly again: string;
  readonly retry: string;
  readonly restarting: string;
  /** The site is set up wrongly. */
  readonly unset: string;
}
