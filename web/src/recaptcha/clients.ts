/** The clients of a page, and how a page names them. */

import { bindButton, isButton, putInto } from "../vendor/button";
import { frameMark } from "../vendor/frame_mark";
import { speakerOf } from "../vendor/locales";
import { type Parameters, Reader } from "../vendor/parameters";
import { Place } from "../vendor/place";
import { Registry } from "../vendor/registry";
import { ResponseFields } from "../vendor/response_fields";
import { View } from "../vendor/view";
import { Widget } from "../vendor/widget";
import { badgeAround } from "./badge";
import { type Settings, settingsOf } from "./parameters";

/** All clients of the page. */
export class Clients extends Registry<number> {
  readonly #automatic = new Map<string, number>();
  /** Clients of plugins, which are meant only where they are named. */
  readonly #isolated = new Set<Widget>();
  #next = 0;

  /**
   * Renders into a container. Answers the client's id.
   *
   * @param container `undefined` for a badge in a corner of the page
   * @param inherit   whether the container's attributes count too
   * @throws {Error} in the vendor's words
   */
  render(container: Element | undefined, parameters: Parameters, inherit: boolean): number {
    if (container && this.in(container)) {
      throw new Error("reCAPTCHA has already been rendered in this element");
    }
    const reader = new Reader("recaptcha", parameters, inherit ? container : undefined);
    const button = !!container && isButton(container);
    const settings = settingsOf(reader, button || !container);
    if (!settings.conduct.sitekey) throw new Error("Missing required parameters: sitekey");
    const id = this.#next++;
    const widget = widgetOf(id, container ?? body(), settings, reader, !container);
    this.add(id, widget);
    if (String(reader.raw("isolated")) === "true") this.#isolated.add(widget);
    if (button) bindButton(container, widget);
    return id;
  }

  /** The client of version 3 for a site key that an address of the script named, rendered if it is not there. */
  automatic(sitekey: string, parameters: Parameters): Widget {
    const id = this.#automatic.get(sitekey) ?? FIRST_AUTOMATIC + this.#automatic.size;
    this.#automatic.set(sitekey, id);
    const there = this.get(id);
    if (there?.place.present) return there;
    if (there) this.remove(there);
    const reader = new Reader("recaptcha", { ...parameters, sitekey }, undefined);
    const settings = settingsOf(reader, true);
    const widget = widgetOf(id, body(), settings, reader, true);
    this.add(id, widget);
    return widget;
  }

  /**
   * The client of this id; the first one that is there if nothing is said.
   *
   * @param lost whether one that is no more on the page will do
   * @throws {Error} in the vendor's words, where there is none
   */
  find(which: unknown, lost = false): Widget {
    const bare = (which ?? "") === "";
    const first = this.#first;
    if (bare ? !first : this.all.length === 0) throw new Error("No reCAPTCHA clients exist.");
    const widget = bare ? first : this.get(Number(which));
    if (widget && (lost || !widget.place.lost)) return widget;
    const id = bare ? this.idOf(first as Widget) : which;
    const known = widget || Number(which) < this.#next;
    throw new Error(
      `${known ? "reCAPTCHA client element has been removed" : "Invalid reCAPTCHA client id"}: ${id}`,
    );
  }

  /** The first one that is still there; one that the script made by itself comes last. */
  get #first(): Widget | undefined {
    const all = this.all
      .filter((each) => !this.#isolated.has(each))
      .sort((one, other) => Number(this.idOf(one)) - Number(this.idOf(other)));
    return all.find((each) => !each.place.lost) ?? all[0];
  }
}

function widgetOf(
  id: number,
  container: Element,
  settings: Settings,
  reader: Reader,
  alone: boolean,
): Widget {
  const { conduct, look, badge: corner } = settings;
  const speaker = speakerOf(settings.language);
  const view = new View({ ...look, ...speaker, testing: !!conduct.rehearsal });
  const { host } = view;
  host.append(frameMark("reCAPTCHA"));
  const around = corner && badgeAround(host, corner);
  const element = around?.wrapper ?? host;
  const fields = new ResponseFields(around?.badge ?? host);
  fields.addTextArea(FIELD, id ? `${FIELD}-${id}` : FIELD);
  putInto(container, element);
  return new Widget(
    new Place(alone ? element : container, element),
    conduct,
    speaker.phrases,
    view,
    fields,
    {
      solved: (token) => reader.tell("callback", token),
      expired() {
        // On a card it is an end; a badge only waits for the next time.
        if (corner) view.show("idle", speaker.phrases.group);
        reader.tell("expired-callback");
      },
      failed: () => reader.tell("error-callback"),
    },
  );
}

/** A script in the head may be asked before there is a body. */
const body = (): Element => document.body ?? document.documentElement;

const FIELD = "g-recaptcha-response";
// The vendor's own, which pages know from the field's id.
const FIRST_AUTOMATIC = 100_000;
