/** What is known of a visit, in the form that every door's server reads. */

import type { Behavior, Point, Recorder } from "./behavior";
import { type Fingerprint, fingerprint } from "./fingerprint";

/** A browser, what its visitor did so far, and the page it happened on. */
export interface Visit {
  fingerprint: Fingerprint;
  motion: Point[];
  behavior: Behavior;
  page: string;
  referrer: string;
}

/** The visit as it is now. */
export const telemetryOf = (recorder: Recorder): Visit => ({
  fingerprint: fingerprint(),
  motion: recorder.motion(),
  behavior: recorder.behavior(),
  page: bare(location.href),
  referrer: bare(document.referrer),
});

/** An address without what may be private in it, nor longer than the server reads. */
const bare = (address: string): string => address.replace(/[?#].*/s, "").slice(0, 2048);
