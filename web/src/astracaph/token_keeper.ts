/**
 * Keeps a token fresh: looks every second whether it is to be renewed or is
 * over. A timer set for the very moment would stand still while a device sleeps.
 */

import type { TokenField } from "./token_field";

/** Whom the keeper asks and tells. */
export interface TokenOwner {
  /** Whether somebody seems to be in front of the page. */
  attended(): boolean;
  /** The token should be replaced without a sound. May be asked again later. */
  renew(): void;
  /** The token is over, and out of the form. `attended` says whether to start anew at once. */
  expired(attended: boolean): void;
}

/** The life of one container's tokens. */
export class TokenKeeper {
  readonly #field: TokenField;
  readonly #owner: TokenOwner;
  #watch: ReturnType<typeof setInterval> | undefined;
  #life = 0;
  #deadline = 0;
  #quietUntil = 0;
  #held = false;

  /** @param gone ends the watch */
  constructor(field: TokenField, owner: TokenOwner, gone: AbortSignal) {
    this.#field = field;
    this.#owner = owner;
    document.addEventListener("visibilitychange", () => this.#look(), { signal: gone });
    gone.addEventListener("abort", () => clearInterval(this.#watch));
  }

  /**
   * Holds a token from now on.
   *
   * @param life  milliseconds
   * @param since when the token was asked for, by the visitor's clock
   */
  hold(token: string, life: number, since: number): void {
    this.#field.write(token);
    this.#held = true;
    this.#life = life;
    this.#deadline = since + life;
    this.#quietUntil = 0;
    clearInterval(this.#watch);
    this.#watch = setInterval(() => this.#look(), 1000);
  }

  /** Takes the token out of the form and watches no more. */
  drop(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
    this.#held = false;
    this.#field.write("");
  }

  /** No renewal before this one is over: it cannot be had without the visitor. */
  rest(): void {
    this.#quietUntil = this.#deadline;
  }

  #look(): void {
    if (this.#watch === undefined) return;
    const attended = this.#owner.attended() && (!this.#field.sent || this.#field.wanted);
    const now = Date.now();
    if (now >= this.#deadline) {
      if (this.#held) this.#field.write("");
      // Said once to an empty chair, and again when somebody is back.
      if (this.#held || attended) this.#owner.expired(attended);
      this.#held = false;
      return;
    }
    const due = this.#field.wanted || this.#deadline - now < Math.min(MARGIN, this.#life / 3);
    if (!due || !attended || now < this.#quietUntil) return;
    this.#quietUntil = now + PAUSE;
    this.#owner.renew();
  }
}

// Milliseconds before the end in which a renewal is tried.
const MARGIN = 30_000;
// Milliseconds between two tries.
const PAUSE = 8000;
