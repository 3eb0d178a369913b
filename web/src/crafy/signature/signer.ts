/**
 * The site's signing key, as this page got it. Every message that decides
 * something has to be signed with it.
 */

import { verify } from "./ed25519";

/** Whose signatures count. */
export class Signer {
  readonly #key: Uint8Array<ArrayBuffer> | undefined;
  #native: Promise<CryptoKey | undefined> | undefined;

  /** @param publicKey an Ed25519 public key in standard base64 */
  constructor(publicKey: string) {
    const key = bytesOf(publicKey);
    if (key?.length === 32) this.#key = key;
  }

  /** Whether the key has the form of one. */
  get sound(): boolean {
    return this.#key !== undefined;
  }

  /** Whether this text was signed by the site's server. Never rejects. */
  async signed(text: unknown, signature: unknown): Promise<boolean> {
    const proof = typeof signature === "string" && bytesOf(signature);
    if (!this.#key || typeof text !== "string" || text.length > TEXT_MAX || !proof) return false;
    const message = new TextEncoder().encode(text);
    this.#native ??= imported(this.#key);
    const native = await this.#native;
    if (!native) return verify(this.#key, message, proof);
    return crypto.subtle.verify("Ed25519", native, proof, message).catch(() => false);
  }
}

/** The key for the browser's own verification; `undefined` where it has none. */
async function imported(key: Uint8Array<ArrayBuffer>): Promise<CryptoKey | undefined> {
  try {
    return await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  } catch {
    return undefined;
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

// Far more than any message of the protocol; the plain verification is slow.
const TEXT_MAX = 16_384;
