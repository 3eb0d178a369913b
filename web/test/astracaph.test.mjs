/** The AstraCaph loader as a page, its visitor and its server use it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { action, field, form, scene, sign, title, verified } from "./astracaph_page.mjs";
import { holdClock, impatient, policy } from "./browser.mjs";

let set;
before(async () => {
  set = await scene();
});
after(() => set.stop());

const spoken = (page) => page.getByRole("status").textContent();
const interactions = (siteKey) => set.api.of(siteKey).map(({ body }) => body.interaction);

/** A page whose clock goes where the test sends it, with a visitor and the first of its tokens, which live 180 s. */
async function held(siteKey, behaviour) {
  set.api.site(siteKey, { expiresIn: 180, ...behaviour });
  const page = await set.show("");
  await holdClock(page);
  await page.evaluate((html) => {
    document.body.innerHTML = html;
  }, form(siteKey));
  await page.mouse.move(50, 50);
  await page.clock.runFor(2000);
  const { token } = await verified(page);
  return { page, token };
}
const TO_RENEWAL = 155_000;
const TO_THE_END = 30_000;

test("a page on another origin gets a token that verifies once, and nothing else", async () => {
  set.api.site("plain");
  const before = "window.names = new Set(Object.getOwnPropertyNames(window))";
  const page = await set.show(form("plain"), { init: before });
  const detail = await verified(page);
  assert.equal(detail.state, "success");
  assert.equal(await field(page), detail.token);
  assert.equal(await page.locator("form > input[type=hidden]").count(), 1);
  await sign(page, "done");
  assert.equal(await title(page).textContent(), "Verified");
  assert.equal(await spoken(page), "Verified");
  assert.equal(set.api.verify(detail.token), true);
  assert.equal(set.api.verify(detail.token), false);
  const added = await page.evaluate(() =>
    Object.getOwnPropertyNames(window).filter((name) => !window.names.has(name)),
  );
  assert.deepEqual(
    added.filter((name) => !/^(names|tokens|f|\d+)$|^__playwright/.test(name)),
    [],
  );
  assert.deepEqual(page.problems, []);
});

test("a request has the form of the protocol, and no private part of an address", async () => {
  set.api.site("shape");
  const page = await set.show(form("shape"));
  await verified(page);
  const [{ body, origin }] = set.api.of("shape");
  assert.equal(origin, set.host.origin);
  assert.match(body.page, /^http:\/\/127\.0\.0\.1:\d+\/page\/\d+$/);
  assert.equal(body.referrer, "");
  const { fingerprint, behavior } = body;
  assert.equal(fingerprint.userAgent, await page.evaluate(() => navigator.userAgent));
  assert.equal(fingerprint.language, "en-US");
  assert.equal(fingerprint.webdriver, true);
  assert.match(fingerprint.canvas, /^[0-9a-f]{16}$/);
  assert.equal(typeof fingerprint.webglRenderer, "string");
  assert.deepEqual(fingerprint.screen, { width: 1280, height: 720, pixelRatio: 1 });
  assert.equal(fingerprint.touchPoints, 0);
  assert.ok(fingerprint.automation.includes("headless"));
  assert.ok(behavior.dwellMs >= 450);
  for (const name of ["keyPresses", "pointerMoves", "focusChanges", "clickCount", "touches"]) {
    assert.equal(behavior[name], 0, name);
  }
  assert.deepEqual(body.motion, []);
  assert.deepEqual(
    ["interaction", "frame", "sandbox"].filter((name) => name in body),
    [],
  );
});

test("pointer and keys are counted as they happened, at most 49 points", async () => {
  set.api.site("traces", { steps: ["confirm"], work: false });
  const page = await set.show(form("traces"));
  await sign(page, "asking");
  const name = page.getByRole("textbox", { name: "Name" });
  await name.click();
  await page.keyboard.type("abcdef", { delay: 30 });
  for (let step = 0; step < 80; step++) await page.mouse.move(20 + step * 3, 300 - step);
  await page.evaluate(() => {
    dispatchEvent(new PointerEvent("pointermove", { clientX: 9999, bubbles: true }));
  });
  await action(page).click();
  await verified(page);
  const { motion, behavior } = set.api.of("traces").at(-1).body;
  assert.equal(motion.length, 49);
  for (const [index, { t, x }] of motion.entries()) {
    assert.ok(x < 9999);
    assert.ok(t >= 0 && t >= (motion[index - 1]?.t ?? 0));
  }
  assert.ok(behavior.pointerMoves >= 80);
  assert.equal(behavior.keyPresses, 6);
  assert.equal(behavior.clickCount, 2);
  assert.ok(behavior.focusChanges >= 1);
  assert.ok(behavior.keyIntervalMs >= 25 && behavior.keyIntervalMs < 2000);
  assert.ok(behavior.keyIntervalDeviationMs >= 0);
  assert.ok(behavior.submitLatencyMs >= 0);
});

