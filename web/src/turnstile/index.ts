/**
 * Entry of `turnstile.js`, which stands where a page loads Turnstile's
 * `/turnstile/v0/api.js`. A second load keeps the widgets of the first, and
 * does what its own address says: wrappers remove the script and add it again.
 */

import { named, warn } from "../core/environment";
import { type Loaded, load } from "./api";
import { globalFunction } from "./parameters";

named("/turnstile/v0/");
const page = window as unknown as Record<string | symbol, unknown>;
// Under a symbol, for a page may have put something of its own at `turnstile`.
const KEPT = Symbol.for("portcullis.turnstile");

/** The script's own query, read while it is known which element it is. */
const query = new URL(
  (document.currentScript as HTMLScriptElement | null)?.src || "about:blank",
  document.baseURI,
).searchParams;

const loaded = (page[KEPT] as Loaded | undefined) ?? load();
const { turnstile, registry } = loaded;
page[KEPT] = loaded;
page.turnstile = turnstile;
if (query.get("compat") === "recaptcha") {
  registry.compatible = true;
  page.grecaptcha = turnstile;
}

// In a later task: some wrappers wait for the script's own load event first.
const begin = () => {
  if (query.get("render") !== "explicit") turnstile.implicitRender();
  const name = query.get("onload");
  if (name) callOnload(name);
};
if (document.readyState !== "loading") setTimeout(begin);
else document.addEventListener("DOMContentLoaded", begin, { once: true });

/** Calls the page's function, now or, if it is not there yet, once more a second later. */
function callOnload(name: string, last = false): void {
  const onload = globalFunction(name);
  if (typeof onload === "function") onload();
  else if (last) warn("turnstile: there is no function for onload");
  else setTimeout(callOnload, ONLOAD_PAUSE, name, true);
}

const ONLOAD_PAUSE = 1000;
