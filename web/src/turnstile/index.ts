/**
 * Entry of `turnstile.js`, which stands where a page loads Turnstile's
 * `/turnstile/v0/api.js`. A second load keeps the widgets of the first, and
 * does what its own address says.
 */

import { named } from "../core/environment";
import { kept, page, query, whenLoaded } from "../vendor/script";
import { load } from "./api";

named("/turnstile/v0/");
const { turnstile, widgets } = kept("turnstile", load);
page.turnstile = turnstile;
if (query.get("compat") === "recaptcha") {
  widgets.compatible = true;
  page.grecaptcha = turnstile;
}
whenLoaded("turnstile", () => {
  if (query.get("render") !== "explicit") turnstile.implicitRender();
});
