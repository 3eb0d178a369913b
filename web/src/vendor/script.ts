/**
 * The script as the page loads it: its query, what outlives a second load, and
 * when the page is told. Wrappers remove the script and add it again, so all of
 * this is read while it is known which element it is.
 */

import { named, scriptSource, warn } from "../core/environment";
import { called, globalFunction } from "./parameters";

/** The page's globals. */
export const page = window as unknown as Record<string | symbol, unknown>;

/**
 * The address of this load of a vendor's script; nowhere for a bundle. What its
 * query says counts from now on, also for what an earlier load has made.
 *
 * @param ours what host and path look like, the vendor's own host not among them
 */
export function loadedFrom(vendor: string, ours: RegExp): URL {
  named(ours);
  const address = new URL(scriptSource() ?? "about:blank", document.baseURI);
  page[queryOf(vendor)] = address.searchParams;
  return address;
}

/** What the page says in the address of the newest load. */
export const query = (vendor: string): URLSearchParams => page[queryOf(vendor)] as URLSearchParams;

const queryOf = (vendor: string): symbol => Symbol.for(`portcullis.${vendor}.query`);

/**
 * What the first load of a vendor's script made. It is kept under a symbol, for
 * a page may put something of its own at the vendor's name, or clear it.
 */
export function kept<T>(vendor: string, make: () => T): T {
  const key = Symbol.for(`portcullis.${vendor}`);
  page[key] ??= make();
  return page[key] as T;
}

/**
 * Calls back once the page can be worked with, and then the page's `onload`. In
 * a later task: some wrappers wait for the script's own load event first.
 */
export function whenLoaded(vendor: string, begin: () => void): void {
  const name = query(vendor).get("onload");
  const act = () => {
    begin();
    if (name) callOnload(vendor, name);
  };
  if (document.readyState !== "loading") setTimeout(act);
  else document.addEventListener("DOMContentLoaded", act, { once: true });
}

/** Calls the page's function, now or, if it is not there yet, once more a second later. */
function callOnload(vendor: string, name: string, last = false): void {
  const onload = globalFunction(name);
  if (typeof onload === "function") called(onload);
  else if (last) warn(`${vendor}: there is no function for onload`);
  else setTimeout(callOnload, ONLOAD_PAUSE, vendor, name, true);
}

const ONLOAD_PAUSE = 1000;
