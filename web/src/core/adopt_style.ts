/** Style for shadow trees that a policy on styles does not touch. */

import { html } from "./build_dom";
import { settings } from "./environment";

/**
 * Gives a shadow tree a style sheet. One sheet is shared by all trees with the same text.
 *
 * @param nonce for browsers that need an element, on pages whose policy asks for one
 */
export function adoptStyle(root: ShadowRoot, text: string, nonce = settings().CAP_CSS_NONCE): void {
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
    root.append(html("style", nonce ? { nonce } : {}, text));
  }
}

const sheets = new Map<string, CSSStyleSheet>();
