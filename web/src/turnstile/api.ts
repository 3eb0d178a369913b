/**
 * `window.turnstile`: the vendor's methods. Each is a closure, for wrappers
 * take them off the object. Only `render` and `execute` throw, and only where
 * there is nothing to render; everything else is told on the console.
 */

import { warn } from "../core/environment";
import type { Parameters } from "../vendor/parameters";
import { Widgets } from "./widgets";

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
  readonly widgets: Widgets;
}

/** A new object with no widgets. */
export function load(): Loaded {
  const widgets = new Widgets();
  const find = (which: unknown) => {
    const widget = widgets.find(which);
    if (!widget) warn("turnstile: there is no such widget");
    return widget;
  };
  const render = (container: unknown, parameters?: Parameters) =>
    widgets.render(container, parameters ?? {});
  const turnstile: Turnstile = {
    ready,
    render,
    execute(which, parameters) {
      const known = widgets.find(which);
      if (known && parameters) widgets.adapt(known, parameters);
      if (known?.token) known.repeat();
      // Without one, `render` says what is wrong with the container.
      else (known ?? find(render(which, { ...parameters, execution: "execute" })))?.begin();
    },
    reset: (which) => find(which)?.reset(),
    remove(which) {
      const widget = find(which);
      if (widget) widgets.remove(widget);
    },
    getResponse: (which) => widgets.find(which)?.token || undefined,
    isExpired: (which) => widgets.find(which)?.expired ?? false,
    implicitRender: () => widgets.renderAll(widgets.compatible ? ALL_CLASSES : CLASSES, render),
  };
  return { turnstile, widgets };
}

function ready(callback: unknown): void {
  const call = () => {
    if (typeof callback === "function") callback();
    else warn("turnstile: ready wants a function");
  };
  if (document.readyState !== "loading") call();
  else document.addEventListener("DOMContentLoaded", call, { once: true });
}

const CLASSES = ["cf-turnstile", "cf-challenge"];
const ALL_CLASSES = [...CLASSES, "g-recaptcha"];
