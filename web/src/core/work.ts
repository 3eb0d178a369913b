/**
 * The work a challenge asks for, done while the visitor does something else:
 * on half the cores, and on all of them once somebody waits.
 */

import type { Puzzle } from "./challenge";
import { cores } from "./cores";
import { Job } from "./solve";
import { solverModule } from "./solver_module";

/** Hash puzzles that ride with a step. */
export interface Work {
  readonly token: string;
  readonly puzzles: readonly Puzzle[];
}

/** Solutions as the server takes them. */
export interface SolvedWork {
  readonly token: string;
  readonly solutions: readonly number[];
}

/** Solves one piece of work at a time, and remembers the last. */
export class Worker {
  readonly #progressed: (share: number) => void;
  #token: string | undefined;
  #solved: Promise<SolvedWork> | undefined;
  #job: Job | undefined;
  #over = new AbortController();
  #lanes = 1;

  /** @param progressed told the share of solved puzzles, 0 to 1 */
  constructor(progressed: (share: number) => void) {
    this.#progressed = progressed;
  }

  /** What was begun last, once it is done; `undefined` if nothing was. Rejects with a `Failure`. */
  get solved(): Promise<SolvedWork> | undefined {
    return this.#solved;
  }

  /** Begins, unless this very work was begun before. What was in work ends. */
  begin(work: Work): void {
    if (this.#token === work.token) return;
    this.forget();
    this.#token = work.token;
    this.#lanes = Math.ceil(cores() / 2);
    this.#solved = this.#solve(work, this.#over.signal);
    // Nobody may be waiting yet.
    this.#solved.catch(() => {});
  }

  /** Uses every core: somebody waits. */
  hurry(): void {
    this.#lanes = cores();
    this.#job?.pace(this.#lanes, 0);
  }

  /** Ends what is in work, and forgets what was solved. */
  forget(): void {
    this.#over.abort();
    this.#over = new AbortController();
    this.#token = this.#solved = this.#job = undefined;
  }

  async #solve({ token, puzzles }: Work, signal: AbortSignal): Promise<SolvedWork> {
    const module = await solverModule();
    signal.throwIfAborted();
    const job = new Job(puzzles, module, this.#progressed);
    signal.addEventListener("abort", () => job.cancel());
    this.#job = job;
    job.pace(this.#lanes, 0);
    return { token, solutions: await job.solutions };
  }
}
