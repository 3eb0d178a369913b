/** A token's end: at its time, or when a device that slept through it wakes. */

/**
 * Calls back once, when the time is over.
 *
 * @param deadline by the visitor's clock, ms since 1970
 * @param signal   ends the watch without a call
 */
export function atEnd(deadline: number, over: () => void, signal: AbortSignal): void {
  const watch = new AbortController();
  const look = () => {
    if (signal.aborted || Date.now() < deadline) return;
    watch.abort();
    over();
  };
  const timer = setInterval(look, TICK);
  const stop = () => clearInterval(timer);
  watch.signal.addEventListener("abort", stop, { once: true });
  signal.addEventListener("abort", () => watch.abort(), { once: true });
  document.addEventListener("visibilitychange", look, { signal: watch.signal });
}

/** Calls back as soon as the page is seen, which may be now. */
export function whenSeen(act: () => void, signal: AbortSignal): void {
  if (!document.hidden) {
    act();
    return;
  }
  const look = () => {
    if (!signal.aborted) whenSeen(act, signal);
  };
  document.addEventListener("visibilitychange", look, { once: true, signal });
}

// Milliseconds. One long timer would stand still while a device sleeps.
const TICK = 1000;
