/**
 * What the server answers to a challenge request, read once. Everything it can
 * say, and everything a network can do to it, is one of these outcomes.
 */

import { puzzlesOf } from "../core/challenge";
import { remainingLife } from "../core/life";
import { limited } from "../core/patience";
import type { Work } from "../core/work";

/** Something the visitor, or the browser alone, has to do. */
export interface Step {
  readonly outcome: "step";
  /** `work` needs no visitor. */
  readonly kind: "work" | "confirm" | "press_hold";
  readonly challengeId: string;
  /** Milliseconds, 0 to 20,000. */
  readonly requiredHold: number;
  readonly work: Work | undefined;
  /** Whether it is asked again because the last try was no good. */
  readonly again: boolean;
}

/** A token for the site's backend. */
export interface Success {
  readonly outcome: "success";
  readonly token: string;
  /** Milliseconds the token lives, counted from the answer. */
  readonly life: number;
  /** The whole answer, for the page. */
  readonly detail: Record<string, unknown>;
}

/** No token, for now or for good. */
export interface Refusal {
  readonly outcome: "refusal";
  /**
   * `unreachable` no answer, or none that makes sense · `stale` the step is over ·
   * `rejected` too risky · `forbidden` the site does not allow this page ·
   * `limited` too many attempts.
   */
  readonly why: "unreachable" | "stale" | "rejected" | "forbidden" | "limited";
  /** The server's own words, for the page's author. */
  readonly message: string;
  /** Milliseconds until another attempt makes sense; only with `limited`. */
  readonly wait?: number;
}

/** The server took note and has nothing else to say, as of a hold that begins. */
export interface Noted {
  readonly outcome: "noted";
}

/** Whatever a request came to. */
export type Answer = Step | Success | Refusal | Noted;

/**
 * Posts a challenge request. Never rejects, except when aborted.
 *
 * @param address where challenges are posted
 * @throws the signal's reason
 */
export async function ask(address: string, body: unknown, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      credentials: "omit",
      signal: limited(signal),
    });
    const reply: unknown = await response.json();
    return read(response.status, (reply ?? {}) as Reply, response.headers.get("date"));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return refusal("unreachable", String(error));
  }
}

/** Makes an outcome of a status and a JSON body. */
export function read(status: number, reply: Reply, date: string | null): Answer {
  const message = text(reply.error) || `status ${status}`;
  if (status === 200 && reply.state === "success" && text(reply.token)) {
    const life = within(reply.expiresIn, 1, 86_400) ?? FALLBACK_LIFE;
    return { outcome: "success", token: text(reply.token), life: life * 1000, detail: reply };
  }
  if (status === 202) return step(reply) ?? { outcome: "noted" };
  if (status === 400) return refusal("stale", message);
  if (status === 403) return refusal(reply.state === "failed" ? "rejected" : "forbidden", message);
  if (status === 429) {
    const wait = remainingLife(reply.resetAt, date, Date.now());
    return { outcome: "refusal", why: "limited", message, wait };
  }
  return refusal("unreachable", message);
}

function step(reply: Reply): Step | undefined {
  const kind = reply.state === "work_required" ? "work" : reply.challengeType;
  const challengeId = text(reply.challengeId);
  if (!challengeId) return undefined;
  if (kind !== "work" && kind !== "confirm" && kind !== "press_hold") return undefined;
  const requiredHold = within(reply.requiredHoldMs, 0, LONGEST_HOLD) ?? DEFAULT_HOLD;
  const work = reply.work ? workOf(reply.work as Reply) : undefined;
  if (kind === "work" && !work) return undefined;
  const again = !!reply.error;
  return { outcome: "step", kind, challengeId, requiredHold, work, again };
}

/** Throws on puzzles out of bounds; whoever asked hears of it as `unreachable`. */
const workOf = (work: Reply): Work => ({ token: text(work.token), puzzles: puzzlesOf(work) });

const refusal = (why: Refusal["why"], message: string): Refusal => ({
  outcome: "refusal",
  why,
  message,
});

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const within = (value: unknown, least: number, most: number): number | undefined =>
  typeof value === "number" && value >= least && value <= most ? value : undefined;

/** A JSON object, not looked into yet. */
export type Reply = Record<string, unknown>;

// Seconds; what the protocol says.
const FALLBACK_LIFE = 180;
const DEFAULT_HOLD = 1500;
const LONGEST_HOLD = 20_000;
