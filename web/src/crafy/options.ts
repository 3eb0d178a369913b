/** The arguments of `init`, read once and made sound. */

import { serverOrigin } from "../core/environment";
import { Signer } from "./signature/signer";

/** Colours that a page may set. Any CSS colour. */
export interface Style {
  background?: string;
  backgroundHover?: string;
  color?: string;
  borderColor?: string;
  primary?: string;
  footerColor?: string;
}

/** What a page may ask for. */
export interface Options {
  /** Where encrypted options come from: a POST answered by `{"eo": "…"}`. */
  optionsUrl?: string;
  /** Encrypted options written into the page; they serve one flow. */
  encryptedOptions?: string;
  theme?: "light" | "dark";
  style?: Style;
  /** Name of the form's hidden field. */
  inputName?: string;
  onSuccess?: (token: string) => void;
  onExpire?: () => void;
  /** Where the challenge is; beside this script by default. */
  iframeUrl?: string;
  /** Nonce of the page's policy. */
  cspNonce?: string;
}

/** What a page may add. */
export interface Extra {
  /** Fields added to the body of the request for options. */
  fetchOptionsParameters?: Record<string, unknown>;
}

/** One widget's arguments, sound. */
export interface Settings {
  readonly publicKey: string;
  readonly publicToken: string;
  readonly signer: Signer;
  readonly optionsUrl: string | undefined;
  readonly encryptedOptions: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly theme: string | undefined;
  readonly style: Readonly<Record<keyof Style, string>>;
  readonly inputName: string;
  readonly succeeded: (token: string) => void;
  readonly expired: () => void;
  readonly iframeUrl: string;
  readonly nonce: string | undefined;
}

/**
 * Reads the arguments. What is missing but has a default gets it.
 *
 * @returns the settings, and what keeps them from working, in words for the page's author
 */
export function settingsOf(
  [publicKey, publicToken, signingPublicKey]: readonly [unknown, unknown, unknown],
  options: Options = {},
  extra: Extra = {},
): [settings: Settings, problem: string | undefined] {
  const signer = new Signer(text(signingPublicKey) ?? "");
  const settings: Settings = {
    publicKey: text(publicKey) ?? "",
    publicToken: text(publicToken) ?? "",
    signer,
    optionsUrl: text(options.optionsUrl),
    encryptedOptions: text(options.encryptedOptions),
    parameters: extra.fetchOptionsParameters ?? {},
    theme: text(options.theme),
    style: colours(options.style ?? {}),
    inputName: text(options.inputName) ?? DEFAULT_NAME,
    succeeded: (token) => call(options.onSuccess, token),
    expired: () => call(options.onExpire),
    iframeUrl: address(text(options.iframeUrl)),
    nonce: text(options.cspNonce),
  };
  return [settings, problemOf(settings)];
}

function problemOf(settings: Settings): string | undefined {
  if (!settings.publicKey || !settings.publicToken) return "public key or public token is missing";
  if (!settings.signer.sound) return "the signing public key is not an Ed25519 key in base64";
  if (!settings.optionsUrl && !settings.encryptedOptions) {
    return "either optionsUrl or encryptedOptions is needed";
  }
  if (!/^https?:/.test(settings.iframeUrl)) return "iframeUrl is not an address";
  return undefined;
}

/** The challenge's address, always ending in a slash. */
function address(given: string | undefined): string {
  try {
    const url = given ? new URL(given, document.baseURI) : new URL("/challenge/", serverOrigin());
    return url.href.replace(/[?#].*|\/*$/gs, "").concat("/");
  } catch {
    return "";
  }
}

/** Colours that are colours; anything else could reach further than it should. */
function colours(style: Style): Record<keyof Style, string> {
  const colour = (value: unknown): string =>
    typeof value === "string" && CSS.supports("color", value) ? value : "";
  return {
    background: colour(style.background),
    backgroundHover: colour(style.backgroundHover),
    color: colour(style.color),
    borderColor: colour(style.borderColor),
    primary: colour(style.primary),
    footerColor: colour(style.footerColor),
  };
}

/** A page's own function must not break the widget. */
function call<Words extends unknown[]>(own: unknown, ...words: Words): void {
  if (typeof own !== "function") return;
  try {
    own(...words);
  } catch (error) {
    reportError(error);
  }
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value ? value : undefined;

const DEFAULT_NAME = "CrafyCAPTCHA_token";
