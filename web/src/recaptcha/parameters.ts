/** What a page may say of a reCAPTCHA client, read once. */

import type { Conduct } from "../vendor/conduct";
import { isSiteKey, type Reader } from "../vendor/parameters";
import { rehearsalOf } from "../vendor/rehearsal";
import { query } from "../vendor/script";
import type { Look } from "../vendor/view";
import { TEST_KEYS } from "./test_keys";

/** Where the badge of a client without a card is: at a corner of the window, or where its container is. */
export type Corner = "bottomright" | "bottomleft" | "inline";

/** One client's settings. */
export interface Settings {
  readonly conduct: Conduct;
  readonly look: Pick<Look, "shape" | "landmark" | "width" | "height" | "tabindex">;
  /** Set for a client without a card. */
  readonly badge: Corner | undefined;
  /** As the page wrote it; empty if it did not. */
  readonly language: string;
}

/** @param invisible whether it has no card whatever its size says */
export function settingsOf(reader: Reader, invisible: boolean): Settings {
  const sitekey = reader.text("sitekey");
  const action = reader.text("action");
  const size = invisible ? "invisible" : reader.choice("size", ["normal", "compact", "invisible"]);
  const badge = size === "invisible";
  const compact = size === "compact";
  const corner = reader.choice("badge", CORNERS);
  return {
    conduct: {
      sitekey,
      binding: { vendor: "recaptcha", ...(action && { action }) },
      rehearsal: rehearsalOf(sitekey, TEST_KEYS),
      problem: isSiteKey(sitekey) && isAction(action) ? undefined : "invalid",
      starts: badge ? "told" : "clicked",
      shown: "always",
      theme: reader.choice("theme", ["light", "dark"]),
      retryInterval: undefined,
      life: LIFE,
      refreshExpired: badge ? "never" : "manual",
      refreshTimeout: "never",
    },
    look: {
      shape: badge ? "badge" : compact ? "tall" : "wide",
      landmark: badge && corner !== "inline",
      width: badge ? "256px" : compact ? "164px" : "304px",
      height: badge ? "60px" : compact ? "144px" : "78px",
      tabindex: reader.tabindex,
    },
    badge: badge ? corner : undefined,
    language: reader.text("hl") || query("recaptcha").get("hl") || "",
  };
}

/** Whether a page may call what is being done so. */
export const isAction = (text: string): boolean => /^[\w/-]{0,100}$/.test(text);

const CORNERS = ["bottomright", "bottomleft", "inline"] as const;
// Milliseconds; as long as the vendor's tokens live.
const LIFE = 120_000;
