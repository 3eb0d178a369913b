/**
 * The second opinion: a Turnstile token, where the site has a Turnstile site
 * key. Cloudflare's script is loaded then, and only then.
 */

import { html } from "../core/build_dom";
import { limited } from "../core/patience";
import type { Signer } from "./signature/signer";

/** What stands for a token where the site has no Turnstile key. */
export const SKIPPED = "skipped";

/** Where and for whom a token is wanted. */
export interface TurnstileRequest {
  /** Where Cloudflare may show something. */
  readonly container: Element;
  /** Where our server says the site key. */
  readonly address: string;
  readonly signer: Signer;
  readonly theme: string;
  /** For a page whose policy asks for one. */
  readonly nonce: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * A token, or `SKIPPED`.
 *
 * @throws if there should be one, but Cloudflare gave none
 */
export async function turnstileToken(request: TurnstileRequest): Promise<string> {
  const siteKey = await siteKeyOf(request);
  if (!siteKey) return SKIPPED;
  const place = html("div", {});
  request.container.append(place);
  try {
    const turnstile = await loaded(request.nonce);
    return await rendered(turnstile, place, siteKey, request);
  } finally {
    place.remove();
  }
}

/**
 * The site's Turnstile key, if it has one.
 *
 * @throws if our server did not sign the answer
 */
async function siteKeyOf({ address, signer, signal }: TurnstileRequest): Promise<string | null> {
  const response = await fetch(address, { credentials: "omit", signal: limited(signal) });
  const { payload, signature } = (await response.json())?.data ?? {};
  if (!(await signer.signed(payload, signature))) {
    throw new Error("The Turnstile site key is not signed");
  }
  const { site_key } = JSON.parse(payload).payload ?? {};
  return typeof site_key === "string" && site_key ? site_key : null;
}

function rendered(
  turnstile: Turnstile,
  place: Element,
  sitekey: string,
  { theme, signal }: TurnstileRequest,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: unknown) => reject(new Error(`Turnstile: ${why}`));
    const id = turnstile.render(place, {
      sitekey,
      theme,
      appearance: "interaction-only",
      "response-field": false,
      callback: resolve,
      "error-callback": (code: unknown) => {
        fail(code);
        return true;
      },
      "timeout-callback": () => fail("timeout"),
      "unsupported-callback": () => fail("unsupported"),
    });
    const over = () => {
      turnstile.remove(id);
      fail("over");
    };
    signal.addEventListener("abort", over, { once: true });
    setTimeout(fail, PATIENCE, "no answer");
  });
}

/** Cloudflare's script, which the page may already have. Ours, which has the same name, gives no opinion of theirs. */
function loaded(nonce: string | undefined): Promise<Turnstile> {
  const there = page.turnstile;
  const ours = page[OURS]?.turnstile;
  if (there && there !== ours) return Promise.resolve(there);
  loading ??= new Promise<Turnstile>((resolve, reject) => {
    const script = html("script", { src: SCRIPT, ...(nonce && { nonce }) });
    const theirs = besideOurs();
    script.onload = () => {
      const turnstile = theirs();
      if (turnstile && turnstile !== page[OURS]?.turnstile) resolve(turnstile);
      else reject(new Error("Turnstile did not start"));
    };
    script.onerror = () => {
      theirs();
      reject(new Error("Turnstile could not be loaded"));
    };
    document.head.append(script);
  }).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/**
 * Takes ours out of the way while Cloudflare's script loads: that does not begin
 * where it finds anything of its name.
 *
 * @returns what ends that, and answers Cloudflare's interface
 */
function besideOurs(): () => Turnstile | undefined {
  const ours = page.turnstile;
  delete page.turnstile;
  const back = () => {
    const theirs = page.turnstile;
    if (ours) page.turnstile = ours;
    return theirs;
  };
  // The page may want ours meanwhile, and a host that is blocked may take a minute to be one.
  const late = setTimeout(back, SOON);
  return () => {
    clearTimeout(late);
    return back();
  };
}

// Where our own script of this interface keeps what it made.
const OURS = Symbol.for("portcullis.turnstile");

/** The part of Cloudflare's interface that is used here. */
interface Turnstile {
  render(place: Element, parameters: Readonly<Record<string, unknown>>): string;
  remove(id: string): void;
}

const page = window as unknown as {
  turnstile?: Turnstile | undefined;
  [OURS]?: { readonly turnstile: Turnstile };
};
let loading: Promise<Turnstile> | undefined;
const SCRIPT = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";
// Milliseconds; a visitor may be asked for a click.
const PATIENCE = 120_000;
// Milliseconds until a script that has not come does not come.
const SOON = 5000;
