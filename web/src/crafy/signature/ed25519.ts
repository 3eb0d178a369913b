/**
 * Verification of Ed25519 signatures (RFC 8032, 5.1.7) for browsers whose
 * `crypto.subtle` has none: older ones, and every one on plain http. The
 * arithmetic is that of the noble libraries; here is how we use it.
 */

import * as noble from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";

/*! noble-hashes - MIT License (c) 2022 Paul Miller (paulmillr.com) */

/**
 * Whether a signature is one of this message under this key. Numbers must be in
 * their range, and keys of small order are refused, as RFC 8032 wants it.
 *
 * @param key       32 bytes
 * @param signature 64 bytes
 */
export function verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  noble.hashes.sha512 = sha512;
  try {
    return noble.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}
