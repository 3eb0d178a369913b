/** Where a piece is for each travel of its handle, as the server's table says; linear in between. */

import type { Place } from "./step";

/** The place at a travel, 0 to 1. */
export function placeAt(path: readonly Place[], travel: number): Place {
  const at = Math.min(Math.max(travel, 0), 1) * (path.length - 1);
  const before = Math.min(Math.floor(at), path.length - 2);
  const [from, to] = [path[before], path[before + 1]];
  const part = at - before;
  return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
}

/**
 * The travel, 0 to 1, at which the piece is nearest to a place. Where several
 * are equally near, the first.
 */
export function travelNear(path: readonly Place[], [x, y]: Place): number {
  let best = { travel: 0, distance: Number.POSITIVE_INFINITY };
  for (let before = 0; before < path.length - 1; before++) {
    const [[ax, ay], [bx, by]] = [path[before], path[before + 1]];
    const [dx, dy] = [bx - ax, by - ay];
    const square = dx * dx + dy * dy;
    const along = square ? ((x - ax) * dx + (y - ay) * dy) / square : 0;
    const part = Math.min(Math.max(along, 0), 1);
    const distance = Math.hypot(ax + dx * part - x, ay + dy * part - y);
    if (distance < best.distance) best = { travel: (before + part) / (path.length - 1), distance };
  }
  return best.travel;
}

/** How far the handle has to travel for the piece to move by about `distance` CSS pixels. */
export function stride(path: readonly Place[], travel: number, distance: number): number {
  const [from, to] = [placeAt(path, travel - PROBE), placeAt(path, travel + PROBE)];
  const span = Math.min(travel + PROBE, 1) - Math.max(travel - PROBE, 0);
  const speed = Math.hypot(to[0] - from[0], to[1] - from[1]) / span;
  return Math.min(Math.max(distance / (speed || 1), 0.001), 0.05);
}

const PROBE = 0.01;
