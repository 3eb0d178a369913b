/**
 * What a visitor sees and a screen reader hears: a checkbox in a card. The view
 * is told a state and shows it; it decides nothing.
 */

import { adoptStyle } from "../core/adopt_style";
import { html, svg } from "../core/build_dom";
import { emblem } from "../core/emblem";
import { languageOf, phrase } from "./locales";
import type { PhraseKey } from "./locales/phrases";
import STYLE from "./style.css";

/** Where a widget stands. The empty state is the untouched one. */
export type State = "" | "verifying" | "done" | "error";

/** The shadow tree of one widget. */
export class View {
  /** The checkbox itself: what has focus, and where the browser points its complaints. */
  readonly trigger: HTMLButtonElement;
  readonly #host: HTMLElement;
  readonly #card: HTMLElement;
  readonly #ring = svg("circle", { class: "fill", cx: "16", cy: "16", r: "14", pathLength: "100" });
  // Isolated, so that words of one direction keep their dots in a page of the other.
  readonly #text = html("bdi", {});
  readonly #percent = html("span", { class: "percent", "aria-hidden": "true" });
  readonly #hint = html("span", { class: "hint" });
  readonly #troubleshoot = html("a", {
    class: "troubleshoot",
    part: "troubleshoot",
    target: "_blank",
    rel: "noopener",
  });
  readonly #announcement = html("span", { class: "announcement", role: "status" });
  #state: State = "";
  #slow = false;

  /** @param clicked called for a click, Space or Enter on the checkbox */
  constructor(host: HTMLElement, clicked: () => void) {
    this.#host = host;
    this.trigger = html(
      "button",
      { type: "button", class: "trigger", part: "trigger", role: "checkbox" },
      this.#checkbox(),
      html("span", { class: "label", part: "label" }, this.#text, this.#percent, this.#hint),
      emblem(),
    );
    this.trigger.addEventListener("click", clicked);
    const content = [this.trigger, this.#troubleshoot, this.#announcement];
    this.#card = html("div", { class: "card", part: "card", role: "group" }, ...content);
    const root = host.attachShadow({ mode: "open", delegatesFocus: true });
    adoptStyle(root, STYLE);
    root.append(this.#card);
    this.show("");
  }

  /** Where the widget stands. */
  get state(): State {
    return this.#state;
  }

  /** Greys the checkbox out, as a disabled fieldset asks. */
  set disabled(disabled: boolean) {
    this.trigger.disabled = disabled;
  }

  /** Says in small print that solving takes longer than it should. */
  set slow(slow: boolean) {
    this.#slow = slow;
    this.refresh();
  }

  /** Shows a state and announces it. */
  show(state: State): void {
    this.#state = state;
    this.#slow = false;
    this.progress(0);
    this.refresh();
    const { spoken } = STATES[state];
    this.#announcement.textContent = spoken ? phrase(this.#host, spoken) : "";
  }

  /** Shows the share of work done, 0 to 100. */
  progress(percent: number): void {
    this.#ring.style.strokeDashoffset = `${100 - percent}`;
    const started = percent > 0 && this.#state === "verifying";
    this.#card.toggleAttribute("data-started", started);
    this.#percent.textContent = started
      ? ` ${(percent / 100).toLocaleString(languageOf(this.#host), { style: "percent" })}`
      : "";
  }

  /** Marks the card as the one that holds the form up. */
  complain(): void {
    this.#card.classList.remove("invalid");
    // Reading a layout value restarts the animation.
    void this.#card.offsetWidth;
    this.#card.classList.add("invalid");
  }

  /** Says everything again: a language, a phrase or an address has changed. */
  refresh(): void {
    const host = this.#host;
    const { label, name, image } = STATES[this.#state];
    const own = host.getAttribute(`data-cap-i18n-${name}`);
    this.#card.dataset.state = this.#state;
    this.#card.lang = languageOf(host);
    this.#card.ariaLabel = phrase(host, "group-aria-label");
    this.#card.classList.remove("invalid");
    const painted = image && getComputedStyle(host).getPropertyValue(image);
    this.#card.toggleAttribute("data-painted", !!painted);
    this.#text.textContent = phrase(host, label);
    this.#hint.textContent = this.#slow ? phrase(host, "wasm-disabled") : "";
    if (own) this.trigger.setAttribute("aria-label", own);
    else this.trigger.removeAttribute("aria-label");
    this.trigger.setAttribute("aria-checked", `${this.#state === "done"}`);
    this.trigger.setAttribute("aria-busy", `${this.#state === "verifying"}`);
    this.trigger.setAttribute(
      "aria-disabled",
      `${this.#state === "verifying" || this.#state === "done"}`,
    );
    const help = host.getAttribute("data-cap-troubleshooting-url");
    this.#troubleshoot.hidden = !help || this.#state !== "error";
    if (help) this.#troubleshoot.setAttribute("href", help);
    this.#troubleshoot.textContent = phrase(host, "troubleshooting-label");
  }

  #checkbox(): HTMLElement {
    return html(
      "span",
      { class: "checkbox", part: "checkbox", "aria-hidden": "true" },
      svg(
        "svg",
        { class: "ring", viewBox: "0 0 32 32" },
        svg("circle", { class: "track", cx: "16", cy: "16", r: "14" }),
        this.#ring,
      ),
      svg(
        "svg",
        { class: "sign", viewBox: "0 0 24 24" },
        svg("path", { class: "tick", d: "m6 12.5 4 4 8-9", pathLength: "1" }),
        svg("path", { class: "cross", d: "M12 6v7.5M12 17.5v.5" }),
      ),
    );
  }
}

/** How a state reads: its label, the name Cap gives its spoken label, what is announced, its picture. */
const STATES: Readonly<
  Record<State, { label: PhraseKey; name: string; spoken?: PhraseKey; image?: string }>
> = {
  "": { label: "initial-state", name: "verify-aria-label" },
  verifying: {
    label: "verifying-label",
    name: "verifying-aria-label",
    spoken: "verifying-aria-label",
  },
  done: {
    label: "solved-label",
    name: "verified-aria-label",
    spoken: "verified-aria-label",
    image: "--cap-checkmark",
  },
  error: {
    label: "error-label",
    name: "error-aria-label",
    spoken: "error-aria-label",
    image: "--cap-error-cross",
  },
};
