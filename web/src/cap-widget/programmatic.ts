/**
 * `new Cap({ apiEndpoint })`: a widget driven by a script instead of a click.
 */

import type { CapWidget, SolveResult } from "./element";

/** Settings of a programmatic widget: its endpoint, and any attribute of the element. */
export interface CapConfig {
  /** The same as `data-cap-api-endpoint`. */
  apiEndpoint?: string;
  [attribute: string]: unknown;
}

/** A widget without a place on the page, or a script's grip on one that has it. */
export class Cap {
  /** The element behind it. */
  readonly widget: CapWidget;

  /**
   * @param config attributes for the element
   * @param element an element of the page; without it a hidden one is made
   * @throws {Error} if neither endpoint nor `CAP_CUSTOM_FETCH` is given
   */
  constructor(config: CapConfig = {}, element?: CapWidget) {
    const widget = element ?? (document.createElement("cap-widget") as CapWidget);
    for (const [name, value] of Object.entries(config)) {
      const attribute = name === "apiEndpoint" ? "data-cap-api-endpoint" : name;
      widget.setAttribute(attribute, String(value));
    }
    if (!widget.endpoint) {
      throw new Error(
        "Missing API endpoint. Either custom fetch or an API endpoint must be provided.",
      );
    }
    if (!element) {
      widget.setAttribute("data-cap-disable-haptics", "");
      widget.style.display = "none";
      document.documentElement.append(widget);
    }
    this.widget = widget;
  }

  /** The current token, or `null`. */
  get token(): string | null {
    return this.widget.token;
  }

  /** See `CapWidget.solve`. */
  readonly solve = (): Promise<SolveResult> => this.widget.solve();

  /** See `CapWidget.reset`. */
  readonly reset = (): void => this.widget.reset();

  /** Listens to the element's events. */
  readonly addEventListener: CapWidget["addEventListener"] = (
    ...listener: Parameters<CapWidget["addEventListener"]>
  ) => this.widget.addEventListener(...listener);

  /** Stops listening. */
  readonly removeEventListener: CapWidget["removeEventListener"] = (
    ...listener: Parameters<CapWidget["removeEventListener"]>
  ) => this.widget.removeEventListener(...listener);
}
