/**
 * The Crafy door on a stand-in server, really checked: messages are signed, work
 * is verified, pictures are graded, a step is answered once. What a flow asks
 * for is its script; `eo` names it.
 */

import {
  createHash,
  createHmac,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
} from "node:crypto";
import { readFile } from "node:fs/promises";
import { DIST } from "../scripts/bundle.mjs";
import { board, CONNECT, piece, SLIDER } from "./crafy_pictures.mjs";

/** How a flow behaves unless a test says otherwise. */
const FLOW = {
  /** Steps before the end: `work`, `checkbox`, `press_hold`, `slider`, `connect`. */
  steps: ["work"],
  puzzles: 2,
  /** Hex digits of each puzzle, and of those that come in place of a picture. */
  difficulty: 2,
  heavy: 2,
  holdMs: 500,
  rule: "as_many_dots",
  language: "",
  turnstile: false,
  /** The page's own policy on what it embeds: its workers have to say one too. */
  embedder: "require-corp",
  /** Milliseconds before each answer. */
  delay: 0,
  /** Changes what is said first, and last. */
  handshake: (message) => message,
  message: (message) => message,
  /** Answers in place of the script, now or later: gets call, body and how many came before; `[status, json, headers]` or nothing. */
  refuse: () => undefined,
};

/** Adds the door to a stand-in server; `pageOrigin` is where its pages may be framed. */
export function crafy(server, pageOrigin) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const secret = `sk_${randomBytes(32).toString("hex")}`;
  const door = {
    signingKey: publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("base64"),
    flows: new Map(),
    /** Every load of the page: its form's fields. */
    loads: [],
    /** Every other call: name and body. */
    calls: [],
    turnstileKey: null,
    flow: (name, behaviour = {}) => door.flows.set(name, { ...FLOW, ...behaviour }),
    of: (name) => door.calls.filter(({ call }) => call === name),
    signed: (payload) => ({
      payload,
      signature: sign(null, payload, privateKey).toString("base64"),
    }),
    /** Whether a backend would accept a form's token. */
    verify(token) {
      const { payload, server_sign } = JSON.parse(Buffer.from(token, "base64"));
      const good = createHmac("sha256", secret).update(payload).digest("hex") === server_sign;
      return good && JSON.parse(payload).status === "success";
    },
  };
  const steps = new Map();
  const context = { door, steps, secret };
  server.handle("/challenge/", async (_request, text) => {
    const fields = Object.fromEntries(new URLSearchParams(text));
    door.loads.push(fields);
    const { eo } = JSON.parse(fields.cdweo);
    const flow = { name: eo, id: randomUUID(), ...door.flows.get(eo) };
    const headers = page(pageOrigin, flow.embedder);
    if (flow.status) return { status: flow.status, headers, json: "<p>No</p>" };
    const html = await readFile(`${DIST}/challenge.html`, "utf8");
    const answer = (boot) => {
      const json = JSON.stringify(boot).replaceAll("<", "\\u003c");
      return { headers, json: html.replace('"{{FLOW}}"', () => json) };
    };
    if (flow.stop) return answer({ parentOrigin: fields.parent_origin, colours: {}, ...flow.stop });
    const boot = {
      handshake: flow.handshake(
        door.signed(JSON.stringify({ payload: { flow_token: flow.id } })),
        door,
      ),
      parentOrigin: fields.parent_origin,
      language: flow.language,
      theme: fields.theme,
      colours: {
        background: fields.bg,
        text: fields.text,
        primary: fields.primary,
        border: fields.border,
      },
      flow: flow.id,
      step: step(context, flow, flow.steps),
      turnstile: flow.turnstile,
    };
    return answer(boot);
  });
  for (const call of ["answer", "begin", "alternative"]) {
    server.handle(`/challenge/${call}`, async (_request, text) => {
      const body = JSON.parse(text);
      const asked = steps.get(body.step);
      const before = door.of(call).filter((other) => other.body.flow === body.flow).length;
      door.calls.push({ call, body, name: asked?.flow.name });
      if (!asked || asked.flow.id !== body.flow) {
        return { status: 400, json: { status: "error", code: "unknown_step", message: "No" } };
      }
      await new Promise((resolve) => setTimeout(resolve, asked.flow.delay));
      const refused = await asked.flow.refuse(call, body, before);
      if (refused) return { status: refused[0], json: refused[1], headers: refused[2] };
      if (asked.over) return { json: { outcome: "reload", reason: "already_answered" } };
      return { json: CALLS[call](context, asked, body) };
    });
  }
  server.handle("/challenge/picture", async (request) => {
    const { searchParams } = new URL(request.url, server.origin);
    const asked = steps.get(searchParams.get("step"));
    const part = searchParams.get("part");
    door.calls.push({ call: "picture", body: Object.fromEntries(searchParams) });
    const refused = await asked?.flow.refuse("picture", { part }, door.of("picture").length);
    if (!asked || refused) return { status: 404, json: {} };
    const draw = part === "piece" ? piece : board;
    const json = draw(asked.reply.kind, searchParams.get("theme"), asked.flow.rule);
    return { headers: { "Content-Type": "image/svg+xml" }, json };
  });
  server.handle("/api/turnstile_site_key.php", (request) => {
    door.calls.push({ call: "site_key", body: request.url });
    const payload = JSON.stringify({ payload: { site_key: door.turnstileKey } });
    const data = door.turnstileForged ? { payload, signature: "AAAA" } : door.signed(payload);
    return { json: { status: "success", data } };
  });
  return door;
}

