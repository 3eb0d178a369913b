/**
 * Entry of `turnstile.js`, which stands where a page loads Turnstile's
 * `/turnstile/v0/api.js`. A second load keeps the widgets of the first, and
 * does what its own address says.
 */

import { kept, loadedFrom, page, whenLoaded } from "../vendor/script";
import { load } from "./api";

const OURS = /^(?!challenges\.cloudflare\.com\/).*\/turnstile\/v0\/(g\/\w+\/)?api\.js$/;
const { searchParams } = loadedFrom("turnstile", OURS);
const { turnstile, widgets } = kept("turnstile", load);
page.turnstile = turnstile;
if (searchParams.get("compat") === "recaptcha") {
  // A reCAPTCHA that is on the page stays what it is.
  page.grecaptcha ??= turnstile;
  widgets.compatible = page.grecaptcha === turnstile;
}
whenLoaded("turnstile", () => {
  if (searchParams.get("render") !== "explicit") turnstile.implicitRender();
});
