/**
 * The vendor's site keys for testing. They ask no server: their token is one
 * that only a secret key for testing accepts, where a server allows those at all.
 */

/** How a test key behaves. */
export interface Rehearsal {
  /** Whether it ends with a token. */
  readonly passes: boolean;
  /** Whether the visitor has to click first. */
  readonly asks?: boolean;
}

/** What a key rehearses; `undefined` for real keys. */
export const rehearsalOf = (sitekey: string): Rehearsal | undefined =>
  Object.hasOwn(KEYS, sitekey) ? KEYS[sitekey] : undefined;

/** What test keys have for a token. */
export const DUMMY_TOKEN = "XXXX.DUMMY.TOKEN.XXXX";

const KEYS: Readonly<Record<string, Rehearsal>> = {
  "1x00000000000000000000AA": { passes: true },
  "2x00000000000000000000AB": { passes: false },
  "1x00000000000000000000BB": { passes: true },
  "2x00000000000000000000BB": { passes: false },
  "3x00000000000000000000FF": { passes: true, asks: true },
};
