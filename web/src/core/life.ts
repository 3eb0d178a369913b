/**
 * How long something the server dated still lives, whatever the visitor's
 * clock says. Clocks of visitors are off by minutes and by years; a widget that
 * believes them resets at once or never.
 */

/**
 * Milliseconds from now until `expires`, always within (0, 24 h).
 *
 * The server's own clock (the `Date` header of the same reply) decides where
 * it can be read, the visitor's otherwise. If the outcome makes no sense,
 * `FALLBACK_LIFE` is assumed: early is a second click, late is a lost form.
 *
 * @param expires time of expiry, as milliseconds or an ISO string
 * @param date    the reply's `Date` header, if the browser shows it
 * @param now     the visitor's clock, ms since 1970
 */
export function remainingLife(expires: unknown, date: string | null, now: number): number {
  const end = typeof expires === "number" ? expires : Date.parse(String(expires));
  const life = end - ((date && Date.parse(date)) || now);
  return life > 0 && life < DAY ? life : FALLBACK_LIFE;
}

const DAY = 86_400_000;
// The shortest token life any known Cap server has by default.
const FALLBACK_LIFE = 300_000;
