/**
 * `window.grecaptcha`: the vendor's methods. Each is a closure, for wrappers
 * take them off the object. What cannot be is thrown in the vendor's words,
 * which pages compare.
 */

import { warn } from "../core/environment";
import { called, elementOf, isBare, type Parameters } from "../vendor/parameters";
import { page, query } from "../vendor/script";
import type { Widget } from "../vendor/widget";
import { Clients } from "./clients";
import { isAction } from "./parameters";

/** The vendor's methods. */
export interface Methods {
  /** Calls back when the page can be worked with. */
  ready(callback: () => void): void;
  /**
   * Id of a new client in a container: an element or its id. Without a container
   * it has a badge in a corner of the page.
   *
   * @param inherit whether the container's attributes count too
   */
  render(container: unknown, parameters?: Parameters, inherit?: boolean): number;
  /** The token; empty without one. */
  getResponse(which?: unknown): string;
  reset(which?: unknown): void;
  /** Starts a client; or, for a site key or with an action, a token of its own for each call. */
  execute(which?: unknown, options?: Parameters): Promise<string>;
}

/** What the script keeps between two loads of it. */
export interface Loaded {
  readonly methods: Methods;
  readonly clients: Clients;
  /** Site keys that an address of the script named. */
  readonly sitekeys: Set<string>;
  /** Says that the page can be worked with. */
  begin(): void;
}

/** New methods with no clients. */
export function load(): Loaded {
  const clients = new Clients();
  const sitekeys = new Set<string>();
  let waiting: unknown[] | undefined = [];
  const automatic = (sitekey: string) =>
    clients.automatic(sitekey, { badge: query("recaptcha").get("badge") ?? undefined });
  const methods: Methods = {
    ready(callback) {
      if (typeof callback !== "function") warn("recaptcha: ready wants a function");
      else if (waiting) waiting.push(callback);
      else called(callback);
    },
    render(place, parameters, inherit) {
      const bare = isBare(place);
      const container = bare ? undefined : elementOf(place);
      if (!bare && !container) {
        throw new Error("reCAPTCHA placeholder element must be an element or id");
      }
      const said = bare ? place : parameters;
      const id = clients.render(container, said ?? {}, !!inherit || !said);
      listed(id);
      return id;
    },
    getResponse: (which) => clients.find(which).token,
    // Wrappers reset what their framework took off the page a moment before.
    reset: (which) => clients.find(which, true).reset(),
    execute(which, options) {
      if (isBare(which)) return methods.execute(undefined, which);
      const named = typeof which === "string" && !/^\d*$/.test(which);
      if (named && !sitekeys.has(which)) {
        throw new Error(`Invalid site key or not loaded in api.js: ${which}`);
      }
      const client = named ? automatic(which) : clients.find(which);
      const action = options?.action;
      if (named || action !== undefined) return fresh(client, action);
      client.begin();
      return client.outcome();
    },
  };
  return {
    methods,
    clients,
    sitekeys,
    begin() {
      for (const sitekey of sitekeys) listed(clients.idOf(automatic(sitekey)) as number);
      const callbacks = waiting ?? [];
      waiting = undefined;
      for (const callback of callbacks) called(callback);
    },
  };
}

function fresh(client: Widget, action: unknown): Promise<string> {
  const text = String(action ?? "");
  if (!isAction(text)) {
    throw new Error(
      'Invalid action name, may only include "A-Za-z/_". Do not include user-specific information.',
    );
  }
  return client.fresh({ vendor: "recaptcha-v3", ...(text && { action: text }) });
}

/** Pages look up and count the clients here. */
function listed(id: number): void {
  configuration().clients[id] ??= { id };
}

/** What pages and other scripts know of ours. */
interface Configuration {
  fns: unknown[];
  clients: Record<number, unknown>;
  render?: string[];
  onload?: string | null;
  enterprise?: boolean;
}

/** The page's `___grecaptcha_cfg`, which a wrapper may have cleared. */
export function configuration(): Configuration {
  page[CONFIGURATION] ??= {};
  const configuration = page[CONFIGURATION] as Configuration;
  configuration.fns ??= [];
  configuration.clients ??= {};
  return configuration;
}

const CONFIGURATION = "___grecaptcha_cfg";
