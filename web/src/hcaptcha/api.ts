/**
 * `window.hcaptcha`: the vendor's methods. Each is a closure, for wrappers take
 * them off the object. What names no widget is told on the console, or by the
 * promise that was asked for.
 */

import { warn } from "../core/environment";
import { isBare, type Parameters } from "../vendor/parameters";
import type { Widget } from "../vendor/widget";
import { CODES, codeOf } from "./error_codes";
import { Widgets } from "./widgets";

/** What a promise of `execute` holds. */
export interface Response {
  readonly response: string;
  readonly key: string;
}

/** The object itself. Ids may be left out, or `null`: then the first widget is meant. */
export interface Hcaptcha {
  /** Id of the widget now in this container: an element or its id. */
  render(container: unknown, parameters?: Parameters): string;
  /** Starts a widget. Only with `async` there is a promise, which rejects with an error's code. */
  execute(which?: unknown, options?: Parameters): Promise<Response> | undefined;
  /** The token; empty without one. */
  getResponse(which?: unknown): string;
  /** The name of the token; empty without one. */
  getRespKey(which?: unknown): string;
  reset(which?: unknown): void;
  remove(which?: unknown): void;
  /** Ends an open challenge. */
  close(which?: unknown): void;
  /** Taken and not used: what it may hold is for the vendor's own challenges. */
  setData(which?: unknown, data?: unknown): void;
}

/** What the script keeps between two loads of it. */
export interface Loaded {
  readonly hcaptcha: Hcaptcha;
  readonly widgets: Widgets;
}

/** A new object with no widgets. */
export function load(): Loaded {
  const widgets = new Widgets();
  const on = (which: unknown, act: (widget: Widget) => void) => {
    const widget = widgets.find(which);
    if (widget) act(widget);
    else warn("hcaptcha: there is no such widget");
  };
  const respKey = (token: string) => token && `E1_${token.slice(-RESP_KEY_LENGTH)}`;
  const hcaptcha: Hcaptcha = {
    render: (container, parameters) => widgets.render(container, parameters ?? {}),
    execute(which, options) {
      if (isBare(which)) return hcaptcha.execute(undefined, which);
      const widget = widgets.find(which);
      const outcome = widget && begun(widget);
      if (!options?.async) {
        if (!widget) warn("hcaptcha: there is no such widget");
        return undefined;
      }
      if (!outcome) return Promise.reject(widgets.first ? CODES.unknown : CODES.none);
      return outcome.then(
        (response) => ({ response, key: respKey(response) }),
        (error) => Promise.reject(codeOf(error)),
      );
    },
    getResponse: (which) => widgets.find(which)?.token ?? "",
    getRespKey: (which) => respKey(widgets.find(which)?.token ?? ""),
    reset: (which) => on(which, (widget) => widget.reset()),
    remove: (which) => on(which, (widget) => widgets.remove(widget)),
    close: (which) => on(which, (widget) => widget.close()),
    setData: (which) => on(isBare(which) ? undefined : which, () => {}),
  };
  return { hcaptcha, widgets };
}

function begun(widget: Widget): Promise<string> {
  widget.begin();
  return widget.outcome();
}

// Enough to tell tokens apart, and too little to use one.
const RESP_KEY_LENGTH = 24;
