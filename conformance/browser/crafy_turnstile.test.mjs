/**
 * Turnstile as a second opinion, from the page to the verdict: our browser script loads Cloudflare's, whose token goes
 * with the answer to our server, which asks siteverify. Cloudflare's two halves are stood in for; nothing leaves this
 * machine.
 */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { openShop, solved } from "./crafy_shop.mjs";
import { openStage } from "./stage.mjs";

const SITE_KEY = "1x00000000000000000000AA";
const SECRET = "1x0000000000000000000000000000000AA";
const SCRIPT = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";

let stage;
let cloudflare;
before(async () => {
  cloudflare = await startCloudflare();
  stage = await openStage({
    environment: {
      PORTCULLIS_TURNSTILE_SITEVERIFY_URL: cloudflare.url,
      PORTCULLIS_TURNSTILE_TIMEOUT_MS: "5000",
    },
  });
  stage.standIns.set(SCRIPT, `(${widget})()`);
});
after(async () => {
  await stage?.stop();
  await cloudflare?.stop();
});

/** A shop with keys at Turnstile. Headless Chromium scores 1 already, so what was said is read from the counts. */
async function open(test) {
  const site = await openShop(test, stage, { mode: "auto" });
  const keys = ["--turnstile-site-key", SITE_KEY, "--turnstile-secret", SECRET];
  await stage.portcullis.command("site", "set", site.site.site_key, ...keys);
  await known(site);
  cloudflare.asked.length = 0;
  const before = await opinions();
  return {
    site,
    /** What was said since then, and how often. */
    async said() {
      const now = Object.entries(await opinions());
      return now.flatMap(([code, count]) => Array(count - (before[code] ?? 0)).fill(code));
    },
  };
}

/** Waits until the running server knows the keys, as it tells every page. */
async function known(shop) {
  const { site_key } = shop.site;
  const address = `${stage.portcullis.base}/api/turnstile_site_key.php?pk=${site_key}`;
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    if ((await (await fetch(address)).text()).includes(SITE_KEY)) return;
    await setTimeout(50);
  }
  assert.fail("the running server did not notice the keys");
}

/** Opinions so far, by their code. */
async function opinions() {
  const text = await (await fetch(`${stage.portcullis.base}/metrics`)).text();
  const line = /event="second_opinion".*reason="(\w+)".* (\d+)$/gm;
  return Object.fromEntries([...text.matchAll(line)].map(([, code, count]) => [code, +count]));
}

for (const [name, says, opinion] of [
  ["a good token", { success: true }, "passed"],
  [
    "a token that Cloudflare did not give",
    { success: false, "error-codes": ["invalid-input-response"] },
    "failed",
  ],
  [
    "a token of before",
    { success: false, "error-codes": ["timeout-or-duplicate"] },
    "stale",
  ],
  ["an outage", undefined, "unknown"],
]) {
  test(`${name} is asked about once: ${opinion}`, async (t) => {
    const { site, said } = await open(t);
    cloudflare.says = says;
    await site.assertPassed(await site.show());
    const [question, ...more] = cloudflare.asked;
    assert.equal(more.length, 0);
    assert.deepEqual(
      [question.secret, question.response, question.remoteip],
      [SECRET, `XXXX.DUMMY.${SITE_KEY}`, "127.0.0.1"],
    );
    assert.deepEqual(await said(), [opinion]);
  });
}

test("a page that cannot reach Cloudflare gets a challenge all the same", async (t) => {
  const { site, said } = await open(t);
  const page = await site.show({ init: withoutTurnstile });
  await site.assertGoodOnce(await solved(page));
  assert.equal(cloudflare.asked.length, 0);
  assert.deepEqual(await said(), ["missing"]);
});

test("a site without keys asks nobody", async (t) => {
  cloudflare.asked.length = 0;
  const site = await openShop(t, stage, { mode: "auto" });
  await site.assertPassed(await site.show());
  assert.equal(cloudflare.asked.length, 0);
});

/** Cloudflare's siteverify, which says what a test wants: JSON, or nothing at all. */
async function startCloudflare() {
  const asked = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      asked.push(JSON.parse(body));
      if (!stand.says) return response.writeHead(503).end();
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ "error-codes": [], ...stand.says }));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stand = {
    asked,
    says: undefined,
    url: `http://127.0.0.1:${server.address().port}/siteverify`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
  return stand;
}

/** Cloudflare's script, as far as our own uses it: a token after a while. */
function widget() {
  window.turnstile = {
    render(place, { sitekey, callback }) {
      place.append("Cloudflare");
      setTimeout(callback, 200, `XXXX.DUMMY.${sitekey}`);
      return "cf-chl-widget-1";
    },
    remove() {},
  };
}

/** Runs in the page before all scripts: Cloudflare's does not start, as behind a content blocker. */
function withoutTurnstile() {
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    return attach.call(this, { ...init, mode: "open" });
  };
  Object.defineProperty(window, "turnstile", { get: () => undefined, set() {} });
}
