/**
 * Entry of `widget.js`: defines the element and `window.Cap`. A second load of
 * the script, ours or Cap's, leaves the first one in place.
 */

import { named, warn } from "../core/environment";
import { CapWidget } from "./element";
import { Cap } from "./programmatic";

named(/\/assets\/widget\.[^/]*$/);
if (customElements.get("cap-widget")) {
  warn("cap-widget is already defined; this copy of the script does nothing");
} else {
  customElements.define("cap-widget", CapWidget);
  Object.assign(window, { Cap });
}

export default Cap;
