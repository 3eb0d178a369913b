/**
 * A search for a puzzle's nonce in plain JavaScript (SHA-256, FIPS 180-4).
 * It runs where wasm may not, and on plain http, where `crypto.subtle` does not
 * exist. Whole blocks of salt are hashed once; a nonce costs one block, rarely two.
 */

import type { Puzzle } from "./challenge";

/** A search that can be run in slices. */
export class Search {
  readonly #midstate = Int32Array.from(INITIAL_STATE);
  readonly #state = new Int32Array(8);
  readonly #tail = new Uint8Array(128);
  readonly #tailLength: number;
  readonly #saltLength: number;
  readonly #target: number[];
  readonly #mask: number[];
  #nonce = 0;

  /** @param puzzle salt of up to 256 hex digits, target of 1 to 16 hex digits */
  constructor([salt, target]: Puzzle) {
    const bytes = new TextEncoder().encode(salt);
    const whole = bytes.length & ~63;
    for (let at = 0; at < whole; at += 64) compress(this.#midstate, bytes, at);
    this.#tail.set(bytes.subarray(whole));
    this.#tailLength = bytes.length - whole;
    this.#saltLength = bytes.length;
    this.#target = halves(target.padEnd(16, "0"));
    this.#mask = halves("f".repeat(target.length).padEnd(16, "0"));
  }

  /** Tries the next `attempts` nonces; the one that fits, or `undefined`. */
  run(attempts: number): number | undefined {
    const [high, low] = this.#target;
    const [highMask, lowMask] = this.#mask;
    for (const end = this.#nonce + attempts; this.#nonce < end; this.#nonce++) {
      const state = this.#hash(`${this.#nonce}`);
      if (!(((state[0] ^ high) & highMask) | ((state[1] ^ low) & lowMask))) return this.#nonce;
    }
    return undefined;
  }

  #hash(digits: string): Int32Array {
    const tail = this.#tail;
    let at = this.#tailLength;
    for (let i = 0; i < digits.length; i++) tail[at++] = digits.charCodeAt(i);
    tail[at++] = 0x80;
    // The length of the message takes the last eight bytes of the last block.
    const end = at > 56 ? 128 : 64;
    tail.fill(0, at, end);
    const bits = (this.#saltLength + digits.length) * 8;
    tail[end - 2] = bits >> 8;
    tail[end - 1] = bits;
    this.#state.set(this.#midstate);
    for (let block = 0; block < end; block += 64) compress(this.#state, tail, block);
    return this.#state;
  }
}

/** The 64 high bits of a digest as two signed words. */
const halves = (hex: string): number[] => [
  Number.parseInt(hex.slice(0, 8), 16) | 0,
  Number.parseInt(hex.slice(8), 16) | 0,
];

/** Adds one 64-byte block to the state (FIPS 180-4, 6.2.2). */
function compress(state: Int32Array, bytes: Uint8Array, offset: number): void {
  for (let i = 0, at = offset; i < 16; i++, at += 4) {
    SCHEDULE[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let i = 16; i < 64; i++) {
    const x = SCHEDULE[i - 15];
    const y = SCHEDULE[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    SCHEDULE[i] = SCHEDULE[i - 16] + s0 + SCHEDULE[i - 7] + s1;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[i] + SCHEDULE[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

/** The first 32 bits of the fractional part of each root, as the standard derives its constants. */
const fractions = (count: number, root: (prime: number) => number): Int32Array =>
  Int32Array.from(PRIMES.slice(0, count), (prime) => (root(prime) % 1) * 2 ** 32);

// Derived, not listed: 64 random-looking words do not compress.
const PRIMES: number[] = [];
for (let n = 2; PRIMES.length < 64; n++) {
  if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
}
const ROUND = fractions(64, Math.cbrt);
const INITIAL_STATE = fractions(8, Math.sqrt);
const SCHEDULE = new Int32Array(64);
