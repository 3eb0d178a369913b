/** What is said to the page around, and heard from it: at one origin, by one window. */

/** A signed message as the server wrote it into the page. */
export interface Signed {
  readonly payload: string;
  readonly signature: string;
}

/** The page around. */
export class ParentPage {
  readonly #origin: string;
  readonly #handshake: Signed | undefined;
  #height = 0;
  #turnstile: Promise<string | undefined> | undefined;
  #patience = PATIENCE;
  #answered: (token: string | undefined) => void = () => {};

  /**
   * @param origin    of the page around, as the server saw it; where it is not known, only what anybody may hear is said
   * @param handshake what a flow begins with
   */
  constructor(origin = "*", handshake?: Signed) {
    this.#origin = origin;
    this.#handshake = handshake;
    addEventListener("message", (event) => this.#heard(event));
  }

  /** Says that the challenge is here, and follows its height from now on. */
  greet(content: Element): void {
    this.#greet();
    new ResizeObserver(() => this.#resize(content)).observe(content);
    this.#resize(content);
  }

  /** Hands the outcome over. */
  complete(message: Readonly<Record<string, unknown>>): void {
    this.#say({ action: "CHALLENGE_COMPLETE", ...message });
  }

  /** Nothing more can come of this flow. */
  reload(): void {
    this.#say({ action: "REQUEST_RELOAD", payload: {} });
  }

  /** Asks for a Turnstile token. */
  askTurnstile(): void {
    this.#turnstile = new Promise((resolve) => {
      this.#answered = resolve;
    });
    this.#say({ action: "REQUEST_TURNSTILE_STATUS", payload: {} });
  }

  /**
   * The token that was asked for, once: Cloudflare accepts it once. The first time it is waited
   * for a while; if it comes later, a later step takes it.
   */
  async turnstile(): Promise<string | undefined> {
    const timeout = new Promise<undefined>((resolve) => setTimeout(resolve, this.#patience));
    const token = await Promise.race([this.#turnstile, timeout]);
    this.#patience = 0;
    if (token) this.#turnstile = undefined;
    return token;
  }

  #greet(): void {
    if (this.#handshake) this.#say({ action: "HANDSHAKE", ...this.#handshake });
  }

  #resize(content: Element): void {
    const height = Math.ceil(content.getBoundingClientRect().height);
    if (!height || height === this.#height) return;
    this.#height = height;
    this.#say({ action: "RESIZE", payload: { height } });
  }

  #heard({ data, origin, source }: MessageEvent): void {
    if (origin !== this.#origin || source !== parent) return;
    const { action, payload } = data ?? {};
    if (action === "TURNSTILE_SOLVED") this.#answered(payload?.token);
    if (action === "TURNSTILE_ERROR") this.#answered(undefined);
    if (action === "REQUEST_HANDSHAKE_RETRY") {
      this.#greet();
      this.#say({ action: "RESIZE", payload: { height: this.#height } });
    }
  }

  #say(message: Readonly<Record<string, unknown>>): void {
    parent.postMessage(message, this.#origin);
  }
}

// Milliseconds: without a second opinion the visitor is judged by the first.
const PATIENCE = 10_000;
