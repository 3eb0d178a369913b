/** The moment at which a page has time for us. */

/** Calls back once the page is seen, has settled, and there was time for the visitor to show. */
export function whenIdle(begin: () => void): void {
  if (document.hidden) {
    document.addEventListener("visibilitychange", () => whenIdle(begin), { once: true });
    return;
  }
  setTimeout(() => {
    if ("requestIdleCallback" in window) requestIdleCallback(begin, { timeout: IDLE_LIMIT });
    else begin();
  }, SETTLING);
}

const SETTLING = 500;
const IDLE_LIMIT = 300;
