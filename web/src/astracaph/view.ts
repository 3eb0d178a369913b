/**
 * The card: what a visitor sees and a screen reader hears. It is told what to
 * show and decides nothing.
 */

import { adoptStyle } from "../core/adopt_style";
import { html, svg } from "../core/build_dom";
import { emblem } from "../core/emblem";
import type { Phrases } from "./locales/phrases";
import STYLE from "./style.css";

/** The card's sign: a turning ring, a wish to the visitor, a tick, a cross. */
export type Sign = "checking" | "asking" | "done" | "problem";

/** Everything the card shows at one time. */
export interface Look {
  readonly sign: Sign;
  readonly title: string;
  /** Smaller words: below the title, or below a button that they explain. */
  readonly hint?: string | undefined;
  /** Words on the button; without them there is none. */
  readonly action?: string | undefined;
  /** Whether the button cannot be pressed yet. */
  readonly waiting?: boolean;
  /** Whether assistive technology is told. */
  readonly aloud?: boolean;
}

/** The shadow tree of one container. */
export class View {
  /** The one button. */
  readonly button: HTMLButtonElement;
  readonly #host = html("div", { "data-astracaph-card": "" });
  readonly #card: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #ring = svg("circle", { class: "part", cx: "16", cy: "16", r: "14", pathLength: "100" });
  readonly #title = html("bdi", { class: "title" });
  readonly #hint = html("bdi", { class: "hint" });
  readonly #fill = html("span", { class: "fill" });
  readonly #action = html("bdi", { class: "action" });
  readonly #announcement = html("span", { class: "announcement", role: "status" });

  constructor(container: Element, language: string, phrases: Phrases) {
    this.button = html("button", { type: "button", part: "button" }, this.#fill, this.#action);
    const line = html("div", { class: "line" }, this.#sign(), this.#title, emblem());
    const attributes = { class: "card", part: "card", role: "group", tabindex: "-1" };
    this.#card = html("div", attributes, line, this.#hint, this.button, this.#announcement);
    this.#card.ariaLabel = phrases.group;
    this.#card.lang = language;
    this.#root = this.#host.attachShadow({ mode: "open" });
    adoptStyle(this.#root, STYLE);
    this.#root.append(this.#card);
    container.append(this.#host);
  }

  /** Whether the card is still on the page. */
  get present(): boolean {
    return this.#host.isConnected;
  }

  /** Takes the card out of its container. */
  remove(): void {
    this.#host.remove();
  }

  set theme(theme: string) {
    this.#card.dataset.theme = theme;
  }

  /** Shows something else, and says so if asked to. */
  show({ sign, title, hint = "", action = "", waiting = false, aloud = false }: Look): void {
    this.#card.dataset.sign = sign;
    this.#card.ariaBusy = `${sign === "checking"}`;
    this.#title.textContent = title;
    this.#hint.textContent = hint;
    this.progress(0);
    this.fill("idle", 0);
    // Focus must not fall back to the top of the page with the button gone.
    if (!action && this.#root.activeElement === this.button) this.#card.focus();
    this.button.hidden = !action;
    this.button.setAttribute("aria-disabled", `${waiting}`);
    this.label(action);
    this.#announcement.textContent = aloud ? [title, hint].filter(Boolean).join(". ") : "";
  }

  /** Changes the words on the button. */
  label(action: string): void {
    if (this.#action.textContent !== action) this.#action.textContent = action;
  }

  /** Changes the small words without saying them. */
  hint(hint: string): void {
    this.#hint.textContent = hint;
  }

  /** Says something that is already there to be seen. */
  say(words: string): void {
    this.#announcement.textContent = words;
  }

  /** Share of background work done, 0 to 1; 0 turns without an end in sight. */
  progress(share: number): void {
    this.#ring.style.strokeDashoffset = `${100 - share * 100}`;
    this.#card.toggleAttribute("data-started", share > 0);
  }

  /** How far the button is held. */
  fill(phase: string, share: number): void {
    this.button.dataset.phase = phase;
    this.#fill.style.inlineSize = `${share * 100}%`;
  }

  #sign(): HTMLElement {
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
