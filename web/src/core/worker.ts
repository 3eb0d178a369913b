/**
 * The program of a solver worker. First message: the compiled module or
 * nothing. Every further message: one puzzle, answered by its nonce or by
 * `null` if it cannot be solved. It says "ready" first, since a worker that a
 * policy blocked is silent in some browsers.
 */

import type { Puzzle } from "./challenge";
import { Search } from "./sha256";
import { instantiate, type Solver } from "./wasm";

/** What a worker is told. */
export type Order =
  | { readonly module?: WebAssembly.Module | undefined }
  | { readonly puzzle: Puzzle };

/** What a worker says. */
export type Report = "ready" | number | null;

function searchAll(puzzle: Puzzle): number {
  const search = new Search(puzzle);
  for (;;) {
    const nonce = search.run(1 << 16);
    if (nonce !== undefined) return nonce;
  }
}

let solver: Solver = searchAll;
const say = (report: Report): void => self.postMessage(report);

self.onmessage = ({ data }: MessageEvent<Order>) => {
  if ("puzzle" in data) {
    try {
      say(solver(data.puzzle));
    } catch {
      say(null);
    }
  } else if (data.module) {
    try {
      solver = instantiate(data.module);
    } catch {
      // A module that is not a solver: the plain search stays.
    }
  }
};

say("ready");
