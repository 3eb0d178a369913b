/** What the vendors' widgets do differently: each of them, and each page, sets this for its widget. */

import type { Binding } from "../core/protocol";
import type { Rehearsal } from "./rehearsal";

/** How a widget behaves. */
export interface Conduct {
  readonly sitekey: string;
  readonly binding: Binding;
  /** Set for a test key. */
  readonly rehearsal: Rehearsal | undefined;
  /** Code of settings that cannot lead to a token. */
  readonly problem: string | undefined;
  /** When it starts: by itself, when the page says so, or when the visitor clicks. */
  readonly starts: "itself" | "told" | "clicked";
  /** When its face is seen: always, from its start, only while it wants something, or never. */
  readonly shown: "always" | "started" | "asking" | "never";
  /** `auto` follows the visitor. */
  readonly theme: "auto" | "light" | "dark" | "contrast";
  /** Milliseconds after which a failure is followed by another try; `undefined` for never. */
  readonly retryInterval: number | undefined;
  /** Milliseconds after which a token counts as expired, however long it really lives. */
  readonly life: number;
  readonly refreshExpired: Refresh;
  readonly refreshTimeout: Refresh;
}

/** What follows the end of a token, or of our patience with a visitor: a new try, a question, nothing. */
export type Refresh = "auto" | "manual" | "never";

/** Who hears what becomes of a widget. */
export interface Listener {
  /** The token is in the form already. */
  solved(token: string): void;
  expired(token: string): void;
  failed(error: unknown): void;
  started?(): void;
  /** The page called off what ran. */
  closed?(): void;
  /** The visitor is asked for a click, and did click. */
  asked?(): void;
  answered?(): void;
  timedOut?(): void;
}
