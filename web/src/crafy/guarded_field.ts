/**
 * The form's hidden field. It says what the widget says: whatever else changes
 * it or takes it out of the page is undone.
 */

import { html } from "../core/build_dom";
import { complain } from "./log";

/** The field of one widget. */
export class GuardedField {
  readonly #container: Element;
  readonly #name: string;
  readonly #field: HTMLInputElement;
  readonly #watch = new MutationObserver(() => this.#repair());
  #token = "";
  #repairs = 0;

  constructor(container: Element, name: string) {
    this.#container = container;
    this.#name = name;
    this.#field = html("input", { type: "hidden", name, value: "" });
    container.append(this.#field);
    this.#watch.observe(container, { childList: true });
    this.#watch.observe(this.#field, { attributes: true });
  }

  /** Puts a token into the form, or takes it out with an empty text. */
  write(token: string): void {
    this.#token = token;
    this.#field.value = token;
  }

  /** Takes the field away and watches no more. */
  remove(): void {
    this.#watch.disconnect();
    this.#field.remove();
  }

  #repair(): void {
    const field = this.#field;
    const wanted = { type: "hidden", name: this.#name, value: this.#token };
    const odd = field.getAttributeNames().filter((name) => !Object.hasOwn(wanted, name));
    const changed = Object.entries(wanted).filter(([name, is]) => field.getAttribute(name) !== is);
    const gone = field.parentNode !== this.#container;
    if (odd.length + changed.length === 0 && !gone) return;
    // Two guards of one field would mend for ever.
    if (++this.#repairs > REPAIRS) {
      this.#watch.disconnect();
      complain(`something keeps changing the field ${this.#name}`);
      return;
    }
    for (const name of odd) field.removeAttribute(name);
    for (const [name, is] of changed) field.setAttribute(name, is);
    if (gone) this.#container.append(field);
  }
}

const REPAIRS = 100;
