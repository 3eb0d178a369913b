/** The widgets of a page, and how a page names them. */

import { warn } from "../core/environment";
import { Failure } from "../core/failure";
import { speakerOf } from "../vendor/locales";
import { elementOf, type Parameters, type Reader } from "../vendor/parameters";
import { Place } from "../vendor/place";
import { Registry, randomId } from "../vendor/registry";
import { ResponseFields } from "../vendor/response_fields";
import { View } from "../vendor/view";
import { Widget } from "../vendor/widget";
import { CODES, codeOf } from "./error_codes";
import { conductOf, type Settings, settingsOf } from "./parameters";

/** All widgets of the page. */
export class Widgets extends Registry<string> {
  /** Whether forms get a field of reCAPTCHA's name too. */
  compatible = false;
  readonly #readers = new WeakMap<Widget, Reader>();

  /**
   * Puts a widget into a container, unless it has one. Answers its id.
   *
   * @throws {Error} without a container or a site key, as the vendor does
   */
  render(place: unknown, parameters: Parameters): string {
    const container = elementOf(place);
    if (!container) throw new Error(`[turnstile] Unable to find a container for "${place}"`);
    const there = this.in(container);
    if (there) {
      warn("turnstile: there already is a widget in this container");
      return this.idOf(there) as string;
    }
    const settings = settingsOf(container, parameters);
    if (!settings.conduct.sitekey) throw new Error('[turnstile] Missing parameter "sitekey"');
    const id = `cf-chl-widget-${randomId(5)}`;
    this.add(id, this.#widget(id, container, settings));
    return id;
  }

  /** The widget of this id, in this element, or in what this selector finds; the last rendered one if nothing is said. */
  find(which: unknown): Widget | undefined {
    if (which === undefined || which === null) return this.last;
    const widget = this.get(String(which));
    if (widget) return widget;
    const container = elementOf(which);
    return container && this.in(container);
  }

  /** Takes what the page says of a widget after it was rendered: callbacks, and what a token is bound to. */
  adapt(widget: Widget, parameters: Parameters): void {
    const reader = this.#readers.get(widget);
    reader?.add(parameters);
    if (reader) widget.conduct = conductOf(reader);
  }

  #widget(id: string, container: Element, settings: Settings): Widget {
    const { reader, conduct, look, field } = settings;
    const speaker = speakerOf(settings.language);
    const view = new View({ ...look, ...speaker, testing: !!conduct.rehearsal });
    const { host } = view;
    host.id = id;
    const fields = new ResponseFields(host);
    if (field) fields.addInput(field, `${id}_response`);
    if (this.compatible) fields.addInput("g-recaptcha-response", `${id}_g_response`);
    container.append(host);
    const place = new Place(container, host);
    const widget = new Widget(place, conduct, speaker.phrases, view, fields, {
      solved: (token) => reader.tell("callback", token, false),
      expired: (token) => reader.tell("expired-callback", token),
      failed(error) {
        const code = codeOf(error);
        if (code === CODES.browser) reader.tell("unsupported-callback");
        if (reader.tell("error-callback", code)) return;
        warn(`turnstile: error ${code}${error instanceof Failure ? `: ${error.message}` : ""}`);
      },
      asked: () => reader.tell("before-interactive-callback"),
      answered: () => reader.tell("after-interactive-callback"),
      timedOut: () => reader.tell("timeout-callback"),
    });
    this.#readers.set(widget, reader);
    return widget;
  }
}