test("a browser that hides nothing odd has no automation traces; planted ones are named", async () => {
  set.api.site("marks");
  const context = { userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36" };
  const clean = await set.show(form("marks"), { context });
  await verified(clean);
  assert.deepEqual(set.api.of("marks").at(-1).body.fingerprint.automation, []);
  const init = `document.cdc_adoQpoasnfa76pfcZLmcfl_Array = 1; window.callPhantom = 1;
    window.__puppeteer_evaluation_script__ = 1;
    Object.defineProperty(navigator, "webdriver", { get: () => false });`;
  const marked = await set.show(form("marks"), { context, init });
  await verified(marked);
  assert.deepEqual(set.api.of("marks").at(-1).body.fingerprint.automation.sort(), [
    "cdc",
    "phantom",
    "puppeteer",
    "webdriver-patched",
  ]);
});

test("every container is mounted once, also later ones and with the script twice", async () => {
  set.api.site("pk_open_astracaph_public");
  const page = await set.show(
    `<div id="astracaph-container"></div><p data-astracaph-container>Own content</p>${set.script}`,
  );
  await verified(page, 2);
  await page.evaluate(() => {
    const late = document.createElement("section");
    late.setAttribute("data-astracaph-container", "");
    document.body.append(late);
  });
  await verified(page, 3);
  const inside = (selector) => page.locator(selector).evaluate((it) => it.children.length);
  for (const each of ["#astracaph-container", "p", "section"]) assert.equal(await inside(each), 2);
  assert.match(await page.locator("p").textContent(), /Own content/);
  const keys = set.api.calls.map(({ body }) => body.siteKey);
  assert.equal(keys.filter((key) => key === "pk_open_astracaph_public").length, 3);
  assert.deepEqual(page.problems, []);
});

test("work is done in the background and sent with the same body", async () => {
  set.api.site("work", { steps: ["work"], puzzles: 12 });
  const page = await set.show(form("work"));
  const detail = await verified(page);
  assert.equal(detail.mode, "passive");
  const [first, second] = set.api.of("work").map(({ body }) => body);
  const { interaction, ...rest } = second;
  assert.deepEqual(rest, first);
  assert.equal(interaction.confirmed, true);
  assert.match(interaction.challengeId, /^chl_/);
  assert.equal(interaction.work.solutions.length, 12);
  assert.deepEqual(page.problems, []);
});

test("a worker's program that never arrives is not waited for", async () => {
  set.api.site("hanging", { steps: ["confirm"] });
  const page = await set.show(form("hanging"), { init: impatient(5000) });
  const silent = [];
  await page.route("**/cap_worker.js", (route) => {
    silent.push(route);
  });
  await sign(page, "asking");
  await action(page).click();
  const { token } = await verified(page);
  assert.equal(set.api.verify(token), true);
  assert.ok(silent.length > 0);
});

for (const [name, worker] of [
  ["with workers", "blob:"],
  ["without any", "'none'"],
]) {
  test(`a strict policy of the page is enough, ${name}`, async () => {
    const siteKey = `policy ${name}`;
    set.api.site(siteKey, { steps: ["work"] });
    const { origin } = set.server;
    const headers = policy(
      ["script-src", `${origin} 'wasm-unsafe-eval'`],
      ["connect-src", origin],
      ["style-src", "'none'"],
      ["worker-src", worker],
      ["require-trusted-types-for", worker === "blob:" ? "" : "'script'"],
    );
    const page = await set.show(form(siteKey), { headers });
    const { token } = await verified(page);
    assert.equal(set.api.verify(token), true);
    assert.deepEqual(page.problems, []);
  });
}

for (const key of ["Enter", "Space", "click"]) {
  test(`confirm by ${key}; work is done meanwhile`, async () => {
    const siteKey = `confirm ${key}`;
    set.api.site(siteKey, { steps: ["confirm"] });
    const page = await set.show(form(siteKey));
    await sign(page, "asking");
    assert.equal(await spoken(page), "One more step");
    assert.equal(await field(page), "");
    assert.equal(await action(page).textContent(), "I'm human");
    if (key === "click") await action(page).click();
    else {
      await page.getByRole("textbox").focus();
      await page.keyboard.press("Tab");
      await page.keyboard.press(key);
    }
    const { token } = await verified(page);
    assert.equal(await field(page), token);
    const [, { confirmed, work }] = interactions(siteKey);
    assert.equal(confirmed, true);
    assert.equal(work.solutions.length, 4);
    await sign(page, "done");
    assert.equal(await action(page).isVisible(), false);
  });
}

test("focus stays in the card when its button goes", async () => {
  set.api.site("focus", { steps: ["confirm"] });
  const page = await set.show(form("focus"));
  await sign(page, "asking");
  await action(page).press("Enter");
  await verified(page);
  await sign(page, "done");
  const inside = await page.evaluate(
    () => document.activeElement.shadowRoot?.activeElement?.className,
  );
  assert.equal(inside, "card");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "send");
});