const CALLS = {
  begin(_context, asked) {
    asked.began = Date.now();
    return {};
  },
  alternative(context, asked) {
    asked.over = true;
    const { flow } = asked;
    const work = step(context, flow, ["work", ...asked.rest], flow.heavy);
    return { outcome: "step", step: work, reason: "alternative" };
  },
  answer(context, asked, body) {
    const { door, secret } = context;
    const { reply, flow, rest } = asked;
    if (!solved(reply.work.challenges, body.solutions))
      return { outcome: "reload", reason: "work" };
    if (reply.kind === "press_hold" && !(Date.now() - asked.began >= flow.holdMs)) {
      return { outcome: "waiting" };
    }
    asked.over = true;
    if (!right(reply, body.answer)) {
      return { outcome: "step", reason: "wrong", step: step(context, flow, [reply.kind, ...rest]) };
    }
    if (rest.length > 0)
      return { outcome: "step", reason: "more", step: step(context, flow, rest) };
    const payload = JSON.stringify({
      status: "success",
      flow_token: flow.id,
      risk_score: 0.1,
      hostname: "example.com",
      expires_at: new Date(Date.now() + 1_200_000).toISOString(),
      nonce: ";v3_;AAAA",
    });
    const server_sign = createHmac("sha256", secret).update(payload).digest("hex");
    const message = flow.message({ ...door.signed(payload), server_sign }, door);
    return { outcome: "complete", message };
  },
};

function right({ kind }, answer) {
  if (kind === "slider") return Math.abs(answer.travel - SLIDER.answer) < 0.02;
  if (kind !== "connect") return true;
  const sorted = (pairs) => pairs.map(String).sort().join(" ");
  return sorted(answer.pairs) === sorted(CONNECT.answer);
}

function step({ steps }, flow, [kind, ...rest], difficulty = flow.difficulty) {
  const work = {
    token: randomBytes(20).toString("hex"),
    challenges: Array.from({ length: flow.puzzles }, () => [
      randomBytes(16).toString("hex"),
      randomBytes(8).toString("hex").slice(0, difficulty),
    ]),
  };
  const reply = { id: randomBytes(16).toString("hex"), kind, work };
  if (kind === "press_hold") reply.holdMs = flow.holdMs;
  if (kind === "slider") Object.assign(reply, SLIDER.layout);
  if (kind === "connect") Object.assign(reply, CONNECT.layout, { rule: flow.rule });
  steps.set(reply.id, { flow, rest, reply });
  return reply;
}

const solved = (challenges, solutions) =>
  solutions.length === challenges.length &&
  challenges.every(
    ([salt, target], index) =>
      Number.isSafeInteger(solutions[index]) &&
      createHash("sha256").update(`${salt}${solutions[index]}`).digest("hex").startsWith(target),
  );

// As strict as the server's own page.
const page = (pageOrigin, embedder) => ({
  "Cross-Origin-Embedder-Policy": embedder,
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; " +
    `connect-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors ${pageOrigin}`,
});
