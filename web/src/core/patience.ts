/** An end to waiting for a connection that is dead. */

/**
 * A signal for a call that takes no longer than this, in browsers that can make one; in others the page's own.
 *
 * @param signal the page's own wish to stop
 */
export function limited(signal?: AbortSignal, milliseconds = PATIENCE): AbortSignal | null {
  const end = AbortSignal.timeout?.(milliseconds);
  if (!signal) return end ?? null;
  return end && AbortSignal.any ? AbortSignal.any([signal, end]) : signal;
}

// Milliseconds for one call, on the worst of networks.
const PATIENCE = 30_000;
