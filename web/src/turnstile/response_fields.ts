/** The token as the form around the widget sees it: hidden fields inside the widget. */

import { html } from "../core/build_dom";

/** The fields of one widget: its own, and one of reCAPTCHA's name for pages that expect it. */
export class ResponseFields {
  readonly #fields: HTMLInputElement[] = [];

  /**
   * @param host the widget's element, so that whoever takes it away takes the fields too
   * @param name of the widget's own field; without one there are none
   */
  constructor(host: HTMLElement, name: string | undefined, compatible: boolean) {
    if (!name) return;
    this.#add(host, name, "_response");
    if (compatible) this.#add(host, "g-recaptcha-response", "_g_response");
  }

  /** Puts a token into the form; an empty text takes it out. */
  write(token: string): void {
    for (const field of this.#fields) field.value = token;
  }

  #add(host: HTMLElement, name: string, suffix: string): void {
    const field = html("input", { type: "hidden", name, id: host.id + suffix });
    this.#fields.push(field);
    host.append(field);
  }
}
