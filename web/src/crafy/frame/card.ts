/**
 * What a visitor sees of the challenge and a screen reader hears: a line with a
 * sign and a title, and below it whatever the step needs. It is told what to
 * show and decides nothing.
 */

import { html, svg } from "../../core/build_dom";
import { emblem } from "../../core/emblem";

/** The card's sign: a turning ring, a wish to the visitor, a tick, a cross. */
export type Sign = "checking" | "asking" | "done" | "problem";

/** Everything the card shows at one time. */
export interface Look {
  readonly sign: Sign;
  readonly title: string;
  /** Smaller words below the title. */
  readonly hint?: string;
  /** What went wrong the last time, in words that do not blame. */
  readonly regret?: string;
  readonly body?: readonly Node[];
  /** Whether the body says everything, so that the title is for screen readers only. */
  readonly bare?: boolean;
  /** What gets the focus, where the visitor is at it. */
  readonly focus?: HTMLElement;
}

/** The one card of the page. */
export class Card {
  /** What the page around makes room for. */
  readonly element = html("main", { class: "card", tabindex: "-1" });
  readonly #ring = svg("circle", { class: "part", cx: "16", cy: "16", r: "14", pathLength: "100" });
  readonly #sign = this.#signs();
  readonly #title = html("bdi", {});
  readonly #percent = html("span", { class: "percent", "aria-hidden": "true" });
  // Isolated, so that words of one direction keep their dots in a page of the other.
  readonly #regret = html("bdi", {});
  readonly #hint = html("bdi", {});
  readonly #body = html("div", { class: "body" });
  readonly #announcement = html("p", { class: "announcement", role: "status" });

  constructor(place: Element) {
    const heading = html("h1", {}, this.#title, this.#percent);
    const line = html("div", { class: "line" }, this.#sign, heading, emblem());
    const regret = html("p", { class: "regret" }, this.#regret);
    const hint = html("p", { class: "hint" }, this.#hint);
    this.element.append(line, regret, hint, this.#body, this.#announcement);
    place.append(this.element);
  }

  /** Shows something else, and says it to those who do not see it. */
  show({ sign, title, hint = "", regret = "", body = [], bare = false, focus }: Look): void {
    const within = this.element.contains(document.activeElement);
    // Focus must not fall back to the top of the page with what had it gone.
    if (within) this.element.focus({ preventScroll: true });
    this.element.dataset.sign = sign;
    this.element.toggleAttribute("data-bare", bare);
    this.element.ariaBusy = `${sign === "checking"}`;
    this.#title.textContent = title;
    this.#regret.textContent = regret;
    this.#hint.textContent = hint;
    this.#body.replaceChildren(...body);
    this.progress(0);
    this.say([regret, title, hint].filter(Boolean).join(". "));
    if (focus && within) focus.focus({ preventScroll: true });
  }

  /** Changes the small words without saying them. */
  hint(words: string): void {
    this.#hint.textContent = words;
  }

  /** Shows and says what went wrong, with everything else left as it is. */
  regret(words: string): void {
    this.#regret.textContent = words;
    this.say(words);
  }

  /** Says something. */
  say(words: string): void {
    this.#announcement.textContent = words;
  }

  /** Share of work done, 0 to 1, as far as somebody waits for it; 0 turns without an end in sight. */
  progress(share: number): void {
    const started = share > 0 && this.element.dataset.sign === "checking";
    this.element.toggleAttribute("data-started", started);
    this.#ring.style.strokeDashoffset = `${100 - share * 100}`;
    const percent = share.toLocaleString(document.documentElement.lang, { style: "percent" });
    this.#percent.textContent = started ? ` ${percent}` : "";
  }

  #signs(): HTMLElement {
    return html(
      "span",
      { class: "sign", "aria-hidden": "true" },
      svg(
        "svg",
        { class: "ring", viewBox: "0 0 32 32" },
        svg("circle", { class: "track", cx: "16", cy: "16", r: "14" }),
        this.#ring,
      ),
      svg(
        "svg",
        { class: "mark", viewBox: "0 0 24 24" },
        svg("path", { class: "tick", d: "m6 12.5 4 4 8-9" }),
        svg("path", { class: "cross", d: "M12 6v7.5M12 17.5v.5" }),
        svg("path", {
          class: "wish",
          d: "M9 9.2a3 3 0 1 1 4.4 2.7c-.9.5-1.4 1-1.4 2.1M12 17.5v.1",
        }),
      ),
    );
  }
}

/** A button with words, or with a picture and a name. */
export function button(kind: string, words: string, icon?: SVGElement): HTMLButtonElement {
  const element = html("button", { type: "button", class: kind }, icon ?? html("bdi", {}, words));
  if (icon) element.ariaLabel = words;
  return element;
}
