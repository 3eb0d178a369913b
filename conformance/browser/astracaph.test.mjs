/**
 * Open mode and its loader in Chromium: the page is somebody's on another origin, the lines are those of the manual,
 * and the tokens are verified as a backend does.
 *
 * Pages of sites live at one origin of the page server, pages without a key at the other: an origin that an operator's
 * site lists takes no open tokens.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { backend, page as manual, settled, snippet } from "../harness/manual.mjs";
import {
  action,
  assertBoundAndGoodOnce,
  challenges,
  field,
  form,
  LIGHT,
  OPEN_SITE,
  show,
  sign,
  title,
  verified,
  verify,
  wander,
} from "./astracaph_visitor.mjs";
import { openStage } from "./stage.mjs";

let stage;
/** Where pages without a key are. */
let origin;
before(async () => {
  stage = await openStage();
  origin = stage.pages.strangeOrigin;
});
after(() => stage?.stop());

/** The manual's code with the addresses of this stage. */
const here = (code) => settled(code, { portcullis: stage.portcullis.base, page: origin });

/** A page of the open site's, with the two lines of the manual in a form. */
async function pasted(more) {
  const lines = here(await snippet("open-mode.md", "html", "async defer"));
  assert.equal(lines.trim().split("\n").length, 2);
  const body = `<form><input name="name" aria-label="Name">${lines}</form>`;
  return show(stage, body, { origin, script: false, ...more });
}

/** A registered site with a policy of its own. */
const site = (name, ...policy) => stage.site(name, ...LIGHT, ...policy);

test("two lines and no key: work unseen, a token in the form, good once", async () => {
  const page = await pasted();
  const detail = await verified(page);
  assert.equal(await field(page).inputValue(), detail.token);
  assert.equal(
    await page.evaluate(() => new FormData(document.forms[0]).get("astracaph-response")),
    detail.token,
  );
  assert.deepEqual([detail.state, detail.mode, detail.expiresIn], ["success", "passive", 180]);
  assert.equal(detail.confidence, Number((1 - detail.score).toFixed(2)));
  await sign(page, "done");
  assert.equal(await action(page).isVisible(), false);
  const [first, second, ...more] = await challenges(page);
  assert.deepEqual([first.status, first.state, first.needsVisual], [202, "work_required", false]);
  assert.ok(first.work.challenge.length > 0);
  assert.deepEqual([second.status, second.state, more.length], [200, "success", 0]);

  const passed = await backend(here);
  assert.equal(await passed(detail.token), true);
  assert.equal(await passed(detail.token), false);
  const again = await verify(stage, { token: detail.token, origin });
  assert.deepEqual([again.status, again.error], [409, "Token already used or unknown"]);
  assert.deepEqual(page.seen.problems, []);
});

