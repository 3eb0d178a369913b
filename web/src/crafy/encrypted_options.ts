/**
 * Where a flow's encrypted options come from: the page itself for the first
 * flow, the site's backend for every further one.
 */

import { limited } from "../core/patience";
import type { Settings } from "./options";

/** Encrypted options and when they were made, at the latest. */
export interface EncryptedOptions {
  readonly eo: string;
  /** By the visitor's clock, ms since 1970. */
  readonly since: number;
}

/** Hands out options, each as often as it may be used. */
export class OptionsSource {
  readonly #settings: Settings;
  #written: string | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#written = settings.encryptedOptions;
  }

  /** Whether there can be options after the present ones. */
  get renewable(): boolean {
    return this.#settings.optionsUrl !== undefined;
  }

  /**
   * Options for a flow; `undefined` where only those of the page are left, and they are too old.
   *
   * @throws if the site's backend cannot be reached or answers something else
   */
  async next(signal: AbortSignal): Promise<EncryptedOptions | undefined> {
    const { optionsUrl, parameters } = this.#settings;
    const eo = this.#written;
    // They were made before the page was.
    const since = Date.now() - performance.now();
    if (eo && performance.now() < LIFE) {
      if (optionsUrl) this.#written = undefined;
      return { eo, since };
    }
    return optionsUrl ? fetched(optionsUrl, parameters, signal) : undefined;
  }
}

async function fetched(
  address: string,
  parameters: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<EncryptedOptions> {
  const since = Date.now();
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ action: "get_options", ...parameters }),
    credentials: "same-origin",
    signal: limited(signal),
  });
  const { eo } = (await response.json()) ?? {};
  if (typeof eo !== "string" || !eo) throw new TypeError("The answer for options has no eo");
  return { eo, since };
}

/** Milliseconds for which options are used: a minute less than the server takes them. */
export const LIFE = 19 * 60_000;
