/**
 * The two calls of the Cap protocol, typed. Everything a server can answer
 * wrongly ends here as a `Failure`.
 */

import { type Puzzle, puzzlesOf } from "./challenge";
import { settings } from "./environment";
import { Failure, type FailureCode } from "./failure";
import { remainingLife } from "./life";
import { limited } from "./patience";

/** A challenge as the solver needs it. */
export interface Challenge {
  readonly token: string;
  readonly puzzles: readonly Puzzle[];
  /** End of its life, by the visitor's clock (ms since 1970). */
  readonly deadline: number;
}

/** A verification token for the site's backend. */
export interface Redeemed {
  readonly token: string;
  /** End of its life, by the visitor's clock (ms since 1970). */
  readonly deadline: number;
}

/** What a site may bind a token to; sent only when the page set it. */
export interface Binding {
  readonly action?: string;
  readonly cdata?: string;
  /** Whose interface the page works with, where that is not ours. */
  readonly vendor?: string;
}

/**
 * Asks for a challenge.
 *
 * @param endpoint the site's address, ending in a slash
 * @throws {Failure} `network_error`, `challenge_parse_error`, `challenge_unsupported`
 */
export async function fetchChallenge(
  endpoint: string,
  binding: Binding,
  signal: AbortSignal,
): Promise<Challenge> {
  const { vendor, ...bound } = binding;
  const [reply, deadline] = await post(
    `${endpoint}challenge${vendor ? `?vendor=${vendor}` : ""}`,
    Object.keys(bound).length ? bound : undefined,
    "challenge_parse_error",
    signal,
  );
  if (reply.error) throw refusal("network_error", reply, "The server refused");
  const puzzles = puzzlesOf(reply);
  return { token: reply.token as string, puzzles, deadline };
}

/**
 * Trades solutions for a verification token.
 *
 * @throws {Failure} `network_error`, `redeem_failed`, `invalid_solution`
 */
export async function redeem(
  endpoint: string,
  challenge: Challenge,
  solutions: readonly number[],
  signal: AbortSignal,
): Promise<Redeemed> {
  const body = { token: challenge.token, solutions };
  const [reply, deadline] = await post(`${endpoint}redeem`, body, "redeem_failed", signal);
  if (!reply.success) throw refusal("invalid_solution", reply, "Invalid solution");
  if (typeof reply.token !== "string") throw new Failure("redeem_failed", "No token in the reply");
  return { token: reply.token, deadline };
}

/** Posts, and reads a JSON object whatever the status: servers explain failures in the body. */
async function post(
  address: string,
  body: unknown,
  unreadable: FailureCode,
  signal: AbortSignal,
): Promise<[reply: Record<string, unknown>, deadline: number]> {
  const request: RequestInit = { method: "POST", signal: limited(signal) };
  // A post without a body stays a simple request, which needs no CORS preflight.
  if (body) {
    request.body = JSON.stringify(body);
    request.headers = { "Content-Type": "application/json" };
  }
  let response: Response;
  try {
    response = await (settings().CAP_CUSTOM_FETCH ?? fetch)(address, request);
  } catch {
    throw new Failure("network_error", "The server could not be reached");
  }
  const reply: unknown = await response.json().catch(() => undefined);
  if (!reply || typeof reply !== "object") {
    throw new Failure(unreadable, "The server's answer could not be read");
  }
  const fields = reply as Record<string, unknown>;
  const now = Date.now();
  const date = response.headers?.get("date") ?? null;
  return [fields, now + remainingLife(fields.expires, date, now)];
}

function refusal(code: FailureCode, reply: Record<string, unknown>, otherwise: string): Failure {
  const { error, reason } = reply;
  return new Failure(
    code,
    typeof error === "string" && error ? error : otherwise,
    typeof reason === "string" ? reason : undefined,
  );
}