test("the policy that the manual names is enough for a strict page", async () => {
  const sources = (await manual("open-mode.md")).match(/`(script-src C [^`]*)`/)[1];
  const policy = sources.replace(/\s+/g, " ").replaceAll(" C", ` ${stage.portcullis.base}`);
  const headers = { "Content-Security-Policy": `default-src 'none'; ${policy}` };
  const page = await pasted({ headers });
  const { token } = await verified(page);
  await assertBoundAndGoodOnce(stage, token, { origin, mode: "passive", siteKey: OPEN_SITE });
  assert.deepEqual([page.seen.violations, page.seen.problems], [[], []]);
});

test("a browser that says it is automated is refused, and gets no token", async () => {
  const page = await pasted({ hidden: false });
  await sign(page, "problem");
  assert.equal(await title(page).textContent(), "We could not verify you");
  assert.equal(await field(page).inputValue(), "");
  const [answer, ...more] = await challenges(page);
  assert.deepEqual(
    [answer.status, answer.error, answer.state, answer.token, more.length],
    [403, "Challenge rejected", "failed", undefined, 0],
  );
  assert.ok(answer.score >= 0.7);
  assert.ok(answer.reasonCodes.includes("webdriver"), answer.reasonCodes.join());
});

test("who leaves the pointer alone is asked for a click on the open site, and passes", async () => {
  const page = await pasted({ still: true });
  await sign(page, "asking");
  assert.equal(await field(page).inputValue(), "");
  await action(page).click();
  const { token, score } = await verified(page);
  const [asked] = await challenges(page);
  assert.deepEqual([asked.challengeType, asked.challengeReason], ["confirm", "standard"]);
  assert.ok(asked.work.challenge.length > 0);
  // A click answers the step and buys nothing else.
  assert.ok(score >= asked.score);
  await assertBoundAndGoodOnce(stage, token, { origin, mode: "visual", siteKey: OPEN_SITE });
});

test("an origin that a site of the operator's lists gets no open token", async () => {
  await site("listed");
  const page = await pasted({ origin: stage.pages.origin });
  await sign(page, "problem");
  assert.equal(await title(page).textContent(), "This page is not set up for this check");
  const [answer] = await challenges(page);
  assert.deepEqual([answer.status, answer.error], [403, "Origin is not allowed for this site key"]);
});

test("a site's own key: its origin and its secret, and no other's", async () => {
  const own = await site("own");
  const other = await site("other");
  const page = await show(stage, form(own.site_key));
  const { token, mode } = await verified(page);
  assert.equal(mode, "passive");
  const question = { token, origin: stage.pages.origin };
  const theirs = await verify(stage, { ...question, secret: other.secret_key });
  assert.deepEqual([theirs.status, theirs.error], [403, "Site mismatch"]);
  const nobodys = await verify(stage, { ...question, secretKey: `sk_${"0".repeat(64)}` });
  assert.deepEqual([nobodys.status, nobodys.error], [401, "Unknown secret"]);
  const { site_key: siteKey, secret_key: secret } = own;
  await assertBoundAndGoodOnce(stage, token, {
    origin: stage.pages.origin,
    mode: "passive",
    siteKey,
    secret,
  });
  const stranger = await show(stage, form(siteKey), { origin });
  await sign(stranger, "problem");
  assert.equal(await title(stranger).textContent(), "This page is not set up for this check");
});

test("a key that nobody has is refused", async () => {
  const page = await show(stage, form("pk_live_nobody"));
  await sign(page, "problem");
  assert.equal((await challenges(page))[0].status, 403);
});

test("who registers a site embeds it, and verifies with the secret of the answer", async () => {
  const { base } = stage.portcullis;
  const call = async (method, path, body) => {
    const headers = { "Content-Type": "application/json" };
    const init = { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${base}/api/v1/sites${path}`, init);
    return { status: response.status, ...(await response.json()) };
  };
  const registered = await call("POST", "", { origin, name: "My own" });
  assert.deepEqual([registered.status, registered.success], [201, true]);
  const { siteKey, secret, origins } = registered.site;
  assert.deepEqual([origins, registered.verification], [[origin], null]);
  const body = `<form>${registered.embed}</form>`;
  assert.equal(body.includes(secret), false);
  const page = await show(stage, body, { origin, script: false });
  const { token, mode } = await verified(page);
  assert.equal(mode, "passive");
  // The example of the answer, as a backend would send it.
  const example = JSON.parse(registered.verifyExample.match(/-d '(.*)'/)[1]);
  assert.deepEqual(example, { token: "TOKEN", origin, secret });
  const open = await verified(await pasted());
  const foreign = await verify(stage, { token: open.token, origin, secret });
  assert.deepEqual([foreign.status, foreign.error], [403, "Site mismatch"]);
  await assertBoundAndGoodOnce(stage, token, { origin, mode, siteKey, secret });
  const proof = await call("POST", "/verify", { origin, secret });
  assert.deepEqual([proof.status, proof.success], [400, false], "no domain, nothing to prove");
  const removed = await call("DELETE", "", { origin, secret });
  assert.deepEqual([removed.status, removed.siteKey], [200, siteKey]);
  const gone = await show(stage, body, { origin, script: false });
  await sign(gone, "problem");
  assert.equal((await challenges(gone))[0].status, 403);
});

test("a token is renewed before it ends, and each is good once", async () => {
  const { site_key: siteKey } = await site("renewed");
  const init = () => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + (window.ahead ?? 0);
  };
  const page = await show(stage, form(siteKey), { init });
  const first = await verified(page);
  await page.evaluate((ahead) => Object.assign(window, { ahead }), (first.expiresIn - 20) * 1000);
  await wander(page);
  const second = await verified(page, 2);
  assert.notEqual(second.token, first.token);
  assert.equal(await field(page).inputValue(), second.token);
  await sign(page, "done");
  assert.equal(await page.evaluate(() => window.verified.length), 2);
  const expected = { origin: stage.pages.origin, mode: "passive", siteKey };
  for (const { token } of [first, second]) await assertBoundAndGoodOnce(stage, token, expected);
  assert.deepEqual(page.seen.problems, []);
});

const HOLD = ["--steps", '[{"from":0,"friction":{"kind":"press-and-hold"}}]'];
const CONFIRM = ["--challenge-at", "0"];
const TOUCH = {
  context: { hasTouch: true, isMobile: true, viewport: { width: 390, height: 740 } },
};

/** Takes the pointer-less way to the button. */
async function tabTo(page) {
  await page.getByRole("textbox", { name: "Name" }).focus();
  await page.keyboard.press("Tab");
}

