/**
 * What the server may ask for, read once. Everything has a bound: a broken
 * answer is an error here, not a page that hangs.
 */

import { puzzlesOf } from "../../core/challenge";
import type { Work } from "../../core/work";

/** A place in a picture, CSS pixels from its corner. */
export type Place = readonly [x: number, y: number];

/** A picture's size, CSS pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** What every step has. */
interface Base {
  readonly id: string;
  readonly work: Work;
}

/** Nothing to do, or a click. */
export interface PlainStep extends Base {
  readonly kind: "work" | "checkbox";
}

/** A button to hold for so many milliseconds. */
export interface HoldStep extends Base {
  readonly kind: "press_hold";
  readonly holdMs: number;
}

/** A piece to move along a path. */
export interface SliderStep extends Base, Size {
  readonly kind: "slider";
  readonly piece: Size;
  /** The piece's corner at equally spaced travels of the handle, 0 to 1. */
  readonly path: readonly Place[];
}

/** Nodes to join in pairs. */
export interface ConnectStep extends Base, Size {
  readonly kind: "connect";
  readonly nodes: readonly Place[];
  /** What belongs together: a code that every language has words for. */
  readonly rule: string;
  readonly pairs: number;
}

/** One step of a flow. */
export type Step = PlainStep | HoldStep | SliderStep | ConnectStep;

/**
 * Reads a step.
 *
 * @throws {TypeError} if it is none
 */
export function stepOf(value: unknown): Step {
  const fields = (value ?? {}) as Fields;
  const { id, kind } = fields;
  const { token, challenges } = (fields.work ?? {}) as Fields;
  ensure(typeof id === "string" && id && id.length <= NAME_MAX);
  const puzzles = puzzlesOf({ token, challenge: challenges });
  const base = { id: id as string, work: { token: token as string, puzzles } };
  if (kind === "work" || kind === "checkbox") return { ...base, kind };
  if (kind === "press_hold") return { ...base, kind, holdMs: number(fields.holdMs, 0, 20_000) };
  if (kind === "slider") {
    const piece = sizeOf(fields.piece);
    return { ...base, kind, ...sizeOf(fields), piece, path: places(fields.path, 2, 1000) };
  }
  ensure(kind === "connect" && typeof fields.rule === "string");
  const nodes = places(fields.nodes, 2, 64);
  const pairs = number(fields.pairs, 1, nodes.length / 2);
  return { ...base, kind: "connect", ...sizeOf(fields), nodes, rule: String(fields.rule), pairs };
}

const sizeOf = (value: unknown): Size => {
  const { width, height } = (value ?? {}) as Fields;
  return { width: number(width, 1, SIDE_MAX), height: number(height, 1, SIDE_MAX) };
};

function places(value: unknown, least: number, most: number): Place[] {
  ensure(Array.isArray(value) && value.length >= least && value.length <= most);
  return (value as unknown[]).map((place) => {
    ensure(Array.isArray(place) && place.length === 2);
    const [x, y] = place as unknown[];
    return [number(x, -SIDE_MAX, SIDE_MAX), number(y, -SIDE_MAX, SIDE_MAX)];
  });
}

function number(value: unknown, least: number, most: number): number {
  ensure(typeof value === "number" && value >= least && value <= most);
  return value as number;
}

function ensure(sound: unknown): void {
  if (!sound) throw new TypeError("The server sent a step that this page cannot read");
}

type Fields = Record<string, unknown>;

const NAME_MAX = 8192;
const SIDE_MAX = 2000;
