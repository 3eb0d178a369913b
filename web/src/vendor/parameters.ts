/**
 * What a page says of a widget, however it says it. The same names hold as
 * parameters and, after `data-`, as attributes; a parameter goes before an
 * attribute. Numbers may come as texts, and `undefined` counts as absent, for
 * wrappers pass all they have.
 */

import { warn } from "../core/environment";

/** Parameters as a page passes them: any object. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Reads the parameters of one widget. What makes no sense is told on the console, and the default taken. */
export class Reader {
  readonly #vendor: string;
  #parameters: Parameters;
  readonly #attributes: Element | undefined;

  /** @param attributes the element whose attributes count too, if any do */
  constructor(vendor: string, parameters: Parameters, attributes: Element | undefined) {
    this.#vendor = vendor;
    this.#parameters = parameters;
    this.#attributes = attributes;
  }

  /** Takes further parameters, which go before those of before. */
  add(parameters: Parameters): void {
    const said = Object.entries(parameters).filter(([, value]) => value !== undefined);
    this.#parameters = { ...this.#parameters, ...Object.fromEntries(said) };
  }

  raw(name: string): unknown {
    return (
      this.#parameters[name] ??
      this.#attributes?.getAttribute(`data-${name.toLowerCase()}`) ??
      undefined
    );
  }

  /** Empty where nothing is said. */
  text(name: string): string {
    return String(this.raw(name) ?? "");
  }

  /** One of these values, by default the first. */
  choice<T extends string>(name: string, values: readonly T[]): T {
    const value = this.raw(name) || values[0];
    const found = values.find((each) => each === value);
    if (!found) warn(`${this.#vendor}: unknown value for ${name}`);
    return found ?? values[0];
  }

  /** A number of at most `most`; `least` for less, `otherwise` where there is none. */
  count(name: string, least: number, most: number, otherwise: number): number {
    const value = Number(this.raw(name) ?? otherwise);
    return value > 0 && value <= most ? Math.max(value, least) : otherwise;
  }

  /** For the `tabindex` of what can be clicked. */
  get tabindex(): number {
    return Math.trunc(Number(this.text("tabindex"))) || 0;
  }

  /**
   * Calls the page's function of this name, as it is now, and answers what it answered; false if there is none.
   * What it throws is its own error, and stops nothing here.
   */
  tell(name: string, ...values: unknown[]): unknown {
    const named = this.raw(name);
    const callback = typeof named === "string" ? globalFunction(named) : named;
    if (named && !callback) warn(`${this.#vendor}: there is no function ${named}`);
    return typeof callback === "function" && called(callback, values);
  }
}

/**
 * A function of the page by its name on `window`, `undefined` if there is none.
 * What stands in an attribute or an address is looked up, never run as code.
 */
export function globalFunction(name: string): unknown {
  const found = (window as unknown as Record<string, unknown>)[name];
  return typeof found === "function" ? found : undefined;
}

/** Calls a function of the page; what it throws goes where the page's own errors go. */
export function called(callback: unknown, values: readonly unknown[] = []): unknown {
  try {
    return (callback as (...values: unknown[]) => unknown)(...values);
  } catch (error) {
    reportError(error);
    return false;
  }
}

/** Whether this can be a site key, which becomes part of an address. */
export const isSiteKey = (text: string): boolean => /^[\w-]{1,128}$/.test(text);

/** Whether a page left an element or id out, and this is what comes after it. */
export const isBare = (place: unknown): place is Parameters =>
  typeof place === "object" && place !== null && !(place instanceof Element);

/** An element itself, or the one a text names by id or as a selector. */
export function elementOf(place: unknown): Element | undefined {
  if (place instanceof Element) return place;
  if (typeof place !== "string") return undefined;
  try {
    return document.getElementById(place) ?? document.querySelector(place) ?? undefined;
  } catch {
    // No selector.
    return undefined;
  }
}