/** How each step may be taken: what it is, how the site asks for it, what the visitor does, in which browser. */
const STEPS = {
  "confirm by mouse": ["confirm", CONFIRM, (page) => action(page).click()],
  "confirm by keyboard": [
    "confirm",
    CONFIRM,
    async (page) => {
      await tabTo(page);
      await page.keyboard.press("Enter");
    },
  ],
  "confirm by touch": ["confirm", CONFIRM, (page) => action(page).tap(), TOUCH],
  "press and hold by mouse": [
    "press_hold",
    HOLD,
    async (page) => {
      await action(page).hover();
      await page.mouse.down();
    },
  ],
  "press and hold by keyboard": [
    "press_hold",
    HOLD,
    async (page) => {
      await tabTo(page);
      await page.keyboard.down("Space");
    },
  ],
  "press and hold by two taps": [
    "press_hold",
    HOLD,
    async (page) => {
      await action(page).tap();
      await page.locator('button[data-phase="ripe"]').waitFor();
      await action(page).tap();
    },
    TOUCH,
  ],
};
for (const [name, [kind, policy, act, context]] of Object.entries(STEPS)) {
  test(`a visible step: ${name}`, async () => {
    const { site_key: siteKey } = await site(name.replaceAll(" ", "-"), ...policy);
    const page = await show(stage, form(siteKey), { still: context !== undefined, ...context });
    await sign(page, "asking");
    const [asked] = await challenges(page);
    assert.deepEqual(
      [asked.status, asked.state, asked.needsVisual, asked.challengeType],
      [202, "visual_challenge", true, kind],
    );
    assert.equal(asked.requiredHoldMs > 0, kind === "press_hold");
    await act(page);
    const { token, mode } = await verified(page);
    assert.equal(mode, "visual");
    assert.equal(await field(page).inputValue(), token);
    await sign(page, "done");
    const expected = { origin: stage.pages.origin, mode: "visual", siteKey };
    await assertBoundAndGoodOnce(stage, token, expected);
    assert.deepEqual(page.seen.problems, []);
  });
}

test("a hold that is long enough for the page's clock alone is refused by the server's", async () => {
  const { site_key: siteKey } = await site("hasty", ...HOLD);
  const init = () => {
    // What this page measures and what it waits for, a hundred times as fast.
    const now = performance.now.bind(performance);
    performance.now = () => now() * 100;
    const later = window.setTimeout.bind(window);
    window.setTimeout = (act, wait, ...more) => later(act, wait / 100, ...more);
  };
  const page = await show(stage, form(siteKey), { init, still: true });
  await sign(page, "asking");
  await action(page).hover();
  await page.mouse.down();
  await page.getByText("Too short. Please try again").first().waitFor();
  const answers = await challenges(page);
  const last = answers.at(-1);
  assert.deepEqual(
    [last.status, last.state, last.error, last.token, last.score],
    [202, "visual_challenge", "Hold was too short", undefined, undefined],
  );
  assert.equal(last.challengeId, answers[0].challengeId);
  assert.equal(await field(page).inputValue(), "");
  assert.deepEqual(await page.evaluate(() => window.verified), []);
});

test("a hold that is let go of too early gives no token, and may be tried again", async () => {
  const { site_key: siteKey } = await site("early", ...HOLD);
  const init = () => {
    // Held for 0.7 s of the page's clock, however long this machine takes for it.
    const now = performance.now.bind(performance);
    performance.now = () => window.stopped ?? now();
    addEventListener("pointerdown", () => Object.assign(window, { stopped: now() + 700 }), { once: true });
  };
  const page = await show(stage, form(siteKey), { init });
  await sign(page, "asking");
  await action(page).hover();
  await page.mouse.down();
  await page.mouse.up();
  await page.getByText("Too short. Please try again").first().waitFor();
  await page.evaluate(() => Object.assign(window, { stopped: undefined }));
  assert.equal(await field(page).inputValue(), "");
  await page.mouse.down();
  const { token } = await verified(page);
  const expected = { origin: stage.pages.origin, mode: "visual", siteKey };
  await assertBoundAndGoodOnce(stage, token, expected);
});

test("a policy that denies everybody shows the failure, also on another try", async () => {
  const { site_key: siteKey } = await site("deny", "--challenge-at", "0", "--deny-at", "0");
  const page = await show(stage, form(siteKey));
  await sign(page, "problem");
  assert.equal(await title(page).textContent(), "We could not verify you");
  await action(page).click();
  await sign(page, "problem");
  await page.waitForTimeout(200);
  const answers = await challenges(page);
  assert.ok(answers.length >= 2);
  for (const { status, error } of answers)
    assert.deepEqual([status, error], [403, "Challenge rejected"]);
  assert.equal(await field(page).inputValue(), "");
});
