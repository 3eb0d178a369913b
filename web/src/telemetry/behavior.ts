/**
 * What the visitor does on the page, in numbers: where the pointer was, how
 * often and how fast things happened. Never what was typed or clicked on.
 *
 * One recorder serves the whole page. Events that a script made do not count.
 */

/** A place of the pointer: CSS pixels, and milliseconds since the recorder started. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly t: number;
}

/** Counts and times, as the server reads them. */
export interface Behavior {
  dwellMs: number;
  keyPresses: number;
  pointerMoves: number;
  focusChanges: number;
  clickCount: number;
  touches: number;
  submitLatencyMs?: number;
  keyIntervalMs?: number;
  keyIntervalDeviationMs?: number;
}

/** Watches a page from the moment it is made. */
export class Recorder {
  /** When the visitor last did something, by `performance.now()`. */
  lastAct = 0;
  readonly #start = performance.now();
  readonly #points: Point[] = [];
  readonly #rhythm = new Rhythm();
  /** Times of the last point that was told, and of the last that is told no more. */
  #told = Number.NEGATIVE_INFINITY;
  #floor = Number.NEGATIVE_INFINITY;
  #keys = 0;
  #moves = 0;
  #focus = 0;
  #clicks = 0;
  #touches = 0;

  constructor() {
    this.#watch("pointermove", (event) => this.#moved(event as PointerEvent));
    this.#watch("pointerdown", (event) => {
      if ((event as PointerEvent).pointerType === "touch") this.#touches++;
    });
    this.#watch("keydown", (event) => {
      if ((event as KeyboardEvent).repeat) return;
      this.#keys++;
      this.#rhythm.beat(event.timeStamp);
    });
    this.#watch("click", () => {
      this.#clicks++;
    });
    this.#watch("focusin", () => {
      this.#focus++;
    });
  }

  /**
   * Begins another question: what was told in earlier ones is not told again.
   * The server takes a path that comes twice for a recording.
   */
  startPath(): void {
    this.#floor = this.#told;
  }

  /** The newest points of the present question's path, oldest first. */
  motion(): Point[] {
    this.#told = this.#points.at(-1)?.t ?? this.#told;
    return this.#points.filter(({ t }) => t > this.#floor);
  }

  /** Everything counted so far. */
  behavior(): Behavior {
    const now = performance.now();
    return {
      dwellMs: Math.round(now - this.#start),
      keyPresses: this.#keys,
      pointerMoves: this.#moves,
      focusChanges: this.#focus,
      clickCount: this.#clicks,
      touches: this.#touches,
      ...(this.lastAct > 0 && { submitLatencyMs: Math.round(now - this.lastAct) }),
      ...this.#rhythm.figures(),
    };
  }

  #watch(type: string, act: (event: Event) => void): void {
    const heard = (event: Event) => {
      if (!event.isTrusted) return;
      this.lastAct = event.timeStamp;
      act(event);
    };
    // Caught on its way down, as the page may keep events to itself.
    addEventListener(type, heard, { capture: true, passive: true });
  }

  #moved({ clientX, clientY, timeStamp }: PointerEvent): void {
    this.#moves++;
    this.#points.push({
      x: rounded(clientX),
      y: rounded(clientY),
      t: Math.max(0, rounded(timeStamp - this.#start)),
    });
    if (this.#points.length > POINTS_MAX) this.#points.shift();
  }
}

/** Mean and deviation of the times between keys, kept without the times (Welford, 1962). */
class Rhythm {
  #last = Number.NaN;
  #count = 0;
  #mean = 0;
  #squares = 0;

  beat(time: number): void {
    const interval = time - this.#last;
    this.#last = time;
    // The first key has no interval, and a pause is not part of a rhythm.
    if (!(interval < PAUSE)) return;
    this.#count++;
    const off = interval - this.#mean;
    this.#mean += off / this.#count;
    this.#squares += off * (interval - this.#mean);
  }

  figures(): Pick<Behavior, "keyIntervalMs" | "keyIntervalDeviationMs"> {
    if (this.#count < 2) return {};
    return {
      keyIntervalMs: rounded(this.#mean),
      keyIntervalDeviationMs: rounded(Math.sqrt(this.#squares / this.#count)),
    };
  }
}

// As fine as a browser's clock is for a page: a tenth of a millisecond.
const rounded = (value: number): number => Math.round(value * 10) / 10;

const POINTS_MAX = 49;
const PAUSE = 2000;
