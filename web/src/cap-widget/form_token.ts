/**
 * A token as the form around the widget sees it: a hidden field, validity, and
 * an end.
 */

import { html } from "../core/build_dom";
import type { Redeemed } from "../core/protocol";
import { phrase } from "./locales";

/** The one token a widget holds, or its absence. */
export class FormToken {
  readonly #widget: HTMLElement;
  readonly #internals: ElementInternals | undefined;
  readonly #anchor: HTMLElement;
  readonly #expired: () => void;
  #field: HTMLInputElement | undefined;
  #redeemed: Redeemed | undefined;
  #expiry: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param internals the widget's, where the browser has them
   * @param anchor    where the browser points its complaint about a missing token
   * @param expired   called when the token's life ends
   */
  constructor(
    widget: HTMLElement,
    internals: ElementInternals | undefined,
    anchor: HTMLElement,
    expired: () => void,
  ) {
    this.#widget = widget;
    this.#internals = internals;
    this.#anchor = anchor;
    this.#expired = expired;
  }

  /** The token itself. */
  get value(): string | undefined {
    return this.#redeemed?.token;
  }

  /** Leaves the field out of the form, as a disabled fieldset asks. */
  set disabled(disabled: boolean) {
    if (this.#field) this.#field.disabled = disabled;
  }

  /** Holds a token, or none, from now on. */
  hold(redeemed: Redeemed | undefined): void {
    this.#redeemed = redeemed;
    clearTimeout(this.#expiry);
    if (redeemed) this.#expiry = setTimeout(this.#expired, redeemed.deadline - Date.now());
    this.refresh();
  }

  /** Writes field and validity again: an attribute, or the widget's place, has changed. */
  refresh(): void {
    if (this.#widget.isConnected) this.#writeField();
    const missing = !this.#redeemed && this.#widget.hasAttribute("required");
    const message = missing ? phrase(this.#widget, "required-label") : undefined;
    this.#internals?.setValidity({ valueMissing: missing }, message, this.#anchor);
  }

  /** Ends the token if its time is over: timers stand still while a device sleeps. */
  readonly check = (): void => {
    if (this.#redeemed && Date.now() >= this.#redeemed.deadline) this.#expired();
  };

  #writeField(): void {
    this.#field ??= this.#widget.querySelector<HTMLInputElement>("input[type=hidden]") ?? undefined;
    this.#field ??= html("input", { type: "hidden" });
    this.#field.name = this.#widget.getAttribute("data-cap-hidden-field-name") || "cap-token";
    this.#field.value = this.value ?? "";
    // A framework that renders the widget's children may have taken it away.
    if (this.#field.parentNode !== this.#widget) this.#widget.append(this.#field);
  }
}