const holds = {
  async mouse(page) {
    await action(page).evaluate((button) => {
      window.words = [];
      const read = () => window.words.push(button.textContent);
      new MutationObserver(read).observe(button, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await action(page).hover();
    await page.mouse.down();
    await page.waitForFunction(() => window.words.includes("Keep holding…"));
  },
  async Space(page) {
    await action(page).focus();
    await page.keyboard.down("Space");
  },
  async Enter(page) {
    await action(page).focus();
    await page.keyboard.down("Enter");
  },
  async "two taps"(page) {
    await action(page).click();
    await page.locator('button[data-phase="ripe"]').waitFor();
    assert.equal(await spoken(page), "Tap to finish");
    await action(page).click();
  },
  async "two clicks of assistive technology"(page) {
    await action(page).evaluate((button) => button.click());
    await page.locator('button[data-phase="ripe"]').waitFor();
    await page.waitForTimeout(750);
    await action(page).evaluate((button) => button.click());
  },
};
for (const [name, hold] of Object.entries(holds)) {
  test(`press and hold by ${name}`, async () => {
    const siteKey = `hold ${name}`;
    set.api.site(siteKey, { steps: ["press_hold"] });
    const page = await set.show(form(siteKey));
    await sign(page, "asking");
    await hold(page);
    const { token } = await verified(page);
    assert.equal(set.api.verify(token), true);
    const [, start, end] = interactions(siteKey);
    assert.equal(start.phase, "start");
    assert.equal(start.challengeId, end.challengeId);
    assert.equal(end.confirmed, true);
    assert.ok(end.holdDurationMs >= 800);
    assert.equal(end.work.solutions.length, 4);
    assert.deepEqual(page.problems, []);
  });
}

test("a hold on a touch screen, with a finger that trembles", async () => {
  set.api.site("touch", { steps: ["press_hold"] });
  const page = await set.show(form("touch"), { context: { hasTouch: true, isMobile: true } });
  await sign(page, "asking");
  const { x, y } = await action(page).boundingBox();
  const session = await page.context().newCDPSession(page);
  const touch = (type, ...touchPoints) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", { x: x + 20, y: y + 20 });
  for (let step = 0; step < 10; step++) {
    await touch("touchMove", { x: x + 20 + step, y: y + 20 + step * 4 });
    await page.waitForTimeout(60);
  }
  await verified(page);
  const { touches } = set.api.of("touch").at(-1).body.behavior;
  assert.equal(touches, 1);
});

test("letting go early says so, and the next hold counts", async () => {
  set.api.site("early", { steps: ["press_hold"], requiredHoldMs: 4000 });
  const page = await set.show(form("early"));
  await action(page).hover();
  await page.mouse.down();
  await page.waitForTimeout(600);
  await page.mouse.up();
  await page.locator('button[data-phase="idle"]').waitFor();
  assert.equal(await spoken(page), "Too short. Please try again");
  await page.mouse.down();
  const { token } = await verified(page);
  assert.equal(set.api.verify(token), true);
  const phases = interactions("early").map((each) => each?.phase);
  assert.deepEqual(phases, [undefined, "start", "start", undefined]);
});

test("a slow network does not make a hold too short", async () => {
  let slow = true;
  set.api.site("slow", { steps: ["press_hold"], requiredHoldMs: 500, refuse: () => undefined });
  const page = await set.show(form("slow"));
  await sign(page, "asking");
  // Only the word that the hold begins is late, longer than the hold itself.
  await page.route("**/api/v1/challenge", async (route) => {
    if (slow) await new Promise((resolve) => setTimeout(resolve, 1500));
    slow = false;
    await route.continue();
  });
  await action(page).hover();
  await page.mouse.down();
  await verified(page);
  assert.equal(interactions("slow").filter((each) => each?.confirmed).length, 1);
});

test("a hold that the server finds too short is asked again, with the same work", async () => {
  set.api.site("again", {
    steps: ["press_hold"],
    refuse(body) {
      if (!body.interaction?.confirmed || this.refused) return undefined;
      this.refused = true;
      const { challengeId } = body.interaction;
      const step = { state: "visual_challenge", challengeType: "press_hold", requiredHoldMs: 800 };
      return [202, { ...step, challengeId, error: "Hold was too short" }];
    },
  });
  const page = await set.show(form("again"));
  await action(page).hover();
  await page.mouse.down();
  await page.getByText("Too short. Please try again").first().waitFor();
  await page.mouse.up();
  await page.mouse.down();
  const { token } = await verified(page);
  assert.equal(set.api.verify(token), true);
  const works = interactions("again").flatMap((each) => (each?.work ? [each.work] : []));
  assert.equal(works.length, 2);
  assert.deepEqual(works[0], works[1]);
});

test("a refused start of a hold ends it", async () => {
  set.api.site("no-start", {
    steps: ["press_hold"],
    refuse: ({ interaction }) =>
      interaction ? [403, { error: "Challenge rejected", state: "failed" }] : undefined,
  });
  const page = await set.show(form("no-start"));
  await action(page).hover();
  await page.mouse.down();
  await sign(page, "problem");
  assert.equal(await title(page).textContent(), "We could not verify you");
});

const refusals = {
  rejected: [[403, { error: "Challenge rejected", state: "failed" }], "We could not verify you"],
  broken: [[500, { error: "No" }], "The check could not be reached"],
  garbled: [[200, "<html>"], "The check could not be reached"],
  wordless: [[200, { state: "success" }], "The check could not be reached"],
  null: [[200, "null"], "The check could not be reached"],
  monstrous: [
    [202, { state: "work_required", challengeId: "c", work: { token: "t", challenge: [1] } }],
    "The check could not be reached",
  ],
};
for (const [name, [reply, words]] of Object.entries(refusals)) {
  test(`an answer that is ${name} is told, and can be tried again`, async () => {
    let refuse = true;
    set.api.site(name, { refuse: () => (refuse ? reply : undefined) });
    const page = await set.show(form(name));
    await sign(page, "problem");
    assert.equal(await title(page).textContent(), words);
    assert.equal(await spoken(page), words);
    assert.equal(await field(page), "");
    refuse = false;
    await action(page).click();
    await verified(page);
    assert.deepEqual(page.problems, []);
  });
}

test("no network is told, and can be tried again", async () => {
  set.api.site("offline");
  const page = await set.show(form("offline"));
  await verified(page);
  await page.route("**/api/v1/challenge", (route) => route.abort());
  await page.reload();
  await sign(page, "problem");
  assert.equal(await title(page).textContent(), "The check could not be reached");
  await page.unroute("**/api/v1/challenge");
  await action(page).click();
  await verified(page);
});

test("a page that the site does not allow is told so and offers no button", async () => {
  const page = await set.show(form("nobody"));
  await sign(page, "problem");
  assert.equal(await title(page).textContent(), "This page is not set up for this check");
  assert.equal(await action(page).isVisible(), false);
});

test("too many attempts: the time is counted down, then the button works", async () => {
  set.api.site("limited", {
    refuse: (_body, before) =>
      before === 0 ? [429, { error: "Too many", resetAt: Date.now() + 6000 }] : undefined,
  });
  const page = await set.show(form("limited"));
  await sign(page, "problem");
  assert.equal(await title(page).textContent(), "Too many attempts");
  assert.match(await page.locator(".hint").textContent(), /^Try again in 0:0[1-6]$/);
  assert.equal(await action(page).getAttribute("aria-disabled"), "true");
  await action(page).evaluate((button) => button.click());
  await page.waitForTimeout(200);
  assert.equal(set.api.of("limited").length, 1);
  await page.locator('button[aria-disabled="false"]').waitFor();
  await action(page).click();
  await verified(page);
});

test("a step that is over starts again by itself, but not for ever", async () => {
  let refuse = true;
  set.api.site("stale", {
    steps: ["work"],
    refuse: ({ interaction }) =>
      refuse && interaction
        ? [400, { error: "Visual challenge context is invalid or expired" }]
        : undefined,
  });
  const page = await set.show(form("stale"));
  await sign(page, "problem");
  assert.equal(set.api.of("stale").length, 6);
  refuse = false;
  await action(page).click();
  await verified(page);
});

test("a token is renewed before it ends, without a word", async () => {
  const { page, token: first } = await held("renewed", { steps: ["work"] });
  await page.evaluate(() => {
    window.signs = [];
    const card = document.querySelector("[data-astracaph-card]").shadowRoot.firstElementChild;
    const see = () => window.signs.push(card.dataset.sign);
    new MutationObserver(see).observe(card, { attributes: true, attributeFilter: ["data-sign"] });
  });
  await page.clock.runFor(TO_RENEWAL);
  const second = await verified(page, 2);
  assert.notEqual(first, second.token);
  assert.equal(await field(page), second.token);
  assert.deepEqual(await page.evaluate(() => window.signs), []);
});

test("a form that was sent gets no new token until the visitor comes back to it", async () => {
  const { page, token } = await held("sent");
  await page.evaluate(() =>
    document.querySelector("form").addEventListener("submit", (event) => event.preventDefault()),
  );
  await page.locator("#send").click();
  await page.clock.runFor(TO_RENEWAL);
  assert.equal(await field(page), token);
  await page.clock.runFor(TO_THE_END);
  await sign(page, "asking");
  assert.equal(await field(page), "");
  assert.equal(set.api.of("sent").length, 1);
  await page.getByRole("textbox").fill("Grace");
  await page.clock.runFor(1000);
  await verified(page, 2);
  assert.notEqual(await field(page), "");
});

test("a renewal that wants a visible step waits until the token is over", async () => {
  const { page, token } = await held("later", {
    refuse: (_body, before) =>
      before > 0
        ? [202, { state: "visual_challenge", challengeType: "confirm", challengeId: "chl_x" }]
        : undefined,
  });
  const answered = page.waitForResponse("**/api/v1/challenge");
  await page.clock.runFor(TO_RENEWAL);
  await (await answered).finished();
  await page.clock.runFor(10_000);
  assert.equal(await field(page), token);
  assert.equal(await title(page).textContent(), "Verified");
  await page.clock.runFor(TO_THE_END);
  await action(page).waitFor();
  assert.equal(await field(page), "");
});

test("a container that is taken away asks for nothing more; back again, it starts over", async () => {
  const { page } = await held("gone");
  await page.evaluate(() => {
    window.container = document.querySelector("#astracaph-container");
    window.container.remove();
  });
  await page.clock.runFor(TO_RENEWAL + TO_THE_END);
  assert.equal(set.api.of("gone").length, 1);
  assert.equal(await page.locator('input[name="astracaph-response"]').count(), 0);
  await page.evaluate(() => document.querySelector("form").append(window.container));
  await page.clock.runFor(2000);
  const { token } = await verified(page, 2);
  assert.equal(await field(page), token);
  assert.equal(await page.locator("[data-astracaph-card]").count(), 1);
});

test("a real submit carries the token", async () => {
  set.api.site("submit");
  const page = await set.show(form("submit"));
  const { token } = await verified(page);
  await page.locator("#send").click();
  await page.waitForURL("**/echo");
  const sent = new URLSearchParams(await page.locator("body").textContent());
  assert.equal(sent.get("astracaph-response"), token);
});
