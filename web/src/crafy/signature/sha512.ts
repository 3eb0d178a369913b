/**
 * SHA-512 (FIPS 180-4) for short messages, on pages where `crypto.subtle` does
 * not exist. Big integers are slow and short; a signed message has a few blocks.
 */

/** The digest of a message, 64 bytes. */
export function sha512(message: Uint8Array): Uint8Array {
  const blocks = Math.ceil((message.length + 17) / 128);
  const padded = new Uint8Array(blocks * 128);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  const state = BigUint64Array.from(INITIAL_STATE);
  for (let at = 0; at < padded.length; at += 128) compress(state, view, at);
  const digest = new DataView(new ArrayBuffer(64));
  state.forEach((word, index) => {
    digest.setBigUint64(index * 8, word);
  });
  return new Uint8Array(digest.buffer);
}

/** Adds one 128-byte block to the state (FIPS 180-4, 6.4.2). */
function compress(state: BigUint64Array, bytes: DataView, offset: number): void {
  for (let i = 0; i < 16; i++) SCHEDULE[i] = bytes.getBigUint64(offset + i * 8);
  for (let i = 16; i < 80; i++) {
    const x = SCHEDULE[i - 15];
    const y = SCHEDULE[i - 2];
    const s0 = turned(x, 1n) ^ turned(x, 8n) ^ (x >> 7n);
    const s1 = turned(y, 19n) ^ turned(y, 61n) ^ (y >> 6n);
    // The array keeps the low 64 bits of what it is given.
    SCHEDULE[i] = SCHEDULE[i - 16] + s0 + SCHEDULE[i - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 80; i++) {
    const s1 = turned(e, 14n) ^ turned(e, 18n) ^ turned(e, 41n);
    const t1 = h + s1 + ((e & f) ^ (~e & g)) + ROUND[i] + SCHEDULE[i];
    const s0 = turned(a, 28n) ^ turned(a, 34n) ^ turned(a, 39n);
    const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, low(d + t1), c, b, a, low(t1 + t2)];
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] += word;
  });
}

const low = (value: bigint): bigint => BigInt.asUintN(64, value);

const turned = (word: bigint, by: bigint): bigint => (word >> by) | low(word << (64n - by));

/** The largest integer whose `power`-th power is at most `value` (Newton's way, from above). */
function root(value: bigint, power: bigint): bigint {
  let guess = 1n << (BigInt(value.toString(2).length) / power + 1n);
  for (;;) {
    const next = ((power - 1n) * guess + value / guess ** (power - 1n)) / power;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** The first 64 bits of the fractional part of each root, as the standard derives its constants. */
const fractions = (count: number, power: bigint): BigUint64Array =>
  BigUint64Array.from(PRIMES.slice(0, count), (prime) => root(prime << (64n * power), power));

// Derived, not listed, as in the solver's own SHA-256.
const PRIMES: bigint[] = [];
for (let n = 2n; PRIMES.length < 80; n++) {
  if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
}
const ROUND = fractions(80, 3n);
const INITIAL_STATE = fractions(8, 2n);
const SCHEDULE = new BigUint64Array(80);
