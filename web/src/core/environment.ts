/**
 * What the page around us says: the `CAP_*` settings on `window`, and where our
 * own files lie. Read here and nowhere else, so that the rest can be tested
 * without a page.
 */

/** Settings a page may put on `window`. The names are those of the Cap widget. */
export interface PageSettings {
  /** Replaces `fetch` for the challenge and redeem calls, never for the wasm. */
  CAP_CUSTOM_FETCH?: typeof fetch;
  /** Address of a solver module to use in place of the one beside this script. */
  CAP_CUSTOM_WASM_URL?: string;
  /** Nonce for the `<style>` of browsers without constructable style sheets. */
  CAP_CSS_NONCE?: string;
  /** Language of every widget on the page, before any attribute. */
  CAP_LANG?: string;
  /** Turns vibration off. */
  CAP_DISABLE_HAPTICS?: boolean;
  /** Keeps the console quiet. */
  CAP_SILENT?: boolean;
}

/** The settings as they are now: a page may change them between two solves. */
export const settings = (): PageSettings => window as unknown as PageSettings;

/** One line on the console, unless the page asked for silence. */
export function warn(message: string): void {
  if (!settings().CAP_SILENT) console.warn(`[portcullis] ${message}`);
}

/**
 * Each entry says first what its own address looks like, host and path: a module
 * is not told where it came from, and takes the first script that looks so.
 */
export function named(address: RegExp): void {
  scriptAddress ||= [...document.scripts].find(({ src }) => {
    const { hostname, pathname } = Object.assign(document.createElement("a"), { href: src });
    return address.test(hostname + pathname);
  })?.src;
}

/** The address of this script, once it is `named`. */
export const scriptSource = (): string | undefined => scriptAddress || undefined;

/** Absolute address of a file of our server's assets. */
export const beside = (file: string): string =>
  // Every script lies among them, but for those at addresses of AstraCaph's and the vendors'.
  new URL(file, ownAddress().replace(ELSEWHERE, "/assets/")).href;

/** The server that this script came from. */
export const serverOrigin = (): string => new URL(ownAddress()).origin;

const ownAddress = (): string =>
  new URL(scriptAddress || "/assets/widget.js", document.baseURI).href;

// `currentScript` is only set while the script first runs. A module script or a bundle has none.
let scriptAddress = (document.currentScript as HTMLScriptElement | null)?.src;

const ELSEWHERE =
  /\/(api\/v1\/widget|turnstile\/v0\/.*|recaptcha\/\w+|(1|hcaptcha)\/(secure-)?api)\.js\b.*/;
