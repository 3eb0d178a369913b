/**
 * Failures in a row, and the pauses after them: a server in trouble is asked
 * less and less often, also by a page that starts anew whenever something failed.
 */
export class Failures {
  #number = 0;
  #last = 0;

  /** One more, now. */
  add(): void {
    this.#number++;
    this.#last = Date.now();
  }

  /** Something went well. */
  end(): void {
    this.#number = 0;
  }

  /**
   * Milliseconds left of a pause since the last one; 0 without any.
   *
   * @param pause after a first failure; twice as long after each further one
   */
  left(pause: number): number {
    const whole = this.#number ? pause * 2 ** (this.#number - 1) : 0;
    const longest = Math.max(pause, LONGEST);
    return Math.max(0, Math.min(whole, longest) - (Date.now() - this.#last));
  }
}

// Milliseconds.
const LONGEST = 300_000;
