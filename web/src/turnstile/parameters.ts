/**
 * What a page may say of a Turnstile widget, read once. Where the vendor has an
 * error code for what makes no sense, that is the widget's problem.
 */

import type { Conduct } from "../vendor/conduct";
import { isSiteKey, type Parameters, Reader } from "../vendor/parameters";
import { rehearsalOf } from "../vendor/rehearsal";
import type { Look } from "../vendor/view";
import { CODES } from "./error_codes";
import { TEST_KEYS } from "./test_keys";

/** One widget's settings. */
export interface Settings {
  readonly reader: Reader;
  readonly conduct: Conduct;
  readonly look: Pick<Look, "shape" | "width" | "height" | "tabindex">;
  /** As the page wrote it; `auto` and what we do not speak mean the visitor's own. */
  readonly language: string;
  /** Name of the hidden field; `undefined` where the page wants none. */
  readonly field: string | undefined;
}

/** The settings of a container with these parameters. */
export function settingsOf(container: Element, parameters: Parameters): Settings {
  const reader = new Reader("turnstile", parameters, container);
  const size = isInvisible(reader) ? SIZES[0] : reader.choice("size", SIZES);
  const [width, height] = MEASURES[size];
  return {
    reader,
    conduct: conductOf(reader),
    look: {
      shape: size === "compact" ? "tall" : "wide",
      width,
      height,
      tabindex: reader.tabindex,
    },
    language: reader.text("language"),
    field: fieldName(reader),
  };
}

/** How the widget behaves, by what the page says now. */
export function conductOf(reader: Reader): Conduct {
  const [action, cdata] = [reader.text("action"), reader.text("cData") || reader.text("cdata")];
  const sitekey = reader.text("sitekey");
  // A card that is never seen could not ask a visitor for a click.
  const appearance = isInvisible(reader)
    ? "interaction-only"
    : reader.choice("appearance", ["always", "execute", "interaction-only"]);
  const retries = reader.choice("retry", ["auto", "never"]) === "auto";
  const interval = reader.count("retry-interval", 1, MOST_RETRY_INTERVAL, RETRY_INTERVAL);
  return {
    sitekey,
    binding: { vendor: "turnstile", ...(action && { action }), ...(cdata && { cdata }) },
    rehearsal: rehearsalOf(sitekey, TEST_KEYS),
    problem: problemOf(sitekey, action, cdata),
    starts: reader.choice("execution", ["render", "execute"]) === "render" ? "itself" : "told",
    shown: SHOWN[appearance],
    theme: reader.choice("theme", ["auto", "light", "dark"]),
    retryInterval: retries ? interval : undefined,
    life: reader.count("expiry-interval", LEAST_EXPIRY_INTERVAL, EXPIRY_INTERVAL, EXPIRY_INTERVAL),
    refreshExpired: reader.choice("refresh-expired", REFRESH),
    refreshTimeout: reader.choice("refresh-timeout", REFRESH),
  };
}

const isInvisible = (reader: Reader): boolean =>
  reader.raw("size") === "invisible" || !!rehearsalOf(reader.text("sitekey"), TEST_KEYS)?.unseen;

function fieldName(reader: Reader): string | undefined {
  const wanted = reader.raw("response-field");
  if (wanted === false || wanted === "false") return undefined;
  return reader.text("response-field-name") || "cf-turnstile-response";
}

/** What the server would refuse is told without asking it. */
function problemOf(sitekey: string, action: string, cdata: string): string | undefined {
  if (!isSiteKey(sitekey)) return CODES.sitekey;
  if (!/^[\w-]{0,32}$/.test(action)) return CODES.action;
  if (!/^[\w-]{0,255}$/.test(cdata)) return CODES.cdata;
  return undefined;
}

const SIZES = ["normal", "flexible", "compact"] as const;
const MEASURES = {
  normal: ["300px", "65px"],
  // No narrower than the vendor's.
  flexible: ["max(100%, 300px)", "65px"],
  compact: ["150px", "140px"],
} as const;
const SHOWN = { always: "always", execute: "started", "interaction-only": "asking" } as const;
const REFRESH = ["auto", "manual", "never"] as const;
const RETRY_INTERVAL = 8000;
const MOST_RETRY_INTERVAL = 900_000;
// Ten seconds less than the vendor's tokens live, for the form to arrive.
const EXPIRY_INTERVAL = 290_000;
// A page that wants a new token every moment would work its visitors' devices without an end.
const LEAST_EXPIRY_INTERVAL = 10_000;
