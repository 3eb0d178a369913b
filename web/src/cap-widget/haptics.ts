/** The short buzz of a phone when a widget is done. */

import { settings } from "../core/environment";

/** Vibrates, if the device can and neither page, widget nor visitor objects. */
export function vibrate(widget: Element, pattern: number[]): void {
  const unwanted =
    settings().CAP_DISABLE_HAPTICS ||
    widget.hasAttribute("data-cap-disable-haptics") ||
    matchMedia("(prefers-reduced-motion: reduce)").matches ||
    // Browsers complain about vibration on a page nobody touched.
    !navigator.userActivation?.hasBeenActive;
  if (!unwanted) navigator.vibrate?.(pattern);
}
