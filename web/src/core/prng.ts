/**
 * The generator of Cap's seeded challenges: an FNV-1a state stepped by
 * xorshift32. Bit-exact with every Cap server; it is a format, not a source of
 * randomness.
 */

/** FNV-1a over UTF-16 code units, 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash;
}

/** The first `length` lower-case hex digits of the stream seeded with `seed`. */
export function prng(seed: string, length: number): string {
  let state = fnv1a(seed);
  let hex = "";
  while (hex.length < length) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    hex += (state >>> 0).toString(16).padStart(8, "0");
  }
  return hex.slice(0, length);
}
