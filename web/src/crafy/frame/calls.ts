/**
 * The calls of a flow. Everything the server can say, and everything a network
 * can do to it, is one of these outcomes.
 */

import { limited } from "../../core/patience";
import { type Step, stepOf } from "./step";

/** A signed outcome for the page around. */
export interface Message {
  readonly payload: string;
  readonly signature: string;
  readonly server_sign: string;
}

/** Whatever a call came to. */
export type Answer =
  | { readonly outcome: "complete"; readonly message: Message }
  /** `reason`: `more`, `wrong`, `alternative`. */
  | { readonly outcome: "step"; readonly step: Step; readonly reason: string }
  /** Held for too short a time; the step stays. */
  | { readonly outcome: "waiting" }
  /** Nothing more can come of this flow. */
  | { readonly outcome: "reload" }
  | { readonly outcome: "denied" }
  /** The call had nothing to say, as of a hold that begins. */
  | { readonly outcome: "noted" }
  /** The network failed: the same call may be made again. */
  | { readonly outcome: "unreachable" }
  /** Too many calls; milliseconds until another makes sense. */
  | { readonly outcome: "limited"; readonly wait: number };

/** What a visitor's answer is sent with. */
export interface Submission {
  readonly solutions: readonly number[];
  readonly answer: Readonly<Record<string, unknown>>;
  readonly behavior: object;
  readonly motion: readonly object[];
  readonly turnstile?: string;
}

/** Makes the calls of one flow. None rejects. */
export class Calls {
  readonly #flow: string;
  // The page is at this address, with or without its slash.
  readonly #address = location.origin + location.pathname.replace(/\/*$/, "/");

  constructor(flow: string) {
    this.#flow = flow;
  }

  /** Answers a step. */
  answer({ id }: Step, submission: Submission): Promise<Answer> {
    return this.#post("answer", { flow: this.#flow, step: id, ...submission });
  }

  /** Says that a hold begins. */
  begin({ id }: Step): Promise<Answer> {
    return this.#post("begin", { flow: this.#flow, step: id });
  }

  /** Asks for work in place of a picture. */
  alternative({ id }: Step): Promise<Answer> {
    return this.#post("alternative", { flow: this.#flow, step: id });
  }

  /** Address of a step's picture in this page's theme, as fine as the screen. */
  picture({ id }: Step, part: "board" | "piece", theme: string): string {
    const density = devicePixelRatio > DENSE ? "2" : "1";
    return `${this.#address}picture?${new URLSearchParams({ step: id, part, theme, density })}`;
  }

  async #post(call: string, body: unknown): Promise<Answer> {
    try {
      const response = await fetch(this.#address + call, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal: limited(),
      });
      if (response.status === 429) {
        return { outcome: "limited", wait: waitOf(response.headers.get("retry-after")) };
      }
      if (response.status >= 500) return { outcome: "unreachable" };
      // What is refused now will be refused again: only another flow helps.
      if (!response.ok) return { outcome: "reload" };
      return read(await response.json());
    } catch {
      return { outcome: "unreachable" };
    }
  }
}

/**
 * Makes an outcome of a JSON body.
 *
 * @throws {TypeError} if it is none
 */
export function read(body: unknown): Answer {
  const fields = (body ?? {}) as Record<string, unknown>;
  switch (fields.outcome) {
    case "complete":
      return { outcome: "complete", message: fields.message as Message };
    case "step":
      return { outcome: "step", step: stepOf(fields.step), reason: String(fields.reason) };
    case "waiting":
    case "reload":
    case "denied":
      return { outcome: fields.outcome };
    case undefined:
      return { outcome: "noted" };
    default:
      throw new TypeError("The server's answer could not be read");
  }
}

/** Milliseconds of a `Retry-After` in seconds, within bounds. */
const waitOf = (seconds: string | null): number =>
  Math.min(Math.max(Number(seconds) || 5, 1), 3600) * 1000;

// A screen this much finer than CSS pixels gets the finer picture.
const DENSE = 1.25;
