/**
 * Press and hold, for everybody: with a pointer, with Space or Enter, or, for
 * those who cannot hold, with two taps as far apart as the hold is long
 * (WCAG 2.2, 2.1.1 and 2.5.1: every gesture has a simple twin).
 *
 * This tells the visitor's side only. Whether the time was long enough is for
 * the server's clock to say.
 */

/** How a hold looks: nothing yet, a finger down, one tap made, ready for the second. */
export type Phase = "idle" | "held" | "tapped" | "ripe";

/** What a hold tells. */
export interface HoldListener {
  /** A press or first tap; not told again for the taps that follow. */
  begun(): void;
  /** Called ten times a second and at every change. `share` is 0 to 1. */
  moved(phase: Phase, share: number): void;
  /** Let go too early. */
  failed(): void;
  /** Done, after so many milliseconds. */
  done(duration: number): void;
}

/** One button that wants to be held, until `signal` ends it. */
export class Hold {
  readonly #required: number;
  readonly #tell: HoldListener;
  #phase: Phase = "idle";
  #began = 0;
  #lastGesture = Number.NEGATIVE_INFINITY;
  #ticker: ReturnType<typeof setInterval> | undefined;

  /** @param required milliseconds */
  constructor(button: HTMLElement, required: number, tell: HoldListener, signal: AbortSignal) {
    this.#required = required;
    this.#tell = tell;
    const on = (type: string, act: (event: Event) => void) =>
      button.addEventListener(type, act, { signal });
    on("pointerdown", (event) => this.#pointerDown(button, event as PointerEvent));
    on("pointerup", () => this.#release());
    on("pointercancel", () => this.#interrupt());
    on("keydown", (event) => this.#key(event as KeyboardEvent, () => this.#press()));
    on("keyup", (event) => this.#key(event as KeyboardEvent, () => this.#release()));
    on("blur", () => this.#interrupt());
    on("click", (event) => this.#click(event));
    // A long press opens a menu on phones.
    on("contextmenu", (event) => event.preventDefault());
    // A finger that holds is not scrolling.
    button.style.touchAction = "none";
    signal.addEventListener("abort", () => {
      clearInterval(this.#ticker);
      button.style.touchAction = "";
    });
  }

  #pointerDown(button: HTMLElement, event: PointerEvent): void {
    if (event.button !== 0 || !event.isPrimary) return;
    // A finger that slides off still holds.
    button.setPointerCapture?.(event.pointerId);
    this.#press();
  }

  #key(event: KeyboardEvent, act: () => void): void {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) act();
  }

  /** Screen readers and voice control click without a gesture: that is a tap. */
  #click(event: Event): void {
    event.preventDefault();
    if (performance.now() - this.#lastGesture < AFTERMATH) return;
    this.#press();
    this.#release();
  }

  #press(): void {
    this.#lastGesture = performance.now();
    if (this.#phase === "ripe") {
      this.#finish();
      return;
    }
    if (this.#phase !== "idle") return;
    this.#phase = "held";
    this.#began = performance.now();
    this.#ticker = setInterval(() => this.#tick(), 100);
    this.#tell.begun();
    this.#tick();
  }

  #release(): void {
    this.#lastGesture = performance.now();
    if (this.#phase !== "held") return;
    if (this.#duration < TAP) this.#phase = "tapped";
    else if (this.#duration < this.#required) this.#fail();
    this.#tick();
  }

  #interrupt(): void {
    if (this.#phase === "held") this.#fail();
  }

  #tick(): void {
    if (this.#phase === "idle") return;
    const ripe = this.#duration >= this.#required;
    if (ripe && this.#phase === "held") {
      this.#finish();
      return;
    }
    if (ripe) this.#phase = "ripe";
    this.#tell.moved(this.#phase, Math.min(1, this.#duration / this.#required));
  }

  #fail(): void {
    this.#rest();
    this.#tell.failed();
  }

  #finish(): void {
    const duration = this.#duration;
    this.#rest();
    this.#tell.done(Math.round(duration));
  }

  #rest(): void {
    clearInterval(this.#ticker);
    this.#phase = "idle";
    this.#tell.moved("idle", 0);
  }

  get #duration(): number {
    return performance.now() - this.#began;
  }
}

// A press this short was a tap.
const TAP = 350;
// A click this soon after a gesture belongs to it.
const AFTERMATH = 700;
