/**
 * All puzzles of a challenge, handed out one by one to a pool of lanes. That
 * keeps every lane busy to the end and makes progress mean something.
 */

import type { Puzzle } from "./challenge";
import { Failure } from "./failure";
import { type Lane, openLane, pause } from "./lane";

/** A challenge in work. */
export class Job {
  /** Solutions in the order of the puzzles. Rejects with `solve_failed`; may never settle once cancelled. */
  readonly solutions: Promise<number[]>;
  readonly #puzzles: readonly Puzzle[];
  readonly #module: WebAssembly.Module | undefined;
  readonly #progressed: (share: number) => void;
  readonly #open = new Set<Lane>();
  readonly #found: number[] = [];
  #settle!: (solutions: number[]) => void;
  #fail!: (failure: Failure) => void;
  #lanes = 0;
  #next = 0;
  #done = 0;
  #rest = 0;
  #closed = false;

  /** @param progressed told the share of solved puzzles, 0 to 1, after each one */
  constructor(
    puzzles: readonly Puzzle[],
    module: WebAssembly.Module | undefined,
    progressed: (share: number) => void,
  ) {
    this.#puzzles = puzzles;
    this.#module = module;
    this.#progressed = progressed;
    this.solutions = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
  }

  /**
   * Sets the pace; lanes are added, never taken away.
   *
   * @param lanes lanes wanted in all
   * @param rest  milliseconds a lane rests between two puzzles
   */
  pace(lanes: number, rest: number): void {
    this.#rest = rest;
    while (!this.#closed && this.#lanes < Math.min(lanes, this.#puzzles.length)) {
      this.#lanes++;
      this.#work().catch(() => {
        this.cancel();
        this.#fail(new Failure("solve_failed", "The challenge could not be solved"));
      });
    }
  }

  /** Stops every lane. */
  cancel(): void {
    this.#closed = true;
    for (const lane of this.#open) lane.close();
  }

  async #work(): Promise<void> {
    const lane = await openLane(this.#module);
    if (this.#closed || (this.#open.size > 0 && !lane.parallel)) {
      lane.close();
      return;
    }
    this.#open.add(lane);
    while (this.#next < this.#puzzles.length && !this.#closed) {
      const index = this.#next++;
      const nonce = await lane.solve(this.#puzzles[index]);
      if (this.#closed) break;
      this.#found[index] = nonce;
      this.#progressed(++this.#done / this.#puzzles.length);
      if (this.#done === this.#puzzles.length) this.#settle(this.#found);
      else if (this.#rest) await pause(this.#rest);
    }
    lane.close();
    this.#open.delete(lane);
  }
}
