/**
 * A small server that speaks the Cap protocol and really checks it, so that the
 * widget can be tested without the Rust server. It also serves `dist` and the
 * pages a test asks for.
 */

import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { DIST } from "../scripts/bundle.mjs";

/** How a site behaves unless a test says otherwise. Lives are in milliseconds. */
const SITE = {
  form: "array",
  count: 6,
  saltSize: 32,
  difficulty: 2,
  challengeLife: 600_000,
  tokenLife: 1_200_000,
  challengeDelay: 0,
  /** Changes a reply before it is sent. */
  challengeReply: (reply) => reply,
  redeemReply: (reply) => reply,
};

/** Starts a server on a free port of the loopback. */
export async function standIn() {
  const state = {
    pages: new Map(),
    sites: new Map(),
    assets: new Map(),
    handlers: new Map(),
    log: [],
    tokens: new Map(),
  };
  const challenges = new Map();
  const server = createServer((request, response) => {
    answer(state, challenges, request, response).catch((error) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  let pages = 0;
  return {
    origin,
    /** Every call of the protocol so far: path, body, site. */
    log: state.log,
    /** Calls whose path ends so. */
    calls: (end) => state.log.filter(({ path }) => path.endsWith(end)),
    /** Defines a site; its endpoint is `/cap/NAME/`. */
    site(name, behaviour = {}) {
      state.sites.set(name, { ...SITE, ...behaviour });
      return `/cap/${name}/`;
    },
    /** Replaces a file of `dist`; `null` makes it missing. */
    asset: (name, bytes) => state.assets.set(name, bytes),
    /** Adds a call: gets request and body, returns status, headers and JSON. */
    handle: (path, handler) => state.handlers.set(path, handler),
    /** Adds a page and returns its address. */
    page(html, headers = {}) {
      const path = `/page/${++pages}`;
      state.pages.set(path, { html, headers });
      return origin + path;
    },
    /** What a backend's siteverify would say: true once per token. */
    verify(token) {
      const expires = state.tokens.get(token);
      state.tokens.delete(token);
      return expires !== undefined && Date.now() < expires;
    },
    close: () => new Promise((resolve) => server.close(resolve) && server.closeAllConnections()),
  };
}

async function answer(state, challenges, request, response) {
  const { pathname } = new URL(request.url, "http://stand-in");
  const site = state.sites.get(pathname.split("/")[2]);
  response.setHeader("Access-Control-Allow-Origin", "*");
  if (request.method === "OPTIONS") {
    response.setHeader("Access-Control-Allow-Headers", "content-type");
    response.writeHead(204).end();
  } else if (state.handlers.has(pathname)) {
    const reply = await state.handlers.get(pathname)(request, await text(request));
    const { status = 200, headers = {}, json } = reply;
    const body = typeof json === "string" ? json : JSON.stringify(json);
    response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(body);
  } else if (state.pages.has(pathname)) {
    const { html, headers } = state.pages.get(pathname);
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...headers }).end(html);
  } else if (pathname.startsWith("/assets/")) {
    await sendAsset(state, pathname.slice(8), response);
  } else if (pathname.startsWith("/cap/") && site) {
    const body = await text(request);
    state.log.push({ path: pathname, body, type: request.headers["content-type"] });
    const call = pathname.endsWith("/challenge") ? issue : redeem;
    const reply = await call(site, challenges, state.tokens, body);
    const json = typeof reply === "string" ? reply : JSON.stringify(reply);
    response.writeHead(200, { "Content-Type": "application/json" }).end(json);
  } else if (pathname === "/echo") {
    const body = await text(request);
    response.writeHead(200, { "Content-Type": "text/plain" }).end(body);
  } else {
    response.writeHead(404).end();
  }
}

async function issue(site, challenges) {
  // A late answer that nobody waits for any more does not keep the tests from ending.
  await new Promise((resolve) => setTimeout(resolve, site.challengeDelay).unref());
  const token = randomBytes(25).toString("hex");
  const { count: c, saltSize: s, difficulty: d } = site;
  const puzzles = Array.from({ length: c }, (_, index) =>
    site.form === "seeded"
      ? [prng(`${token}${index + 1}`, s), prng(`${token}${index + 1}d`, d)]
      : [randomHex(s), randomHex(d)],
  );
  const expires = Date.now() + site.challengeLife;
  challenges.set(token, { puzzles, expires });
  const challenge = site.form === "seeded" ? { c, s, d } : puzzles;
  return site.challengeReply({ challenge, token, expires });
}

async function redeem(site, challenges, tokens, body) {
  const { token, solutions } = JSON.parse(body);
  const challenge = challenges.get(token);
  const refuse = (error, reason) => site.redeemReply({ success: false, error, reason });
  if (!challenge) return refuse("Challenge already redeemed", "already_redeemed");
  if (Date.now() >= challenge.expires) return refuse("Challenge expired", "expired");
  const solved =
    Array.isArray(solutions) &&
    solutions.length === challenge.puzzles.length &&
    challenge.puzzles.every(
      ([salt, target], index) =>
        Number.isSafeInteger(solutions[index]) &&
        sha256(`${salt}${solutions[index]}`).startsWith(target),
    );
  if (!solved) return refuse("Invalid solution", "invalid_solution");
  challenges.delete(token);
  const verification = `${randomHex(16)}:${randomHex(30)}`;
  const expires = Date.now() + site.tokenLife;
  tokens.set(verification, expires);
  return site.redeemReply({ success: true, token: verification, expires });
}

async function sendAsset(state, name, response) {
  const override = state.assets.get(name);
  const bytes =
    override === undefined ? await readFile(`${DIST}/${name}`).catch(() => null) : override;
  if (bytes === null) response.writeHead(404).end();
  else response.writeHead(200, { "Content-Type": TYPES[extname(name)], ...ISOLATED }).end(bytes);
}

async function text(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const sha256 = (input) => createHash("sha256").update(input).digest("hex");
const randomHex = (digits) =>
  randomBytes(Math.ceil(digits / 2))
    .toString("hex")
    .slice(0, digits);

// Written apart from the widget's own, with big integers, so that both cannot be wrong alike.
function prng(seed, length) {
  let state = 2166136261n;
  for (const character of seed) {
    state = ((state ^ BigInt(character.charCodeAt(0))) * 16777619n) & 0xffffffffn;
  }
  let hex = "";
  while (hex.length < length) {
    state ^= (state << 13n) & 0xffffffffn;
    state ^= state >> 17n;
    state ^= (state << 5n) & 0xffffffffn;
    hex += state.toString(16).padStart(8, "0");
  }
  return hex.slice(0, length);
}

// As the server's own files: a page that isolates itself may load them, and start them as workers.
const ISOLATED = {
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
const TYPES = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".html": "text/html",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};
