/**
 * The card: what a visitor sees and a screen reader hears. It is told what to
 * show and decides nothing.
 */

import { adoptStyle } from "../core/adopt_style";
import { html, svg } from "../core/build_dom";
import { emblem } from "../core/emblem";
import type { Phrases } from "./locales/phrases";
import STYLE from "./style.css";

/** The card's sign: nothing, a ring, an empty box, a tick, a cross. */
export type Sign = "idle" | "checking" | "asking" | "done" | "problem";

/** How a card is made. */
export interface Look {
  /** `badge` is a card that wants nothing from anybody. */
  readonly shape: "wide" | "tall" | "badge";
  /** Whether it stands outside of everything else on the page, and is found as a part of its own. */
  readonly landmark?: boolean;
  /** CSS lengths. */
  readonly width: string;
  readonly height: string;
  readonly tabindex: number;
  /** Code of the language of the phrases. */
  readonly language: string;
  readonly phrases: Phrases;
  /** Whether to say that nothing is really checked. */
  readonly testing: boolean;
}

/** The element of one widget, and its shadow tree. */
export class View {
  /** What stands in the page's container. */
  readonly host = html("div", {});
  /** Called for a click, Space or Enter while the card asks for one. */
  onclicked: () => void = () => {};
  readonly #tabindex: string;
  readonly #card = html("div", { class: "card" });
  readonly #ring = svg("circle", { class: "fill", cx: "16", cy: "16", r: "14", pathLength: "100" });
  readonly #title = html("bdi", {});
  /** Absent on a badge. */
  readonly #trigger: HTMLButtonElement | undefined;
  readonly #announcement = html("span", { class: "announcement", role: "status" });

  constructor(look: Look) {
    const { shape, width, height, tabindex, language, phrases, testing } = look;
    this.#tabindex = `${tabindex}`;
    const { host } = this;
    // A policy on styles does not reach what a script sets.
    host.style.width = width;
    host.style.height = height;
    host.dataset.shape = shape;
    const hint = html("span", { class: "hint" }, testing ? phrases.testing : "");
    const label = html("span", { class: "label" }, this.#title, hint);
    const inside = [this.#box(), label, emblem()];
    const badge = shape === "badge";
    if (!badge) {
      const trigger = html("button", { type: "button", role: "checkbox", class: "row" }, ...inside);
      trigger.addEventListener("click", () => {
        if (trigger.ariaDisabled === "false") this.onclicked();
      });
      this.#trigger = trigger;
    }
    const card = this.#card;
    card.lang = language;
    card.role = look.landmark ? "complementary" : "group";
    card.ariaLabel = phrases.group;
    card.append(this.#trigger ?? html("div", { class: "row" }, ...inside), this.#announcement);
    const root = host.attachShadow({ mode: "open" });
    adoptStyle(root, STYLE);
    root.append(card);
  }

  set theme(theme: string) {
    this.#card.dataset.theme = theme;
  }

  /** Whether there is anything to be seen. */
  set visible(visible: boolean) {
    this.host.toggleAttribute("data-unseen", !visible);
  }

  /**
   * @param wanted whether a click is wanted
   * @param aloud  whether assistive technology is told
   */
  show(sign: Sign, title: string, wanted = false, aloud = false): void {
    this.#card.dataset.sign = sign;
    this.#title.textContent = title;
    this.progress(0);
    const trigger = this.#trigger;
    if (trigger) {
      trigger.ariaChecked = `${sign === "done"}`;
      trigger.ariaBusy = `${sign === "checking"}`;
      // Not disabled: that would throw focus back to the top of the page.
      trigger.ariaDisabled = `${!wanted}`;
      trigger.setAttribute("tabindex", wanted ? this.#tabindex : "-1");
    }
    this.#announcement.textContent = aloud ? title : "";
  }

  /** Share of work done, 0 to 1; 0 turns without an end in sight. */
  progress(share: number): void {
    this.#ring.style.strokeDashoffset = `${100 - share * 100}`;
    this.#card.toggleAttribute("data-started", share > 0);
  }

  #box(): HTMLElement {
    return html(
      "span",
      { class: "box", "aria-hidden": "true" },
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
      ),
    );
  }
}
