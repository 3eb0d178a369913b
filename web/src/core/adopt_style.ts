/** Style for shadow trees that a policy on styles does not touch. */

import { html } from "./build_dom";
import { settings } from "./environment";

/** Gives a shadow tree a style sheet. One sheet is shared by all trees with the same text. */
export function adoptStyle(root: ShadowRoot, text: string): void {
  try {
    let sheet = sheets.get(text);
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      sheets.set(text, sheet);
    }
    root.adoptedStyleSheets = [sheet];
  } catch {
    // Browsers without constructable sheets.
    const nonce = settings().CAP_CSS_NONCE;
    root.append(html("style", nonce ? { nonce } : {}, text));
  }
}

const sheets = new Map<string, CSSStyleSheet>();
