/**
 * The card around the challenge: a checkbox, the frame in its place while there
 * is something to do, and a notice. It is told what to show and decides nothing.
 */

import { adoptStyle } from "../core/adopt_style";
import { html, svg } from "../core/build_dom";
import { emblem } from "../core/emblem";
import type { Phrases } from "./locales/phrases";
import type { Settings } from "./options";
import STYLE from "./style.css";

/** How the checkbox stands. */
export type Sign = "" | "checking" | "done" | "problem";

/** The shadow tree of one widget; closed, so that a page's scripts do not stumble into it. */
export class View {
  /** The checkbox. */
  readonly trigger: HTMLButtonElement;
  /** Where the frame lives. */
  readonly place = html("div", { class: "place" });
  readonly #host = html("div", { "data-crafy-card": "" });
  readonly #root: ShadowRoot;
  readonly #card: HTMLElement;
  readonly #text = html("bdi", {});
  readonly #notice = html("bdi", { class: "notice" });
  readonly #announcement = html("span", { class: "announcement", role: "status" });

  constructor(container: Element, language: string, phrases: Phrases, settings: Settings) {
    this.trigger = html(
      "button",
      { type: "button", class: "trigger", role: "checkbox" },
      checkbox(),
      html("span", { class: "label" }, this.#text),
      emblem(),
    );
    const content = [this.trigger, this.place, this.#notice, this.#announcement];
    this.#card = html("div", { class: "card", role: "group", tabindex: "-1" }, ...content);
    this.#card.ariaLabel = phrases.group;
    this.#card.lang = language;
    for (const [name, colour] of Object.entries(settings.style)) {
      // One that the page did not give must not come from its own style by inheritance.
      this.#card.style.setProperty(`--page-${name}`, colour || "initial");
    }
    this.#root = this.#host.attachShadow({ mode: "closed" });
    adoptStyle(this.#root, STYLE, settings.nonce);
    this.#root.append(this.#card);
    container.append(this.#host);
  }

  set theme(theme: string) {
    this.#card.dataset.theme = theme;
  }

  /**
   * Shows the checkbox in place of a frame.
   *
   * @param idle  whether it cannot be pressed
   * @param aloud whether assistive technology is told
   */
  show(sign: Sign, words: string, { idle = false, aloud = false } = {}): void {
    this.#card.dataset.sign = sign;
    this.#card.toggleAttribute("data-open", false);
    this.#text.textContent = words;
    this.trigger.ariaChecked = `${sign === "done"}`;
    this.trigger.ariaBusy = `${sign === "checking"}`;
    this.trigger.ariaDisabled = `${idle}`;
    this.notice("");
    this.#announcement.textContent = aloud ? words : "";
  }

  /** Takes the focus from a frame that is about to go, or it would fall back to the top of the page. */
  catchFocus(): void {
    const within = this.#root.activeElement;
    if (within && within !== this.trigger) this.#card.focus({ preventScroll: true });
  }

  /** Shows the frame in place of the checkbox. */
  open(frame: HTMLElement, height: number): void {
    const within = this.#root.activeElement;
    const focused = within === this.trigger || within === this.#card;
    frame.style.height = `${height}px`;
    this.#card.toggleAttribute("data-open", true);
    // Whoever pressed the checkbox goes on from its place.
    if (focused) frame.focus({ preventScroll: true });
  }

  /** Shows words below, and says them; an empty text takes them away. */
  notice(words: string): void {
    this.#notice.textContent = words;
    this.#announcement.textContent = words;
    this.#card.classList.toggle("attention", false);
  }

  /** Draws eyes to the card: something waits for it. */
  attract(words: string): void {
    this.notice(words);
    // Reading a layout value restarts the animation.
    void this.#card.offsetWidth;
    this.#card.classList.toggle("attention", true);
    this.#host.scrollIntoView({ block: "nearest" });
    const frame = this.#card.hasAttribute("data-open") && this.place.querySelector("iframe");
    (frame || this.trigger).focus({ preventScroll: true });
  }

  /** Takes the card out of its container. */
  remove(): void {
    this.#host.remove();
  }
}

const checkbox = (): HTMLElement =>
  html(
    "span",
    { class: "checkbox", "aria-hidden": "true" },
    svg(
      "svg",
      { class: "ring", viewBox: "0 0 32 32" },
      svg("circle", { class: "track", cx: "16", cy: "16", r: "14" }),
      svg("circle", { class: "part", cx: "16", cy: "16", r: "14", pathLength: "100" }),
    ),
    svg(
      "svg",
      { class: "mark", viewBox: "0 0 24 24" },
      svg("path", { class: "tick", d: "m6 12.5 4 4 8-9" }),
      svg("path", { class: "cross", d: "M12 6v7.5M12 17.5v.5" }),
    ),
  );
