/**
 * One attempt at a token: challenge, solutions, and in the end the redeem.
 * Solving may start long before the token is wanted; redeeming may not, so that
 * the token's life starts when the visitor asks for it.
 */

import { type Binding, type Challenge, fetchChallenge, type Redeemed, redeem } from "./protocol";
import { Job } from "./solve";
import { solverModule } from "./solver_module";

/** A challenge being fetched and solved. */
export class Attempt {
  /** Told the share of solved puzzles, 0 to 1. */
  onprogress: (share: number) => void = () => {};
  /** Told once if the puzzles are solved without WebAssembly. */
  onslow: () => void = () => {};
  readonly #abort = new AbortController();
  readonly #endpoint: string;
  readonly #solutions: Promise<number[]>;
  #challenge: Challenge | undefined;
  #job: Job | undefined;
  #failed = false;
  #share = 0;
  #slow = false;
  #lanes = 1;
  #rest = 0;

  /** @param endpoint the site's address, ending in a slash */
  constructor(endpoint: string, binding: Binding, lanes: number, rest = 0) {
    this.#endpoint = endpoint;
    this.pace(lanes, rest);
    this.#solutions = this.#solve(binding);
    // A failed attempt nobody asked for is no error of the page.
    this.#solutions.catch(() => {
      this.#failed = true;
    });
  }

  /** Whether the visitor would wait in vain: it failed, or its challenge is about to expire. */
  get stale(): boolean {
    const deadline = this.#challenge?.deadline ?? Number.POSITIVE_INFINITY;
    return this.#failed || Date.now() > deadline - MARGIN;
  }

  /** Share of solved puzzles so far, 0 to 1. */
  get share(): number {
    return this.#share;
  }

  /** Whether the puzzles are solved without WebAssembly. */
  get slow(): boolean {
    return this.#slow;
  }

  /** Sets how many lanes work and how long each rests between puzzles (ms). */
  pace(lanes: number, rest: number): void {
    this.#lanes = lanes;
    this.#rest = rest;
    this.#job?.pace(lanes, rest);
  }

  /**
   * Waits for the solutions and redeems them. After `cancel` it may never settle.
   *
   * @throws {Failure}
   */
  async token(): Promise<Redeemed> {
    const solutions = await this.#solutions;
    return redeem(this.#endpoint, this.#challenge as Challenge, solutions, this.#abort.signal);
  }

  /** Stops the calls and the lanes. */
  cancel(): void {
    this.#abort.abort();
    this.#job?.cancel();
  }

  async #solve(binding: Binding): Promise<number[]> {
    const { signal } = this.#abort;
    const loading = solverModule();
    this.#challenge = await fetchChallenge(this.#endpoint, binding, signal);
    const module = await loading;
    this.#slow = !module;
    if (this.#slow) this.onslow();
    const job = new Job(this.#challenge.puzzles, module, (share) => {
      this.#share = share;
      this.onprogress(share);
    });
    this.#job = job;
    if (!signal.aborted) job.pace(this.#lanes, this.#rest);
    return job.solutions;
  }
}

// Enough for the redeem to arrive before the challenge expires.
const MARGIN = 10_000;
