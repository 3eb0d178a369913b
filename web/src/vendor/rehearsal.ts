/**
 * The vendors' site keys for testing. They ask no server: their token is one
 * that only a secret key for testing accepts, where a server allows those at all.
 */

/** How a test key behaves. */
export interface Rehearsal {
  /** What it ends with; without one it fails. */
  readonly token?: string;
  /** Whether the visitor is asked for a click. */
  readonly asks?: boolean;
  /** Whether it stands for a key whose widgets are never seen. */
  readonly unseen?: boolean;
}

/** Test keys by name. */
export type Rehearsals = Readonly<Record<string, Rehearsal>>;

/** What a key rehearses; `undefined` for real keys. */
export const rehearsalOf = (sitekey: string, keys: Rehearsals): Rehearsal | undefined =>
  Object.hasOwn(keys, sitekey) ? keys[sitekey] : undefined;
