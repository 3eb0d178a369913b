/**
 * What every vendor's client is tried against: a Portcullis with a site, tokens that were really earned, and the
 * vendors' host names leading here.
 *
 * The clients are used as published. Those that cannot be given another address are given another network: Node's
 * `https` and `fetch` connect to Portcullis for exactly the vendors' hosts, and to nothing at all for others. TLS is
 * left out on that way, as it is the operator's proxy that ends it in front of a real Portcullis.
 */

import https from "node:https";
import net from "node:net";
import { startPortcullis } from "../harness/portcullis.mjs";
import { earnToken } from "../harness/visitor.mjs";

/** The page where tokens are earned. */
export const ORIGIN = "https://shop.example";

/** Starts a server with one site of little work. */
export async function openGate() {
  const portcullis = await startPortcullis();
  const site = await portcullis.addSite(
    "shop",
    "--origin",
    ORIGIN,
    "--count",
    "2",
    "--difficulty",
    "2",
  );
  return {
    base: portcullis.base,
    site,
    /** A token that is good once. */
    token: (wish) => earnToken(portcullis.base, site, { origin: ORIGIN, wish }),
    stop: () => portcullis.stop(),
  };
}

/** A secret key of the right form that no site has. */
export const WRONG_SECRET = `sk_${"0".repeat(64)}`;

/**
 * Makes Node's `https` reach Portcullis for one vendor's hosts. Answers how to undo it.
 *
 * @param paths the vendor's path to ours, where they differ
 */
export function redirectHttps(base, hosts, paths = {}) {
  const before = https.globalAgent;
  https.globalAgent = new VendorAgent(base, hosts, paths);
  return () => {
    https.globalAgent = before;
  };
}

/** Makes `fetch` reach Portcullis for one vendor's hosts. Answers how to undo it. */
export function redirectFetch(base, hosts) {
  const before = globalThis.fetch;
  globalThis.fetch = (address, options) => {
    const { hostname, pathname, search } = new URL(address);
    refuseOthers(hosts, hostname);
    return before(`${base}${pathname}${search}`, options);
  };
  return () => {
    globalThis.fetch = before;
  };
}

class VendorAgent extends https.Agent {
  #port;
  #hosts;
  #paths;

  constructor(base, hosts, paths) {
    super();
    this.#port = Number(new URL(base).port);
    this.#hosts = hosts;
    this.#paths = paths;
  }

  addRequest(request, options) {
    refuseOthers(this.#hosts, options.host);
    request.path = this.#paths[request.path] ?? request.path;
    super.addRequest(request, options);
  }

  createConnection() {
    return net.connect(this.#port, "127.0.0.1");
  }
}

function refuseOthers(hosts, host) {
  if (!hosts.includes(host)) throw new Error(`a client asked ${host}`);
}
