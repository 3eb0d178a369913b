/** The token as the form around the widget sees it: hidden fields inside the widget. */

import { html } from "../core/build_dom";

/** The fields of one widget. */
export class ResponseFields {
  /** Told of every change. */
  onwrite: (token: string) => void = () => {};
  readonly #fields: (HTMLInputElement | HTMLTextAreaElement)[] = [];
  readonly #host: HTMLElement;

  /** @param host an element of the widget's, so that whoever takes that away takes the fields too */
  constructor(host: HTMLElement) {
    this.#host = host;
  }

  /** Adds a hidden input. */
  addInput(name: string, id: string): void {
    this.#add(html("input", { type: "hidden", name, id }));
  }

  /** Adds a text area, which is named and hidden as pages of reCAPTCHA's know it. */
  addTextArea(name: string, id: string): void {
    const field = html("textarea", { name, id, class: name });
    field.style.display = "none";
    this.#add(field);
  }

  /** Puts a token into the form; an empty text takes it out. */
  write(token: string): void {
    for (const field of this.#fields) field.value = token;
    this.onwrite(token);
  }

  #add(field: HTMLInputElement | HTMLTextAreaElement): void {
    this.#fields.push(field);
    this.#host.append(field);
  }
}
