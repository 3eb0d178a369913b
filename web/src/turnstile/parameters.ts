/**
 * What a page may say of a widget, read once. The same names hold as parameters
 * and, after `data-`, as attributes; a parameter goes before an attribute. Whatever
 * makes no sense is told on the console and the default taken, except where the
 * vendor has an error code for it: then that is the widget's problem.
 */

import { warn } from "../core/environment";
import type { Binding } from "../core/protocol";
import { CODES } from "./error_codes";

/** Parameters as a page passes them: any object. */
export type Parameters = Readonly<Record<string, unknown>>;

/** One widget's settings. */
export interface Settings {
  readonly sitekey: string;
  readonly binding: Binding;
  /** `render`: starts by itself; `execute`: when `turnstile.execute` says so. */
  readonly execution: "render" | "execute";
  readonly appearance: "always" | "execute" | "interaction-only";
  readonly theme: "auto" | "light" | "dark";
  readonly size: "normal" | "flexible" | "compact";
  /** As the page wrote it; `auto` and what we do not speak mean the visitor's own. */
  readonly language: string;
  readonly tabindex: number;
  /** Name of the hidden field; `undefined` where the page wants none. */
  readonly field: string | undefined;
  readonly retry: "auto" | "never";
  /** Milliseconds, 1 to 900,000. */
  readonly retryInterval: number;
  readonly refreshExpired: Refresh;
  readonly refreshTimeout: Refresh;
  /** Milliseconds after which a token counts as expired, however long it really lives. */
  readonly expiryInterval: number;
  /** Error code of settings that cannot lead to a token. */
  readonly problem: string | undefined;
  /** The page's own function of this name, as it is now. */
  readonly callback: (name: string) => unknown;
}

/** What follows the end of a token, or of our patience with a visitor. */
export type Refresh = "auto" | "manual" | "never";

/** The settings of a container with these parameters; `undefined` counts as absent. */
export function settingsOf(container: Element, parameters: Parameters): Settings {
  const raw = (name: string): unknown =>
    parameters[name] ?? container.getAttribute(`data-${name.toLowerCase()}`) ?? undefined;
  const text = (name: string): string => String(raw(name) ?? "");
  const choice = <T extends string>(name: string, values: readonly T[]): T => {
    const value = raw(name) || values[0];
    const found = values.find((each) => each === value);
    if (!found) warn(`turnstile: unknown value for ${name}`);
    return found ?? values[0];
  };
  const count = (name: string, most: number, otherwise: number): number => {
    const value = Number(raw(name) ?? otherwise);
    return value >= 1 && value <= most ? value : otherwise;
  };
  const invisible = raw("size") === "invisible";
  const [action, cdata] = [text("action"), text("cData") || text("cdata")];
  const sitekey = text("sitekey");
  return {
    sitekey,
    binding: { ...(action && { action }), ...(cdata && { cdata }) },
    execution: choice("execution", ["render", "execute"]),
    // A card that is never seen could not ask a visitor for a click.
    appearance: invisible
      ? "interaction-only"
      : choice("appearance", ["always", "execute", "interaction-only"]),
    theme: choice("theme", ["auto", "light", "dark"]),
    size: invisible ? "normal" : choice("size", ["normal", "flexible", "compact"]),
    language: text("language"),
    tabindex: Math.trunc(Number(text("tabindex"))) || 0,
    field: fieldName(raw("response-field"), text("response-field-name")),
    retry: choice("retry", ["auto", "never"]),
    retryInterval: count("retry-interval", MOST_RETRY_INTERVAL, RETRY_INTERVAL),
    refreshExpired: choice("refresh-expired", REFRESH),
    refreshTimeout: choice("refresh-timeout", REFRESH),
    expiryInterval: count("expiry-interval", EXPIRY_INTERVAL, EXPIRY_INTERVAL),
    problem: problemOf(sitekey, action, cdata),
    callback: (name) => {
      const named = raw(name);
      return typeof named === "string" ? globalFunction(named) : named;
    },
  };
}

/**
 * A function of the page by its name on `window`. Only a plain name: what
 * stands in an attribute or an address is never run as code.
 */
export function globalFunction(name: string): unknown {
  return /^[\w$]{1,128}$/.test(name)
    ? (window as unknown as Record<string, unknown>)[name]
    : undefined;
}

const fieldName = (wanted: unknown, name: string): string | undefined =>
  wanted === false || wanted === "false" ? undefined : name || "cf-turnstile-response";

/** What the server would refuse is told without asking it. */
function problemOf(sitekey: string, action: string, cdata: string): string | undefined {
  if (!/^[\w-]{1,128}$/.test(sitekey)) return CODES.sitekey;
  if (!/^[\w-]{0,32}$/.test(action)) return CODES.action;
  if (!/^[\w-]{0,255}$/.test(cdata)) return CODES.cdata;
  return undefined;
}

const REFRESH = ["auto", "manual", "never"] as const;
const RETRY_INTERVAL = 8000;
const MOST_RETRY_INTERVAL = 900_000;
// Ten seconds less than the vendor's tokens live, for the form to arrive.
const EXPIRY_INTERVAL = 290_000;
