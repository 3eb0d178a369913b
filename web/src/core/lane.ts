/**
 * A lane solves one puzzle at a time: a worker where the page's policy allows
 * one, the page's own thread where it does not. Which kind works is found once
 * and remembered.
 */

import WORKER_PROGRAM from "worker:program";
import type { Puzzle } from "./challenge";
import { beside } from "./environment";
import { limited } from "./patience";
import { Search } from "./sha256";
import { instantiate, type Solver } from "./wasm";
import type { Order, Report } from "./worker";

/** Something that solves puzzles, one after the other. */
export interface Lane {
  /** Whether a second lane would make it faster. */
  readonly parallel: boolean;
  /** Rejects if the puzzle has no solution or the lane broke. */
  solve(puzzle: Puzzle): Promise<number>;
  /** Stops at once. A puzzle in work is never answered. */
  close(): void;
}

/** Opens a lane of the best kind this page allows. Never fails: the last kind needs nothing. */
export async function openLane(module: WebAssembly.Module | undefined): Promise<Lane> {
  while (workerAddresses.length > 0) {
    const [address] = workerAddresses;
    try {
      return await openWorker(await address(), module);
    } catch {
      // Lanes open side by side: only the first to fail strikes the address out.
      if (workerAddresses[0] === address) workerAddresses.shift();
    }
  }
  return openPage(module);
}

async function openWorker(address: string, module?: WebAssembly.Module): Promise<Lane> {
  const worker = new Worker(allowed(address) as string);
  const hear = () =>
    new Promise<Report>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = worker.onmessageerror = reject;
    });
  const tell = (order: Order) => worker.postMessage(order);
  try {
    await Promise.race([hear(), silence()]);
  } catch (error) {
    worker.terminate();
    throw error;
  }
  tell({ module });
  return {
    parallel: true,
    async solve(puzzle) {
      tell({ puzzle });
      const nonce = await hear();
      if (typeof nonce === "number") return nonce;
      throw new RangeError("The puzzle has no solution");
    },
    close: () => worker.terminate(),
  };
}

function openPage(module?: WebAssembly.Module): Lane {
  let open = true;
  let solver: Solver | undefined;
  try {
    solver = module && instantiate(module);
  } catch {
    // A module that is not a solver: the plain search stays.
  }
  return {
    parallel: false,
    async solve(puzzle) {
      const search = new Search(puzzle);
      while (open) {
        await pause(0);
        // The module cannot pause, so the page lends it its thread only for short puzzles.
        if (solver && puzzle[1].length <= SHORT_TARGET) return solver(puzzle);
        for (const end = performance.now() + SLICE; performance.now() < end; ) {
          const nonce = search.run(100);
          if (nonce !== undefined) return nonce;
        }
      }
      throw new Error("The lane is closed");
    },
    close() {
      open = false;
    },
  };
}

/** Starts workers from their file at once, as a page of our own server can: its policy need not allow blobs. */
export function preferWorkerFile(): void {
  workerAddresses.reverse();
}

/** Resolves after some milliseconds. */
export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The address as a page with Trusted Types asks for it, if it lets us; a plain one is refused there. */
function allowed(address: string): string | object {
  if (trustedTypes === undefined) {
    trustedTypes = null;
    try {
      // Only what this module makes reaches it.
      const rules = { createScriptURL: (each: string) => each };
      const { trustedTypes: factory } = window as unknown as WithTrustedTypes;
      trustedTypes = factory?.createPolicy("portcullis", rules) ?? null;
    } catch {
      // The page names the policies it allows, and ours is not among them.
    }
  }
  return trustedTypes?.createScriptURL(address) ?? address;
}

async function silence(): Promise<never> {
  await pause(START_LIMIT);
  throw new Error("The worker never started");
}

async function blobOf(program: string | Promise<string>): Promise<string> {
  return URL.createObjectURL(new Blob([await program], { type: "text/javascript" }));
}

/** The worker's program, for scripts that are built without it. */
async function fetchProgram(): Promise<string> {
  return (await fetch(beside("cap_worker.js"), { signal: limited(undefined, START_LIMIT) })).text();
}

/** The part of Trusted Types that is used here; TypeScript's own library does not know them. */
interface WithTrustedTypes {
  trustedTypes?: {
    createPolicy(name: string, rules: { createScriptURL(address: string): string }): TrustedTypes;
  };
}
interface TrustedTypes {
  createScriptURL(address: string): object;
}

/** `null` where there are none, or none for us. */
let trustedTypes: TrustedTypes | null | undefined;
let blob: Promise<string> | undefined;
const workerAddresses: (() => string | Promise<string>)[] = [
  () => {
    blob ??= blobOf(FETCHES_PROGRAM ? fetchProgram() : WORKER_PROGRAM);
    return blob;
  },
  // For policies that allow workers of this origin but no blobs.
  () => beside("cap_worker.js"),
];

const START_LIMIT = 5000;
// Hex digits a module solves in some 10 ms.
const SHORT_TARGET = 4;
// Milliseconds of work between two chances for the page to paint.
const SLICE = 12;
