/**
 * The card: what a visitor sees and a screen reader hears. It is told what to
 * show and decides nothing.
 */

import { adoptStyle } from "../core/adopt_style";
import { html, svg } from "../core/build_dom";
import { emblem } from "../core/emblem";
import type { Phrases } from "./locales/phrases";
import type { Settings } from "./parameters";
import STYLE from "./style.css";

/** The card's sign: nothing, a ring, an empty box, a tick, a cross. */
export type Sign = "idle" | "checking" | "asking" | "done" | "problem";

/** The element of one widget, and its shadow tree. */
export class View {
  /** What stands in the page's container. */
  readonly host: HTMLElement;
  readonly #tabindex: string;
  readonly #card = html("div", { class: "card", role: "group" });
  readonly #ring = svg("circle", { class: "fill", cx: "16", cy: "16", r: "14", pathLength: "100" });
  readonly #title = html("bdi", {});
  readonly #trigger: HTMLButtonElement;
  readonly #announcement = html("span", { class: "announcement", role: "status" });

  /**
   * @param id      of the element
   * @param clicked called for a click, Space or Enter while the card asks for one
   * @param testing whether to say that nothing is really checked
   */
  constructor(
    id: string,
    { size, tabindex }: Settings,
    language: string,
    phrases: Phrases,
    testing: boolean,
    clicked: () => void,
  ) {
    this.host = html("div", { id, "data-size": size });
    this.#tabindex = `${tabindex}`;
    const hint = html("span", { class: "hint" }, testing ? phrases.testing : "");
    const label = html("span", { class: "label" }, this.#title, hint);
    const attributes = { type: "button", role: "checkbox" };
    this.#trigger = html("button", attributes, this.#box(), label, emblem());
    this.#trigger.addEventListener("click", () => {
      if (this.#trigger.ariaDisabled === "false") clicked();
    });
    this.#card.lang = language;
    this.#card.ariaLabel = phrases.group;
    this.#card.append(this.#trigger, this.#announcement);
    const root = this.host.attachShadow({ mode: "open" });
    adoptStyle(root, STYLE);
    root.append(this.#card);
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
    trigger.ariaChecked = `${sign === "done"}`;
    trigger.ariaBusy = `${sign === "checking"}`;
    // Not disabled: that would throw focus back to the top of the page.
    trigger.ariaDisabled = `${!wanted}`;
    trigger.setAttribute("tabindex", wanted ? this.#tabindex : "-1");
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
