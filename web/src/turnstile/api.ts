/**
 * `window.turnstile`: the vendor's methods. Each is a closure, for wrappers
 * take them off the object. Only `render` and `execute` throw, and only where
 * there is nothing to render; everything else is told on the console.
 */

import { warn } from "../core/environment";
import type { Parameters } from "./parameters";
import { Registry } from "./registry";

/** The object itself. */
export interface Turnstile {
  /** Calls back when the page can be worked with. */
  ready(callback: () => void): void;
  /** Id of the widget now in this container: an element, its id, or a selector. */
  render(container: unknown, parameters?: Parameters): string;
  /** Starts a widget, rendered first if need be. */
  execute(which?: unknown, parameters?: Parameters): void;
  /** Gives up a token, if there is one, and starts over. */
  reset(which?: unknown): void;
  remove(which?: unknown): void;
  /** The token; `undefined` without one. */
  getResponse(which?: unknown): string | undefined;
  isExpired(which?: unknown): boolean;
  /** Renders whatever asks for it by its class. */
  implicitRender(): void;
}

/** What the script keeps between two loads of it. */
export interface Loaded {
  readonly turnstile: Turnstile;
  readonly registry: Registry;
}

/** A new object with no widgets. */
export function load(): Loaded {
  const registry = new Registry();
  const find = (which: unknown) => {
    const widget = registry.find(which);
    if (!widget) warn("turnstile: there is no such widget");
    return widget;
  };
  const render = (container: unknown, parameters?: Parameters) =>
    registry.render(container, parameters ?? {}).id;
  const turnstile: Turnstile = {
    ready,
    render,
    execute(which, parameters) {
      const known = registry.find(which);
      // Without one, `render` says what is wrong with the container.
      const widget = known ?? registry.render(which, { ...parameters, execution: "execute" });
      widget.execute();
    },
    reset: (which) => find(which)?.reset(),
    remove(which) {
      const widget = find(which);
      if (widget) registry.remove(widget);
    },
    getResponse: (which) => registry.find(which)?.token,
    isExpired: (which) => registry.find(which)?.expired ?? false,
    implicitRender() {
      const selector = registry.compatible ? `${CLASSES},.g-recaptcha` : CLASSES;
      for (const container of document.querySelectorAll(selector)) {
        if (registry.find(container)?.present) continue;
        try {
          render(container);
        } catch (error) {
          warn(String(error));
        }
      }
    },
  };
  return { turnstile, registry };
}

function ready(callback: unknown): void {
  const call = () => {
    if (typeof callback === "function") callback();
    else warn("turnstile: ready wants a function");
  };
  if (document.readyState !== "loading") call();
  else document.addEventListener("DOMContentLoaded", call, { once: true });
}

const CLASSES = ".cf-turnstile,.cf-challenge";
