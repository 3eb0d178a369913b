/**
 * The solver module: fetching it, and calling one puzzle through it.
 * The ABI is that of Cap's module, so either can stand in for the other.
 */

import type { Puzzle } from "./challenge";
import { limited } from "./patience";

/** Solves one puzzle without a pause; throws where the module says it cannot. */
export type Solver = (puzzle: Puzzle) => number;

/**
 * Fetches and compiles the first address that yields a module. `undefined` if
 * the browser has no WebAssembly, the page's policy forbids it, or none loads
 * in time: plain JavaScript solves too, and a visitor waits.
 */
export async function loadModule(addresses: string[]): Promise<WebAssembly.Module | undefined> {
  try {
    // The smallest module there is: a policy without 'wasm-unsafe-eval' refuses it here.
    new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  } catch {
    return undefined;
  }
  const signal = limited(undefined, PATIENCE);
  for (const address of addresses) {
    try {
      const response = await fetch(address, { signal });
      if (response.ok) return await WebAssembly.compile(await response.arrayBuffer());
    } catch {
      // The next address may suit this browser: the second is built without SIMD.
    }
  }
  return undefined;
}

/** Makes a solver of a compiled module. Throws if the module is not one. */
export function instantiate(module: WebAssembly.Module): Solver {
  const imports: Record<string, Record<string, () => void>> = {};
  // Cap's module asks for glue that a solver of bytes and numbers never needs.
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = () => {};
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  const { memory, solve_pow, __wbindgen_malloc } = exports as unknown as SolverExports;
  if (!solve_pow) throw new TypeError("The module is not a solver");
  const copy = (text: string): [pointer: number, length: number] => {
    const bytes = new TextEncoder().encode(text);
    const pointer = __wbindgen_malloc(bytes.length, 1) >>> 0;
    new Uint8Array(memory.buffer).set(bytes, pointer);
    return [pointer, bytes.length];
  };
  return ([salt, target]) => {
    const nonce = Number(BigInt.asUintN(64, solve_pow(...copy(salt), ...copy(target))));
    if (!Number.isSafeInteger(nonce)) throw new RangeError("The puzzle has no solution");
    return nonce;
  };
}

// Milliseconds for all addresses together. A connection may hang where another would be refused.
const PATIENCE = 8000;

interface SolverExports {
  memory: WebAssembly.Memory;
  /** The nonce as an unsigned 64-bit number; all ones if there is none. */
  solve_pow(salt: number, saltLength: number, target: number, targetLength: number): bigint;
  __wbindgen_malloc(size: number, align: number): number;
}
