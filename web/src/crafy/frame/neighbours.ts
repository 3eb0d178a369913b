/** Which node lies next in a direction, for those who walk from node to node by arrow keys. */

import type { Place } from "./step";

/** Directions by key. */
export const DIRECTIONS: Readonly<Record<string, Place>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * The nearest node ahead; what lies to the side counts as farther away. Every
 * node that has another one ahead leads on.
 */
export function neighbour(
  nodes: readonly Place[],
  from: number,
  [dx, dy]: Place,
): number | undefined {
  const [x, y] = nodes[from];
  let best: { node: number; cost: number } | undefined;
  nodes.forEach(([nx, ny], node) => {
    const ahead = (nx - x) * dx + (ny - y) * dy;
    if (node === from || ahead <= 0) return;
    const aside = Math.abs((nx - x) * dy) + Math.abs((ny - y) * dx);
    const cost = ahead + 2 * aside;
    if (!best || cost < best.cost) best = { node, cost };
  });
  return best?.node;
}
