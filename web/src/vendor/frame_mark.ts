/**
 * The frame that a vendor's widget has and ours has not. Pages find the widget
 * by it, and read its attributes, so it stands there: empty, and outside of what
 * is shown, since the widget's own shadow tree has no slot for it.
 */

import { html } from "../core/build_dom";

/** A frame for nobody to see. */
export function frameMark(title: string): HTMLIFrameElement {
  const frame = html("iframe", { title, "aria-hidden": "true", tabindex: "-1" });
  frame.style.display = "none";
  return frame;
}
