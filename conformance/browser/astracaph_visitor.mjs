/** What the tests of the AstraCaph door share: a visitor in front of somebody's page, and the card there. */

import assert from "node:assert/strict";

/** A site that costs a visitor little. */
export const LIGHT = ["--count", "10", "--difficulty", "3"];

/** A form with a container of a site. */
export const form = (siteKey) =>
  `<form><input name="name" aria-label="Name"><div id="astracaph-container" data-sitekey="${siteKey}"></div></form>`;

/**
 * Opens an address as somebody who is not seen to be automated.
 *
 * @param hidden whether `navigator.webdriver` is hidden, which is on in every browser that playwright drives
 * @param still  whether the visitor leaves the pointer alone
 * @param init   a script to run before all others
 */
export async function arrive(stage, url, { hidden = true, still = false, init, context } = {}) {
  const scripts = [record];
  if (hidden) scripts.push(hideWebdriver);
  if (!still) scripts.push(awaitVisitor);
  if (init) scripts.push(init);
  const page = await stage.visit(url, context, scripts);
  if (still) return page;
  // A frame that is not painted yet leaves the pointer to the page around it.
  for (let tries = 0; tries < 5 && (await movesSeen(page)) < 10; tries++) await wander(page);
  const came = (frame) => frame.evaluate(() => window.visitorCame?.());
  // On a slow machine the loader may have begun by itself, and its frames come and go.
  await Promise.all(page.frames().map((frame) => came(frame).catch(() => {})));
  return page;
}

/** Opens a page of the site's owner with this content. */
export function show(stage, body, { origin, headers, script = true, ...more } = {}) {
  const loader = `<script src="${stage.portcullis.base}/api/v1/widget.js" async defer></script>`;
  const html = `<!doctype html><html lang="en"><head><title>A page</title>${script ? loader : ""}</head><body>${body}</body></html>`;
  const path = stage.pages.add(html, { headers });
  return arrive(stage, `${origin ?? stage.pages.origin}${path}`, more);
}

/** Moves the pointer as a hand does: in bows, sometimes faster, for about as long as the loader looks. */
export async function wander(page) {
  for (let step = 0; step < 45; step++) {
    await page.mouse.move(170 + 60 * Math.sin(step / 2), 120 + 30 * Math.sin(step * 0.9 + 1));
    await page.waitForTimeout(8 + ((step * 7) % 13));
  }
}

/** How often the pointer moved, for the page or the frame in it that is under the pointer. */
async function movesSeen(page) {
  const element = await page.evaluateHandle(() => document.elementFromPoint(170, 120));
  const frame = await element.asElement()?.contentFrame();
  return (frame ?? page).evaluate(() => window.moves);
}

/** Waits for the `times`-th `astracaph:verified`; its detail. In vain, it says what the server answered instead. */
export async function verified(page, times = 1) {
  try {
    const handle = await page.waitForFunction(
      (least) => window.verified.length >= least && window.verified[least - 1],
      times,
    );
    return await handle.jsonValue();
  } catch (error) {
    const answers = JSON.stringify(await challenges(page));
    throw new Error(`no token number ${times}; the challenges were answered ${answers}`, {
      cause: error,
    });
  }
}

/** The card's button, its words, the field of the form, and its sign. Each also within a frame. */
export const action = (page) => page.locator("[data-astracaph-card] button");
export const title = (page) => page.locator("[data-astracaph-card] .title");
export const field = (page) => page.locator('input[name="astracaph-response"]');
export const sign = (page, wanted) =>
  page.locator(`[data-astracaph-card] .card[data-sign="${wanted}"]`).waitFor();

/** What the challenges so far were answered: status and JSON. */
export const challenges = (page) =>
  Promise.all(
    page.seen.answers
      .filter((one) => one.request().method() === "POST" && one.url().endsWith("/challenge"))
      .map(async (one) => ({ status: one.status(), ...(await one.json()) })),
  );

/** A backend's call: status and JSON. */
export async function verify(stage, question) {
  const response = await fetch(`${stage.portcullis.base}/public/api/v1/verify`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
  });
  return { status: response.status, ...(await response.json()) };
}

/** A token is bound to this origin, says how it was earned, and is good once. */
export async function assertBoundAndGoodOnce(stage, token, { origin, mode, siteKey, secret }) {
  const elsewhere = await verify(stage, { token, origin: "https://other.example", secret });
  assert.deepEqual([elsewhere.status, elsewhere.error], [403, "Origin mismatch"]);
  const first = await verify(stage, { token, origin, secret });
  assert.deepEqual(
    {
      status: first.status,
      success: first.success,
      siteKey: first.siteKey,
      boundOrigin: first.boundOrigin,
      mode: first.mode,
    },
    { status: 200, success: true, siteKey, boundOrigin: origin, mode },
  );
  const again = await verify(stage, { token, origin, secret });
  assert.deepEqual(
    [again.status, again.success, again.error],
    [409, false, "Token already used or unknown"],
  );
}

/** The key that a page without one has. */
export const OPEN_SITE = "pk_open_astracaph_public";

/** Runs in every frame, before its own scripts. The event does not bubble, but is caught on its way down. */
function record() {
  window.verified = [];
  window.messages = [];
  addEventListener("astracaph:verified", ({ detail }) => window.verified.push(detail), true);
  addEventListener("message", ({ data, origin }) => window.messages.push({ data, origin }));
}

function hideWebdriver() {
  Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false });
}

/**
 * Keeps a page too busy for the loader until the visitor has moved. On a slow machine the loader would look before
 * the pointer does, and see nobody. Whatever is opened after that waits for its own five seconds at most.
 */
function awaitVisitor() {
  window.moves = 0;
  addEventListener("pointermove", () => window.moves++, true);
  const idle = window.requestIdleCallback.bind(window);
  const came = new Promise((resolve) => {
    window.visitorCame = resolve;
    setTimeout(resolve, 5000);
  });
  window.requestIdleCallback = (...request) => void came.then(() => idle(...request));
}
