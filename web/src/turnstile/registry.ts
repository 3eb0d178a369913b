/** The widgets of a page, in the order they were rendered, and how a page names them. */

import { warn } from "../core/environment";
import { type Parameters, settingsOf } from "./parameters";
import { Widget } from "./widget";

/** All widgets of the page. */
export class Registry {
  /** Whether forms get a field of reCAPTCHA's name too. */
  compatible = false;
  readonly #widgets = new Map<string, Widget>();

  /**
   * Puts a widget into a container, unless it has one.
   *
   * @throws {Error} without a container or a site key, as the vendor does
   */
  render(place: unknown, parameters: Parameters): Widget {
    const container = elementOf(place);
    if (!container) throw new Error(`[turnstile] Unable to find a container for "${place}"`);
    const there = this.#in(container);
    if (there?.present) {
      warn("turnstile: there already is a widget in this container");
      return there;
    }
    // A framework has emptied the container without a word.
    if (there) this.remove(there);
    const settings = settingsOf(container, parameters);
    if (!settings.sitekey) throw new Error('[turnstile] Missing parameter "sitekey"');
    const widget = new Widget(this.#freshId(), container, settings, this.compatible, (abandoned) =>
      this.remove(abandoned),
    );
    this.#widgets.set(widget.id, widget);
    return widget;
  }

  /** The widget of this id, in this element, or in what this selector finds; the last rendered one if nothing is said. */
  find(which: unknown): Widget | undefined {
    if (which === undefined || which === null) return [...this.#widgets.values()].at(-1);
    const widget = this.#widgets.get(String(which));
    if (widget) return widget;
    const container = elementOf(which);
    return container && this.#in(container);
  }

  /** Ends a widget. */
  remove(widget: Widget): void {
    this.#widgets.delete(widget.id);
    widget.remove();
  }

  #in(container: Element): Widget | undefined {
    return [...this.#widgets.values()].find((widget) => widget.container === container);
  }

  #freshId(): string {
    const letters = Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) =>
      (byte % 36).toString(36),
    );
    const id = `cf-chl-widget-${letters.join("")}`;
    return this.#widgets.has(id) ? this.#freshId() : id;
  }
}

/** An element itself, or the one a text names by id or as a selector. */
function elementOf(place: unknown): Element | undefined {
  if (place instanceof Element) return place;
  if (typeof place !== "string") return undefined;
  try {
    return document.getElementById(place) ?? document.querySelector(place) ?? undefined;
  } catch {
    // No selector.
    return undefined;
  }
}
