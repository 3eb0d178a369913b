/**
 * `<cap-widget>`: the element a page puts into its form. Drop-in for Cap's, so
 * attributes, events, methods and the hidden field are named as there.
 *
 * It owns one token at most, and at most one attempt to get one. Everything it
 * started ends with `reset`, with its removal from the page, or with its token.
 */

import { Attempt } from "../core/attempt";
import { cores } from "../core/cores";
import { settings, warn } from "../core/environment";
import { Failure } from "../core/failure";
import type { Binding, Redeemed } from "../core/protocol";
import { FormToken } from "./form_token";
import { vibrate } from "./haptics";
import { callInlineHandler } from "./inline_handlers";
import { LANGUAGES } from "./locales";
import { SPECULATIVE_PACE, Speculation } from "./speculative";
import { View } from "./view";

/** How a solve ended. It is unsuccessful only if it was cancelled; failures reject. */
export interface SolveResult {
  success: boolean;
  token: string | null;
}

/**
 * The element. Events, all bubbling and composed: `progress` `{progress}` (0 to
 * 100), `solve` `{token}`, `error` `{isCap, code, message, reason?}`, `reset` `{}`.
 */
export class CapWidget extends HTMLElement {
  /** The form counts the element among its own. */
  static readonly formAssociated = true;

  /** Attributes that take effect when they change; all others are read when needed. */
  static get observedAttributes(): string[] {
    const phrases = Object.keys(LANGUAGES.en).map((key) => `data-cap-i18n-${key}`);
    return [...phrases, ...OBSERVED, WORKERS];
  }

