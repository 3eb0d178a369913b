/** The widgets of a page, and how a page names them. */

import { warn } from "../core/environment";
import { bindButton, isButton, putInto } from "../vendor/button";
import { frameMark } from "../vendor/frame_mark";
import { speakerOf } from "../vendor/locales";
import { elementOf, type Parameters } from "../vendor/parameters";
import { Place } from "../vendor/place";
import { Registry, randomId } from "../vendor/registry";
import { ResponseFields } from "../vendor/response_fields";
import { query } from "../vendor/script";
import { View } from "../vendor/view";
import { Widget } from "../vendor/widget";
import { CODES, codeOf } from "./error_codes";
import { type Settings, settingsOf } from "./parameters";

/** All widgets of the page. */
export class Widgets extends Registry<string> {
  /** Whether forms get a field of reCAPTCHA's name too. */
  compatible = true;

  /**
   * Puts a widget into a container, unless it has one. Answers its id.
   *
   * @throws {Error} without a container
   */
  render(place: unknown, parameters: Parameters): string {
    const container = elementOf(place);
    if (!container) throw new Error(`[hCaptcha] render: invalid container '${place}'.`);
    const there = this.in(container);
    if (there) {
      warn("hcaptcha: only one widget is permitted in a container");
      return this.idOf(there) as string;
    }
    const button = isButton(container);
    const id = randomId(12);
    const settings = settingsOf(container, parameters, button);
    const widget = this.#widget(id, container, settings);
    this.add(id, widget);
    if (button) bindButton(container, widget);
    return id;
  }

  /** The widget of this id or in this container; the first one if nothing is said. */
  find(which: unknown): Widget | undefined {
    // Some pages count from 0.
    if (!which) return this.first;
    const widget = this.get(String(which));
    if (widget) return widget;
    const container = elementOf(which);
    return container && this.in(container);
  }

  #widget(id: string, container: Element, settings: Settings): Widget {
    const { reader, conduct, look } = settings;
    const speaker = speakerOf(settings.language || query("hcaptcha").get("hl") || "");
    const view = new View({ ...look, ...speaker, testing: !!conduct.rehearsal });
    const { host } = view;
    const frame = frameMark("hCaptcha");
    const { dataset } = frame;
    dataset.hcaptchaWidgetId = id;
    dataset.hcaptchaResponse = "";
    host.append(frame);
    const fields = new ResponseFields(host);
    if (this.compatible) fields.addTextArea("g-recaptcha-response", `g-recaptcha-response-${id}`);
    fields.addTextArea("h-captcha-response", `h-captcha-response-${id}`);
    fields.onwrite = (token) => {
      dataset.hcaptchaResponse = token;
    };
    putInto(container, host);
    return new Widget(new Place(container, host), conduct, speaker.phrases, view, fields, {
      started: () => reader.tell("open-callback"),
      solved: (token) => reader.tell("callback", token),
      expired: () => reader.tell("expired-callback"),
      failed(error) {
        const code = codeOf(error);
        if (code === CODES.expired) reader.tell("chalexpired-callback");
        else if (reader.tell("error-callback", code) === false) warn(`hcaptcha: ${code}`);
      },
      closed: () => reader.tell("close-callback"),
    });
  }
}
