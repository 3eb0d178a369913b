/** What a page may say of an hCaptcha widget, read once. */

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
  /** As the page wrote it; empty if it did not. */
  readonly language: string;
}

/**
 * The settings of a container with these parameters.
 *
 * @param button whether the container is a button, which shows no card
 */
export function settingsOf(container: Element, parameters: Parameters, button: boolean): Settings {
  const reader = new Reader("hcaptcha", parameters, container);
  const sitekey = reader.text("sitekey");
  const size = button ? "invisible" : reader.choice("size", ["normal", "compact", "invisible"]);
  const invisible = size === "invisible";
  const compact = size === "compact";
  return {
    reader,
    conduct: {
      sitekey,
      binding: { vendor: "hcaptcha" },
      rehearsal: rehearsalOf(sitekey, TEST_KEYS),
      problem: isSiteKey(sitekey) ? undefined : CODES.invalid,
      starts: invisible ? "told" : "clicked",
      shown: invisible ? "never" : "always",
      theme: themeOf(reader),
      retryInterval: undefined,
      life: LIFE,
      refreshExpired: invisible ? "never" : "manual",
      refreshTimeout: "never",
    },
    look: {
      shape: compact ? "tall" : "wide",
      width: compact ? "164px" : "303px",
      height: compact ? "144px" : "78px",
      tabindex: reader.tabindex,
    },
    language: reader.text("hl"),
  };
}

/** A theme of one's own has a palette; of that its mode counts. */
function themeOf(reader: Reader): Conduct["theme"] {
  const theme = reader.raw("theme") as { palette?: { mode?: unknown } } | undefined;
  if (typeof theme !== "object") return reader.choice("theme", ["light", "dark", "contrast"]);
  return theme?.palette?.mode === "dark" ? "dark" : "light";
}

// Milliseconds; as long as the vendor's tokens live.
const LIFE = 120_000;
