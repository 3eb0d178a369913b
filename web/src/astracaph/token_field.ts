/**
 * The form's side of a token: a hidden field, and whether the form was sent.
 */

import { html } from "../core/build_dom";

/** The field of one container. */
export class TokenField {
  /** Whether the form was sent since a token was last put into it. */
  sent = false;
  /** Whether the visitor came back to a form that was sent. */
  wanted = false;
  readonly #container: Element;
  #field: HTMLInputElement | undefined;
  #sentAt = 0;

  /** @param gone aborts when the container leaves the page, and takes the field with it */
  constructor(container: Element, gone: AbortSignal) {
    this.#container = container;
    const on = (type: string, act: (event: Event) => void) =>
      document.addEventListener(type, act, { signal: gone });
    on("submit", ({ target }) => {
      if (!this.#form || target !== this.#form) return;
      this.sent = true;
      this.#sentAt = performance.now();
    });
    const back = ({ target, timeStamp }: Event) => {
      if (!this.sent || timeStamp < this.#sentAt + SUBMITTING) return;
      if (this.#form?.contains(target as Node)) this.wanted = true;
    };
    on("focusin", back);
    on("input", back);
    gone.addEventListener("abort", () => this.#field?.remove());
  }

  /** Puts a token into the form, or takes it out with an empty text. */
  write(token: string): void {
    if (token) this.sent = this.wanted = false;
    const home = this.#form ?? this.#container;
    this.#field ??= home.querySelector<HTMLInputElement>(`input[name="${NAME}"]`) ?? undefined;
    this.#field ??= html("input", { type: "hidden", name: NAME });
    this.#field.value = token;
    // A framework that renders the form may have taken it away.
    if (!home.contains(this.#field)) home.append(this.#field);
  }

  get #form(): HTMLFormElement | null {
    return this.#container.closest("form");
  }
}

const NAME = "astracaph-response";
// Milliseconds in which a page's own handlers of the submit may still read the form.
const SUBMITTING = 1000;
