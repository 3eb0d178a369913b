/**
 * Solving before the click: a visitor who moves, touches or types on the page
 * will probably send its form. One lane works with long rests, so that nobody
 * notices. What was solved in vain is thrown away, never shown.
 */

import type { Attempt } from "../core/attempt";

/** The attempt a widget makes ahead of its click. */
export class Speculation {
  readonly #begin: () => Attempt | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt: Attempt | undefined;

  /** @param begin starts an attempt with `SPECULATIVE_PACE`, or nothing if it is not worth it */
  constructor(begin: () => Attempt | undefined) {
    this.#begin = begin;
  }

  /** Waits for the visitor's next sign of life. */
  arm(): void {
    this.disarm();
    for (const sign of SIGNS) addEventListener(sign, this.#seen, { passive: true });
  }

  /** Stops waiting and throws away what was solved. */
  disarm(): void {
    this.#stopWaiting();
    this.#attempt?.cancel();
    this.#attempt = undefined;
  }

  /** Hands over the attempt, if there is one that is still worth finishing. */
  take(): Attempt | undefined {
    this.#stopWaiting();
    const attempt = this.#attempt;
    this.#attempt = undefined;
    if (!attempt?.stale) return attempt;
    attempt.cancel();
    return undefined;
  }

  readonly #seen = (): void => {
    this.#stopWaiting();
    this.#timer = setTimeout(() => {
      this.#attempt = this.#begin();
    }, DELAY);
  };

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    for (const sign of SIGNS) removeEventListener(sign, this.#seen);
  }
}

/** Lanes and rest (ms) of an attempt nobody waits for. */
export const SPECULATIVE_PACE = [1, 120] as const;

const SIGNS = ["mousemove", "touchstart", "keydown"];
// Cap waits as long: past the busy start of a page.
const DELAY = 2500;