  readonly #view = new View(this, () => this.#clicked());
  readonly #held = new FormToken(
    this,
    // Older browsers have no internals; the hidden field works there, `required` does not.
    this.attachInternals?.() as ElementInternals | undefined,
    this.#view.trigger,
    () => this.reset(),
  );
  readonly #speculation = new Speculation(() => this.#speculate());
  #solving: Promise<SolveResult> | undefined;
  #stop = new AbortController();
  #workers = defaultWorkers();

  /** The verification token, or `null` while there is none. */
  get token(): string | null {
    return this.#held.value ?? null;
  }

  /** The same as `token`. */
  get tokenValue(): string | null {
    return this.token;
  }

  /** Address of the site on its Portcullis, ending in a slash; `undefined` if the page named none. */
  get endpoint(): string | undefined {
    const named = this.getAttribute("data-cap-api-endpoint");
    if (named) return named.replace(/\/?$/, "/");
    return settings().CAP_CUSTOM_FETCH ? "/" : undefined;
  }

  /**
   * Gets a token. A second call while one runs waits for the same; a call with
   * a token in hand gets a new one.
   *
   * @throws {Failure} after the `error` event
   */
  solve(): Promise<SolveResult> {
    if (!this.#solving) {
      this.#stop = new AbortController();
      const { signal } = this.#stop;
      // Not at once: a listener of the first event may call this again.
      this.#solving = Promise.resolve().then(() => this.#verify(signal));
    }
    return this.#solving;
  }

  /** Back to the start: cancels what runs, forgets the token, tells the page. */
  reset(): void {
    this.#stop.abort();
    this.#solving = undefined;
    this.#speculation.disarm();
    if (this.isConnected) this.#speculation.arm();
    this.#held.hold(undefined);
    this.#view.show("");
    this.#emit("reset", {});
  }

  /** Workers to solve with, 1 to 16 and not above the device's cores; anything else means all cores. */
  setWorkersCount(workers: number): void {
    const most = defaultWorkers();
    this.#workers = workers >= 1 && workers <= most ? Math.floor(workers) : most;
  }

  connectedCallback(): void {
    this.#view.refresh();
    this.#held.refresh();
    if (!this.token && !this.#solving) this.#speculation.arm();
    this.addEventListener("invalid", this.#invalid);
    document.addEventListener("visibilitychange", this.#held.check);
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.#held.check);
    // An element that is only moved is connected again before this runs.
    queueMicrotask(() => {
      if (this.isConnected) return;
      if (this.#view.state) this.reset();
      this.#speculation.disarm();
    });
  }

  attributeChangedCallback(name: string, _old: string | null, value: string | null): void {
    if (name === WORKERS) this.setWorkersCount(Number(value));
    this.#view.refresh();
    this.#held.refresh();
  }

  formResetCallback(): void {
    this.reset();
  }

  formDisabledCallback(disabled: boolean): void {
    this.#view.disabled = disabled;
    this.#held.disabled = disabled;
  }

  async #verify(signal: AbortSignal): Promise<SolveResult> {
    if (signal.aborted) return CANCELLED;
    const stopped = new Promise<undefined>((resolve) => {
      signal.addEventListener("abort", () => resolve(undefined));
    });
    this.#held.hold(undefined);
    this.#view.show("verifying");
    this.#progress(0);
    try {
      const redeemed = await Promise.race([this.#obtain(signal), stopped]);
      if (signal.aborted || !redeemed) return CANCELLED;
      this.#accept(redeemed);
      return { success: true, token: redeemed.token };
    } catch (error) {
      if (signal.aborted) return CANCELLED;
      this.#refuse(error);
      throw error;
    }
  }

  async #obtain(signal: AbortSignal): Promise<Redeemed> {
    signal.throwIfAborted();
    const early = this.#speculation.take();
    if (early) {
      try {
        return await this.#finish(early, signal);
      } catch {
        // What was solved ahead may fail for reasons of its age: a fresh one decides.
        if (signal.aborted) throw signal.reason;
      }
    }
    const attempt = this.#begin(this.#workers);
    if (attempt) return this.#finish(attempt, signal);
    throw new Failure(
      "missing_endpoint",
      "Missing API endpoint. Either custom fetch or an API endpoint must be provided.",
    );
  }

  #finish(attempt: Attempt, signal: AbortSignal): Promise<Redeemed> {
    signal.addEventListener("abort", () => attempt.cancel());
    attempt.onprogress = (share) => this.#progress(Math.min(99, Math.round(share * 100)));
    attempt.onslow = () => {
      this.#view.slow = true;
    };
    attempt.pace(this.#workers, 0);
    if (attempt.share) attempt.onprogress(attempt.share);
    if (attempt.slow) attempt.onslow();
    return attempt.token();
  }

  #begin(lanes: number, rest = 0): Attempt | undefined {
    const { endpoint } = this;
    const binding: { -readonly [Key in keyof Binding]: string } = {};
    const action = this.getAttribute("data-cap-action");
    const cdata = this.getAttribute("data-cap-cdata");
    if (action) binding.action = action;
    if (cdata) binding.cdata = cdata;
    return endpoint ? new Attempt(endpoint, binding, lanes, rest) : undefined;
  }

  #speculate(): Attempt | undefined {
    const { connection } = navigator as { connection?: { saveData?: boolean } };
    const visible = this.checkVisibility?.({ opacityProperty: true, visibilityProperty: true });
    return visible && !connection?.saveData ? this.#begin(...SPECULATIVE_PACE) : undefined;
  }

  #accept(redeemed: Redeemed): void {
    // Over before the page is told: its listener may start the next solve.
    this.#solving = undefined;
    this.#held.hold(redeemed);
    this.#progress(100);
    this.#view.show("done");
    vibrate(this, [12, 40, 24]);
    this.#emit("solve", { token: redeemed.token });
  }

  #refuse(error: unknown): void {
    this.#solving = undefined;
    const { code, message, reason } =
      error instanceof Failure
        ? error
        : { code: "unknown", message: String(error), reason: undefined };
    warn(`${code}: ${message}`);
    this.#view.show("error");
    vibrate(this, [10, 40, 10]);
    this.#emit("error", { isCap: true, code, message, ...(reason && { reason }) });
  }

  readonly #invalid = (): void => {
    this.scrollIntoView({ block: "center" });
    this.#view.complain();
  };

  #clicked(): void {
    if (this.#view.state === "verifying" || this.#view.state === "done") return;
    // The error event has told the page; nobody else waits for this promise.
    this.solve().catch(() => {});
  }

  #progress(progress: number): void {
    this.#view.progress(progress);
    this.#emit("progress", { progress });
  }

  #emit(type: string, detail: object): void {
    const event = new CustomEvent(type, { bubbles: true, composed: true, detail });
    this.dispatchEvent(event);
    callInlineHandler(this, event);
  }
}

// Where the browser does not say, as many as Cap's widget takes.
const defaultWorkers = (): number => cores(8);

const CANCELLED: SolveResult = { success: false, token: null };

const WORKERS = "data-cap-worker-count";
const OBSERVED = [
  "required",
  "data-cap-hidden-field-name",
  "data-cap-lang",
  "data-cap-i18n-verify-aria-label",
];
