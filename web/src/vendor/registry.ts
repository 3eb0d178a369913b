/**
 * The widgets of a page, in the order they were rendered. Frameworks empty
 * containers and drop them without a word, so what is here may be gone.
 */

import { warn } from "../core/environment";
import type { Widget } from "./widget";

/** All widgets of one vendor. */
export class Registry<Id extends string | number> {
  readonly #widgets = new Map<Id, Widget>();

  get all(): Widget[] {
    return [...this.#widgets.values()];
  }

  get first(): Widget | undefined {
    return this.all[0];
  }

  get last(): Widget | undefined {
    return this.all.at(-1);
  }

  /** The widget of this id. */
  get(id: Id): Widget | undefined {
    return this.#widgets.get(id);
  }

  /** Its id; `undefined` for a stranger. */
  idOf(widget: Widget): Id | undefined {
    for (const [id, each] of this.#widgets) if (each === widget) return id;
    return undefined;
  }

  /** The widget of this container. One that the page has emptied has none. */
  in(container: Element): Widget | undefined {
    for (const widget of this.all) {
      if (widget.place.container !== container) continue;
      if (widget.place.present) return widget;
      this.remove(widget);
    }
    return undefined;
  }

  /**
   * Adds a widget. Of those that were taken off the page the oldest end, should there be many; those whose button alone
   * was taken off end at once, for their old token would be sent before the new one.
   */
  add(id: Id, widget: Widget): void {
    this.#widgets.set(id, widget);
    const lost = this.all.filter(({ place }) => place.lost);
    const orphans = this.all.filter(({ place }) => place.orphaned);
    for (const each of [...orphans, ...lost.slice(0, -MOST_LOST)]) this.remove(each);
  }

  /** Ends a widget. */
  remove(widget: Widget): void {
    this.#widgets.delete(this.idOf(widget) as Id);
    widget.remove();
  }

  /** Renders into whatever has one of these classes and no widget yet. */
  renderAll(classes: readonly string[], render: (container: Element) => void): void {
    for (const container of document.querySelectorAll(classes.map((each) => `.${each}`).join())) {
      if (this.in(container)) continue;
      try {
        render(container);
      } catch (error) {
        warn(String(error));
      }
    }
  }
}

/** So many letters and digits that nobody has had before. */
export const randomId = (length: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) =>
    (byte % 36).toString(36),
  ).join("");

// A dialog that is taken off the page and shown again keeps its widget.
const MOST_LOST = 32;
