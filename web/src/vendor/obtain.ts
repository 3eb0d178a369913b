/** A token for a site key, over the Cap door of the server that the script came from. */

import { Attempt } from "../core/attempt";
import { beside } from "../core/environment";
import { Failure } from "../core/failure";
import type { Binding, Redeemed } from "../core/protocol";
import type { Rehearsal } from "./rehearsal";

/**
 * Works for a token. With a test key nobody is asked.
 *
 * @param progressed told the share of work done, 0 to 1
 * @throws {Failure}
 */
export async function obtain(
  sitekey: string,
  binding: Binding,
  rehearsal: Rehearsal | undefined,
  lanes: number,
  signal: AbortSignal,
  progressed: (share: number) => void,
): Promise<Redeemed> {
  signal.throwIfAborted();
  if (rehearsal) {
    if (rehearsal.token) return { token: rehearsal.token, deadline: Number.POSITIVE_INFINITY };
    throw new Failure("invalid_solution", "This test key never passes");
  }
  const attempt = new Attempt(beside(`../cap/${sitekey}/`), binding, lanes);
  signal.addEventListener("abort", () => attempt.cancel(), { once: true });
  attempt.onprogress = progressed;
  return attempt.token();
}
