/**
 * The AstraCaph calls on a stand-in server, really checked: the work is
 * verified, a hold is timed by this clock, a token is good once. What a site
 * asks for is its script.
 */

import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { DIST } from "../scripts/bundle.mjs";

/** How a site behaves unless a test says otherwise. */
const SITE = {
  /** Steps before a token: `work`, `confirm`, `press_hold`. */
  steps: [],
  /** Whether visible steps carry work. */
  work: true,
  puzzles: 4,
  requiredHoldMs: 800,
  expiresIn: 180,
  /** Milliseconds before each answer. */
  delay: 0,
  /** Answers in place of the script: gets body and how many came before; `[status, json]` or nothing. */
  refuse: () => undefined,
};

/** Adds the calls to a stand-in server. */
export function astracaph(server) {
  const sites = new Map();
  const challenges = new Map();
  const tokens = new Map();
  const calls = [];
  const logs = [];
  const context = { sites, challenges, tokens, calls, logs };

  server.handle("/api/v1/widget.js", async () => ({
    headers: { "Content-Type": "application/javascript; charset=utf-8" },
    json: await readFile(`${DIST}/astracaph.js`, "utf8"),
  }));
  server.handle("/api/v1/challenge", async (request, text) => {
    const body = JSON.parse(text);
    const site = sites.get(body.siteKey ?? "");
    const before = calls.filter((call) => call.body.siteKey === body.siteKey).length;
    calls.push({ body, origin: request.headers.origin, at: Date.now() });
    if (!site) return { status: 403, json: { error: "Origin is not allowed for this site key" } };
    await new Promise((resolve) => setTimeout(resolve, site.delay));
    const [status, json] = site.refuse(body, before) ?? answer(site, context, body);
    log(logs, "/api/v1/challenge", body.siteKey, status, json);
    return { status, json };
  });
  server.handle("/api/v1/verify", (_request, text) => {
    const { token, origin, sandbox } = JSON.parse(text);
    const siteKey = tokens.get(token);
    const success = tokens.delete(token);
    const json = success
      ? { success, message: "Verification successful", siteKey, boundOrigin: origin }
      : {
          success,
          error: "Token already used or unknown",
          message: "A token is good for one verification.",
        };
    if (sandbox) log(logs, "/api/v1/verify", siteKey, success ? 200 : 409, json);
    return { status: success ? 200 : 409, json };
  });
  server.handle("/api/v1/logs", () => ({ json: { logs: [...logs].reverse() } }));
  server.handle("/captcha/widget", async (request) => {
    const { searchParams } = new URL(request.url, server.origin);
    const values = {
      THEME: searchParams.get("theme") ?? "auto",
      SITE_KEY: searchParams.get("siteKey"),
      PARENT_ORIGIN: searchParams.get("lie") ?? new URL(request.headers.referer ?? "x:").origin,
      SEAL: "sealed-by-the-server",
    };
    return {
      headers: PAGE,
      json: fill(await readFile(`${DIST}/astracaph_frame.html`, "utf8"), values),
    };
  });
  server.handle("/sandbox", async () => {
    const values = { VISIT: "visit-of-this-page", NONCE: "bm9uY2U" };
    const headers = { ...PAGE, "Content-Security-Policy": SANDBOX_POLICY };
    return { headers, json: fill(await readFile(`${DIST}/sandbox.html`, "utf8"), values) };
  });
  return {
    /** Every challenge request so far: body, origin, time. */
    calls,
    /** Requests of one site. */
    of: (siteKey) => calls.filter(({ body }) => body.siteKey === siteKey),
    logs,
    site: (siteKey, behaviour = {}) => sites.set(siteKey, { ...SITE, ...behaviour }),
    /** Whether a token is good; it is spent then. */
    verify: (token) => tokens.delete(token),
  };
}

function answer(site, context, { siteKey, interaction }) {
  const { challenges } = context;
  if (!interaction) return next(site, context, siteKey, [...site.steps]);
  const challenge = challenges.get(interaction.challengeId);
  if (challenge?.siteKey !== siteKey) {
    return [400, { error: "Visual challenge context is invalid or expired" }];
  }
  if (interaction.phase === "start") {
    challenge.began = Date.now();
    return [202, { state: "hold_started" }];
  }
  if (interaction.confirmed !== true) return [400, { error: "Invalid challenge payload" }];
  if (challenge.kind === "press_hold" && !(Date.now() - challenge.began >= site.requiredHoldMs)) {
    return [202, { ...challenge.reply, score: undefined, error: "Hold was too short" }];
  }
  if (challenge.work && !solved(challenge.work, interaction.work)) {
    return [400, { error: "Visual challenge context is invalid or expired" }];
  }
  challenges.delete(interaction.challengeId);
  return next(site, context, siteKey, challenge.rest);
}

function next(site, { challenges, tokens }, siteKey, [kind, ...rest]) {
  if (!kind) {
    const token = `${randomBytes(12).toString("hex")}.${randomBytes(40).toString("hex")}`;
    tokens.set(token, siteKey);
    const { expiresIn } = site;
    const judged = { score: 0.21, confidence: 0.79, reasons: ["ok"], ipIntel: {}, mode: "passive" };
    return [200, { state: "success", token, expiresIn, ...judged }];
  }
  const challengeId = `chl_${randomBytes(8).toString("hex")}`;
  const work = kind === "work" || site.work ? newWork(site.puzzles) : undefined;
  const visual = kind !== "work";
  const reply = {
    state: visual ? "visual_challenge" : "work_required",
    needsVisual: visual,
    challengeId,
    challengeType: kind,
    ...(visual && { requiredHoldMs: site.requiredHoldMs, challengeReason: "standard" }),
    ...(work && { work }),
    score: 0.41,
    reasons: [],
    ipIntel: {},
  };
  challenges.set(challengeId, { siteKey, kind, rest, work, reply });
  return [202, reply];
}

const fill = (template, values) => template.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => values[name]);

const newWork = (puzzles) => ({
  token: randomBytes(20).toString("hex"),
  challenge: Array.from({ length: puzzles }, () => [
    randomBytes(16).toString("hex"),
    randomBytes(1).toString("hex"),
  ]),
});

const solved = (asked, given) =>
  given?.token === asked.token &&
  given.solutions.length === asked.challenge.length &&
  asked.challenge.every(
    ([salt, target], index) =>
      Number.isSafeInteger(given.solutions[index]) &&
      sha256(`${salt}${given.solutions[index]}`).startsWith(target),
  );

function log(logs, route, siteKey, status, response) {
  logs.push({
    id: `log_${logs.length}`,
    createdAt: new Date().toISOString(),
    route,
    method: "POST",
    siteKey,
    ip: "192.0.2.0/24",
    status,
    summary: response.state ?? response.message,
    request: { siteKey },
    response: { ...response, token: response.token?.slice(0, 8) },
  });
}

// As strict as the server's own pages.
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'none'";
const SANDBOX_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
  .replace("script-src 'self'", "script-src 'self' 'nonce-bm9uY2U'")
  .concat("; frame-ancestors 'none'");
const PAGE = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": POLICY,
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

const sha256 = (input) => createHash("sha256").update(input).digest("hex");
