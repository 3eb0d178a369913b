/**
 * A visitor without a browser: fetches a challenge, solves it, redeems it.
 *
 * Written from the protocol alone, with Node's own SHA-256, so that it shares no line with the server's solver.
 */

import { createHash } from "node:crypto";

/**
 * Earns a token of a site.
 *
 * @param base   address of the server
 * @param site   what `site add` answered
 * @param origin what a browser would send as `Origin`
 * @param wish   `action` and `cdata` to bind the token to
 */
export async function earnToken(base, site, { origin, wish } = {}) {
  const headers = origin ? { Origin: origin } : {};
  const asked = await post(`${base}/cap/${site.site_key}/challenge`, wish, headers);
  const solutions = puzzles(asked).map(([salt, target]) => solve(salt, target));
  const redeemed = await post(
    `${base}/cap/${site.site_key}/redeem`,
    { token: asked.token, solutions },
    headers,
  );
  if (!redeemed.success) throw new Error(`no token: ${JSON.stringify(redeemed)}`);
  return redeemed.token;
}

/**
 * Earns a token at the AstraCaph door: says what an ordinary browser says, and does the work if some is asked.
 *
 * @param origin  what a browser would send as `Origin`
 * @param siteKey of a site; the open one unless told
 */
export async function earnOpenToken(base, origin, siteKey) {
  const url = `${base}/api/v1/challenge`;
  const asked = await post(url, { ...ORDINARY_VISIT, siteKey }, { Origin: origin });
  if (asked.state === "success") return asked.token;
  if (asked.state !== "work_required") throw new Error(`no work: ${JSON.stringify(asked)}`);
  const solutions = puzzles(asked.work).map(([salt, target]) => solve(salt, target));
  const work = { token: asked.work.token, solutions };
  const interaction = { confirmed: true, challengeId: asked.challengeId, work };
  const body = { ...ORDINARY_VISIT, siteKey, interaction };
  const answer = await post(url, body, { Origin: origin });
  if (answer.state !== "success") throw new Error(`no token: ${JSON.stringify(answer)}`);
  return answer.token;
}

/** The puzzles of a challenge, whichever form it has. */
export function puzzles({ challenge, token }) {
  if (Array.isArray(challenge)) return challenge;
  return Array.from({ length: challenge.c }, (_, index) => [
    derive(`${token}${index + 1}`, challenge.s),
    derive(`${token}${index + 1}d`, challenge.d),
  ]);
}

/** The least number whose hash begins with the target. */
export function solve(salt, target) {
  for (let nonce = 0; ; nonce++) {
    if (createHash("sha256").update(`${salt}${nonce}`).digest("hex").startsWith(target))
      return nonce;
  }
}

/** Cap's derivation: FNV-1a of the seed starts a xorshift generator of 32 bits. */
function derive(seed, length) {
  let state = 0x811c9dc5;
  for (const byte of Buffer.from(seed)) state = Math.imul(state ^ byte, 0x01000193);
  let hex = "";
  while (hex.length < length) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    hex += (state >>> 0).toString(16).padStart(8, "0");
  }
  return hex.slice(0, length);
}

async function post(url, body, headers) {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await fetch(url, { method: "POST", headers: { ...headers, ...type }, ...json });
  return response.json();
}

/** What the AstraCaph loader sends of somebody who moves the pointer in bows. */
const ORDINARY_VISIT = {
  fingerprint: {
    userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
    language: "en-US",
    timezone: "Europe/Berlin",
    platform: "Linux x86_64",
    webdriver: false,
    canvas: "3f1c09aa57d2e864",
    webglVendor: "Mesa",
    webglRenderer: "Mesa Intel(R) UHD Graphics 620",
    screen: { width: 1920, height: 1080, pixelRatio: 1 },
  },
  motion: Array.from({ length: 30 }, (_, step) => ({
    x: 300 + 60 * Math.sin(step / 2),
    y: 200 + 30 * Math.sin(step * 0.9 + 1),
    t: 40 + step * 17 + ((step * 7) % 5),
  })),
  behavior: { dwellMs: 900, keyPresses: 0, pointerMoves: 30, focusChanges: 0, clickCount: 0 },
};
