/**
 * Move the piece to its place: by dragging handle or piece, by a tap on track or
 * picture, by two buttons, or by keys. The handle is the browser's own range
 * input, which assistive technology knows how to move.
 *
 * Left stays left in every language: the piece moves in a picture, not in a text.
 */

import { html, svg } from "../../../core/build_dom";
import { button } from "../card";
import { placeAt, stride, travelNear } from "../path";
import type { Place, SliderStep } from "../step";
import { Board } from "./board";
import type { Acted, Stage } from "./stage";

/** Waits for the visitor to say that the piece is where it belongs. */
export function slider(stage: Stage, step: SliderStep): Promise<Acted> {
  const { card, phrases, regret } = stage;
  const board = new Board(stage, step.width, step.height, phrases.sliderPicture);
  board.picture("board");
  const piece = board.picture("piece");
  piece.style.inlineSize = share(step.piece.width, step.width);
  const handle = new Handle(phrases.handle, step, (travel) => {
    const [x, y] = placeAt(step.path, travel);
    piece.style.left = share(x, step.width);
    piece.style.top = share(y, step.height);
    board.complete = travel > 0;
  });
  followPointer(board.element, step, handle);
  const back = button("step", phrases.back, arrow("m14 6-6 6 6 6"));
  const forward = button("step", phrases.forward, arrow("m10 6 6 6-6 6"));
  repeat(back, (times) => handle.walk(-1, times));
  repeat(forward, (times) => handle.walk(1, times));
  const rail = html("div", { class: "rail", dir: "ltr" }, back, handle.element, forward);
  const body = [board.element, rail, board.confirm, board.other];
  const [title, hint] = [phrases.slider, phrases.sliderHint];
  card.show({ sign: "asking", title, hint, regret, body, focus: handle.element });
  return new Promise((resolve) => {
    const confirm = () => {
      if (board.answerable) resolve({ answer: { travel: handle.travel } });
    };
    board.confirm.addEventListener("click", confirm);
    board.other.addEventListener("click", () => resolve("alternative"));
    handle.element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.repeat) confirm();
    });
  });
}

/** The range input, in travels from 0 to 1. */
class Handle {
  readonly element = html("input", { type: "range", min: "0", max: `${FINE}`, step: "1" });
  readonly #path: readonly Place[];
  readonly #moved: (travel: number) => void;
  #held = 0;

  constructor(name: string, { path }: SliderStep, moved: (travel: number) => void) {
    this.#path = path;
    this.#moved = moved;
    this.element.ariaLabel = name;
    this.element.value = "0";
    this.element.addEventListener("input", () => this.#follow());
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.#tap();
    this.#follow();
  }

  get travel(): number {
    return Number(this.element.value) / FINE;
  }

  set travel(travel: number) {
    this.element.value = `${Math.round(Math.min(Math.max(travel, 0), 1) * FINE)}`;
    this.#follow();
  }

  /**
   * Moves by a little: as far as the eye can just tell, more after a while.
   *
   * @param times how often it was moved in one go
   */
  walk(direction: 1 | -1, times: number): void {
    const pixels = times < SLOW ? 2 : 6;
    this.travel += direction * stride(this.#path, this.travel, pixels);
  }

  #follow(): void {
    this.element.ariaValueText = this.travel.toLocaleString(document.documentElement.lang, {
      style: "percent",
    });
    this.element.style.setProperty("--travel", `${this.travel}`);
    this.#moved(this.travel);
  }

  #key(event: KeyboardEvent): void {
    const direction = KEYS[event.key];
    this.#held = event.repeat ? this.#held + 1 : 0;
    if (direction) this.walk(direction, this.#held);
    else if (event.key === "PageUp") this.travel += 0.1;
    else if (event.key === "PageDown") this.travel -= 0.1;
    else return;
    event.preventDefault();
  }

  /** Some phones move a range only by its thumb; a tap on the track has to be enough. */
  #tap(): void {
    let before = "";
    this.element.addEventListener("pointerdown", () => {
      before = this.element.value;
    });
    this.element.addEventListener("click", ({ clientX, detail }) => {
      if (!detail || this.element.value !== before) return;
      const { left, width } = this.element.getBoundingClientRect();
      const place = (clientX - left - THUMB / 2) / (width - THUMB);
      if (Math.abs(place - this.travel) * (width - THUMB) > THUMB / 2) this.travel = place;
    });
  }
}

/** Dragging the picture drags the piece; a tap brings it there. */
function followPointer(
  board: HTMLElement,
  { width, piece, path }: SliderStep,
  handle: Handle,
): void {
  let grip: Place | undefined;
  const placeOf = ({ clientX, clientY }: PointerEvent): Place => {
    const box = board.getBoundingClientRect();
    const scale = width / box.width;
    return [(clientX - box.left) * scale, (clientY - box.top) * scale];
  };
  board.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary || (event.target as Element).closest("button"))
      return;
    event.preventDefault();
    board.setPointerCapture(event.pointerId);
    const [x, y] = placeOf(event);
    const [left, top] = placeAt(path, handle.travel);
    const inside = x >= left && x <= left + piece.width && y >= top && y <= top + piece.height;
    grip = inside ? [x - left, y - top] : [piece.width / 2, piece.height / 2];
    if (!inside) handle.travel = travelNear(path, [x - grip[0], y - grip[1]]);
    handle.element.focus({ preventScroll: true });
  });
  board.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const [x, y] = placeOf(event);
    handle.travel = travelNear(path, [x - grip[0], y - grip[1]]);
  });
  const drop = () => {
    grip = undefined;
  };
  board.addEventListener("pointerup", drop);
  board.addEventListener("pointercancel", drop);
}

/** Calls back for a press, and again and again while it lasts. */
function repeat(element: HTMLElement, act: (times: number) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pressed = false;
  const stop = () => clearTimeout(timer);
  element.addEventListener("pointerdown", ({ button }) => {
    if (button !== 0) return;
    pressed = true;
    const again = (times: number) => {
      act(times);
      timer = setTimeout(again, times ? 60 : 400, times + 1);
    };
    stop();
    again(0);
  });
  for (const end of ["pointerup", "pointerleave", "pointercancel", "blur"]) {
    element.addEventListener(end, stop);
  }
  // Keys and assistive technology click without a press.
  element.addEventListener("click", () => {
    if (!pressed) act(0);
    pressed = false;
  });
  element.addEventListener("contextmenu", (event) => event.preventDefault());
}

const share = (part: number, whole: number): string => `${(part / whole) * 100}%`;

const arrow = (d: string): SVGElement =>
  svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d }));

const KEYS: Readonly<Record<string, 1 | -1>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
};
// Positions of the range; finer than any screen.
const FINE = 10_000;
// Moves in one go before they grow.
const SLOW = 6;
// Width of the thumb in CSS pixels, as in the style sheet.
const THUMB = 32;
