/** What the picture puzzles share: a board as wide as there is room, its picture, and its buttons. */

import { html } from "../../../core/build_dom";
import { button } from "../card";
import type { Stage } from "./stage";

/** A picture's frame. Whatever lies on it is placed in shares of its size. */
export class Board {
  readonly element: HTMLElement;
  /** Confirms; cannot be pressed before there is something to confirm. */
  readonly confirm: HTMLButtonElement;
  /** Asks for another way. */
  readonly other: HTMLButtonElement;
  readonly #stage: Stage;
  readonly #missed = new Map<HTMLImageElement, string>();
  #pending = 0;
  #ready = false;
  #complete = false;

  /** @param name what the picture shows, for those who do not see it */
  constructor(stage: Stage, width: number, height: number, name: string) {
    this.#stage = stage;
    this.element = html("div", { class: "board", role: "group" });
    this.element.ariaLabel = name;
    this.element.style.maxInlineSize = `${width}px`;
    this.element.style.aspectRatio = `${width} / ${height}`;
    this.confirm = button("primary", stage.phrases.confirm);
    this.other = button("link", stage.phrases.other);
    this.#settle();
  }

  /** Whether the pictures are there, and everything else that an answer needs. */
  get answerable(): boolean {
    return this.#ready && this.#complete;
  }

  /** Whether there is something to confirm, apart from the pictures. */
  set complete(complete: boolean) {
    this.#complete = complete;
    this.#settle();
  }

  /** Adds a picture. If it does not come, the visitor may ask again. */
  picture(part: "board" | "piece"): HTMLImageElement {
    const image = html("img", { class: part, alt: "", draggable: "false" });
    const address = this.#stage.picture(part);
    this.#pending++;
    image.onload = () => {
      image.toggleAttribute("data-there", true);
      this.#ready = --this.#pending === 0;
      this.element.toggleAttribute("data-ready", this.#ready);
      this.#settle();
    };
    image.onerror = () => {
      this.#missed.set(image, address);
      this.#missing();
    };
    image.src = address;
    this.element.append(image);
    return image;
  }

  #missing(): void {
    const { phrases, card } = this.#stage;
    card.regret(phrases.pictureFailed);
    this.element.toggleAttribute("data-missing", true);
    const again = button("primary again", phrases.retry);
    again.addEventListener("click", () => {
      again.remove();
      card.regret("");
      this.element.toggleAttribute("data-missing", false);
      for (const [image, address] of this.#missed) image.src = address;
      this.#missed.clear();
    });
    // Both pictures may be missing: one button asks for both.
    for (const old of this.element.querySelectorAll(".again")) old.remove();
    this.element.append(again);
  }

  #settle(): void {
    this.confirm.ariaDisabled = `${!this.answerable}`;
  }
}
