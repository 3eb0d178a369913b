/**
 * The forms a challenge may have on the wire, turned into one list of puzzles.
 * Bounds are those of Cap's own core: a hostile or broken server gets an error,
 * not a browser tab that works for ever.
 */

import { Failure } from "./failure";
import { prng } from "./prng";

/** Salt and target, both hex: find a number whose SHA-256 after the salt starts with the target. */
export type Puzzle = readonly [salt: string, target: string];

/**
 * Reads the puzzles of a challenge reply: `{c, s, d}` (seeded by the token) or
 * an explicit list of pairs.
 *
 * @throws {Failure} `challenge_unsupported` for any other form or out of bounds
 */
export function puzzlesOf(reply: Record<string, unknown>): Puzzle[] {
  const { challenge, token, instrumentation } = reply;
  if (typeof token === "string" && !instrumentation) {
    const puzzles = Array.isArray(challenge) ? listed(challenge) : seeded(token, challenge);
    if (puzzles) return puzzles;
  }
  throw new Failure("challenge_unsupported", "The server sent a challenge this widget cannot read");
}

function listed(challenge: unknown[]): Puzzle[] | undefined {
  const sound =
    within(challenge.length, MAX_COUNT) &&
    challenge.every(
      (pair) =>
        Array.isArray(pair) &&
        pair.length === 2 &&
        isHex(pair[0], MAX_SALT) &&
        isHex(pair[1], MAX_TARGET),
    );
  return sound ? (challenge as Puzzle[]) : undefined;
}

function seeded(token: string, challenge: unknown): Puzzle[] | undefined {
  const { c, s, d } = (challenge ?? {}) as Record<string, unknown>;
  if (!within(c, MAX_COUNT) || !within(s, MAX_SALT) || !within(d, MAX_TARGET)) return undefined;
  return Array.from({ length: c }, (_, index) => {
    const seed = `${token}${index + 1}`;
    return [prng(seed, s), prng(`${seed}d`, d)];
  });
}

const within = (value: unknown, max: number): value is number =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max;

const isHex = (value: unknown, max: number): boolean =>
  typeof value === "string" && within(value.length, max) && /^[0-9a-f]+$/.test(value);

const MAX_COUNT = 1000;
const MAX_SALT = 256;
const MAX_TARGET = 16;
