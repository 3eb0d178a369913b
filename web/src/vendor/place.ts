/**
 * Where a widget stands in the page, and what became of that. Frameworks empty
 * containers and drop them without a word.
 */

/** A widget's place. */
export class Place {
  /** What the page named. */
  readonly container: Element;
  readonly #element: Element;
  readonly #home: ParentNode | null;
  #seen = false;

  /** @param element what was put into the page for the widget, already there */
  constructor(container: Element, element: Element) {
    this.container = container;
    this.#element = element;
    this.#home = element.parentNode;
  }

  /** Whether the widget still is where it was put. */
  get present(): boolean {
    return !!this.#home && this.#element.parentNode === this.#home;
  }

  /** Looks whether it is on the page, and answers whether it ever was: it may be rendered before its container is there. */
  look(): boolean {
    this.#seen ||= this.#element.isConnected;
    return this.#seen;
  }

  /** Whether it was on the page and is no more. */
  get lost(): boolean {
    return this.look() && !this.#element.isConnected;
  }

  /** Whether the page took its button away, and left what stands behind that. */
  get orphaned(): boolean {
    return this.#element.isConnected && !this.container.isConnected;
  }

  /** Takes the widget off the page. */
  clear(): void {
    this.#element.remove();
  }
}
