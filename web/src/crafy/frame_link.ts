/**
 * The challenge in its frame, and what is said between it and us. Only the
 * frame's own window at the challenge's origin is heard, and what decides
 * something has to be signed.
 */

import { html } from "../core/build_dom";
import { complain, debug } from "./log";
import type { Signer } from "./signature/signer";

/** Whom the link tells. Nothing is told once it is closed. */
export interface FrameListener {
  /** The frame wants to be so high, in CSS pixels; the first time, it is ready to be seen. */
  resized(height: number): void;
  /** Nothing more can come of this flow. */
  reload(): void;
  /** A Turnstile token is wanted. */
  turnstile(): void;
  completed(token: string): void;
  /** The challenge did not come, or was not the site's. */
  failed(why: string): void;
}

/** How a frame is opened. */
export interface FrameRequest {
  /** Where the form is posted; ends in a slash. */
  readonly address: string;
  readonly fields: Readonly<Record<string, string>>;
  /** The frame's name for assistive technology. */
  readonly title: string;
  readonly signer: Signer;
}

/** One load of the challenge. */
export class FrameLink {
  /** The frame itself. */
  readonly frame: HTMLIFrameElement;
  readonly #origin: string;
  readonly #signer: Signer;
  readonly #tell: FrameListener;
  readonly #closed = new AbortController();
  // Signatures take a moment; messages must not overtake each other meanwhile.
  #queue: Promise<void> = Promise.resolve();
  #flow: string | undefined;
  #heardOf = false;

  /** Opens the frame in `place`, which has to be in the page. */
  constructor(place: Element, request: FrameRequest, tell: FrameListener) {
    this.#origin = new URL(request.address).origin;
    this.#signer = request.signer;
    this.#tell = tell;
    const name = `crafy-${++frames}-${Math.random().toString(36).slice(2)}`;
    this.frame = html("iframe", { name, title: request.title, scrolling: "no" });
    const { signal } = this.#closed;
    addEventListener("message", (event) => this.#heard(event), { signal });
    place.append(this.frame);
    this.#await();
    post(place, name, request);
  }

  /** Says something to the challenge. */
  say(action: string, payload: Readonly<Record<string, unknown>>): void {
    this.frame.contentWindow?.postMessage({ action, payload }, this.#origin);
  }

  /** Takes the frame away. */
  close(): void {
    this.#closed.abort();
    this.frame.remove();
  }

  /** Gives the challenge time to come, and asks once whether it is there. */
  #await(): void {
    const { signal } = this.#closed;
    const after = (wait: number, act: () => void) => {
      const timer = setTimeout(() => this.#heardOf || act(), wait);
      signal.addEventListener("abort", () => clearTimeout(timer));
    };
    after(PATIENCE, () => this.#fail("the challenge did not come"));
    const arrived = () => {
      // The empty page that every frame begins with.
      if (this.frame.contentDocument?.URL === "about:blank") return;
      after(SILENCE, () => this.say("REQUEST_HANDSHAKE_RETRY", {}));
      after(4 * SILENCE, () => this.#fail("the page in the frame is not a challenge"));
    };
    this.frame.addEventListener("load", arrived, { signal });
  }

  #heard({ data, origin, source }: MessageEvent): void {
    if (origin !== this.#origin || source !== this.frame.contentWindow || !source) return;
    this.#heardOf = true;
    const message = (data ?? {}) as Message;
    this.#queue = this.#queue.then(async () => {
      if (!this.#closed.signal.aborted) await this.#obey(message);
    });
  }

  async #obey(message: Message): Promise<void> {
    debug("the challenge says", message.action);
    if (message.action === "HANDSHAKE") return this.#shake(message);
    // A page that says why there is no challenge has neither flow nor handshake.
    if (message.action === "RESIZE") this.#resize(message.payload);
    else if (message.action === "REQUEST_RELOAD") this.#tell.reload();
    else if (!this.#flow) return;
    else if (message.action === "CHALLENGE_COMPLETE") return this.#complete(message);
    else if (message.action === "REQUEST_TURNSTILE_STATUS") this.#tell.turnstile();
  }

  async #shake({ payload, signature }: Message): Promise<void> {
    const flow = (await this.#read(payload, signature))?.payload;
    if (this.#closed.signal.aborted) return;
    const token = flow && (flow as Record<string, unknown>).flow_token;
    if (typeof token === "string" && token) this.#flow = token;
    else this.#fail("the handshake is not signed by this site's server");
  }

  async #complete({ payload, signature, server_sign }: Message): Promise<void> {
    const outcome = await this.#read(payload, signature);
    if (this.#closed.signal.aborted) return;
    const { status, flow_token } = outcome ?? {};
    if (status !== "success" || flow_token !== this.#flow || typeof server_sign !== "string") {
      this.#fail("the outcome is not signed by this site's server");
      return;
    }
    this.#tell.completed(base64(JSON.stringify({ payload, server_sign })));
  }

  /** A signed text's content; `undefined` if it is not signed, or no object. */
  async #read(text: unknown, signature: unknown): Promise<Record<string, unknown> | undefined> {
    if (!(await this.#signer.signed(text, signature))) return undefined;
    try {
      return JSON.parse(text as string) ?? undefined;
    } catch {
      return undefined;
    }
  }

  #resize(payload: unknown): void {
    const height = Number((payload as { height?: unknown } | null)?.height);
    if (height > 0 && height <= HEIGHT_MAX) this.#tell.resized(Math.ceil(height));
  }

  #fail(why: string): void {
    if (this.#closed.signal.aborted) return;
    complain(why);
    this.#tell.failed(why);
  }
}

/** Posts the fields into the frame of this name. */
function post(place: Element, target: string, { address, fields }: FrameRequest): void {
  const form = html("form", { action: address, method: "post", target, hidden: "" });
  for (const [name, value] of Object.entries(fields)) {
    form.append(html("input", { type: "hidden", name, value }));
  }
  place.append(form);
  form.submit();
  form.remove();
}

/** Base64 of a text's UTF-8. */
const base64 = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)));

interface Message {
  readonly action?: unknown;
  readonly payload?: unknown;
  readonly signature?: unknown;
  readonly server_sign?: unknown;
}

let frames = 0;
const HEIGHT_MAX = 2000;
// Milliseconds until a challenge that says nothing is given up, before and after its page has come.
const PATIENCE = 30_000;
const SILENCE = 1000;
