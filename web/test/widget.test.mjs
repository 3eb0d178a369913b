/** The element as a page and its visitor use it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkbox, events, SCRIPT, seen, stage } from "./browser.mjs";

let set;
before(async () => {
  set = await stage();
});
after(() => set.stop());

const widget = (endpoint, attributes = "") =>
  `<cap-widget id="w" data-cap-api-endpoint="${endpoint}" ${attributes}></cap-widget>`;
const property = (page, name) =>
  page.evaluate((key) => document.querySelector("cap-widget")[key], name);
const field = (page) => page.locator("cap-widget input").inputValue();

test("a click gets a token that verifies once", async () => {
  const page = await set.open(widget(set.server.site("click")));
  assert.equal(await checkbox(page).getAttribute("aria-checked"), "false");
  await checkbox(page).click();
  const { token } = await seen(page, "solve");
  assert.equal(await property(page, "token"), token);
  assert.equal(await property(page, "tokenValue"), token);
  assert.equal(await field(page), token);
  assert.equal(await checkbox(page).getAttribute("aria-checked"), "true");
  assert.equal(await page.getByRole("status").textContent(), "Verified. You may continue");
  assert.equal(set.server.verify(token), true);
  assert.equal(set.server.verify(token), false);
  assert.deepEqual(page.problems, []);
});

test("progress is the share of puzzles solved and never goes back", async () => {
  const page = await set.open(widget(set.server.site("progress", { count: 5 })));
  await checkbox(page).click();
  await seen(page, "solve");
  const all = await events(page);
  const steps = all.filter(({ type }) => type === "progress").map(({ detail }) => detail.progress);
  assert.deepEqual(steps, [0, 20, 40, 60, 80, 99, 100]);
  assert.equal(all.at(-1).type, "solve");
});

for (const key of ["Space", "Enter"]) {
  test(`${key} works the checkbox`, async () => {
    const page = await set.open(widget(set.server.site("keyboard")));
    await page.keyboard.press("Tab");
    await page.keyboard.press(key);
    await seen(page, "solve");
  });
}

test("the endpoint may lack its slash; the challenge call has no body", async () => {
  const endpoint = set.server.site("plain");
  const page = await set.open(widget(endpoint.slice(0, -1)));
  await checkbox(page).click();
  await seen(page, "solve");
  const [call] = set.server.calls("/plain/challenge");
  assert.equal(call.body, "");
  assert.equal(call.type, undefined);
});

test("action and cdata are sent when they are set", async () => {
  const endpoint = set.server.site("bound");
  const page = await set.open(widget(endpoint, 'data-cap-action="login" data-cap-cdata="user 7"'));
  await checkbox(page).click();
  await seen(page, "solve");
  const [call] = set.server.calls("/bound/challenge");
  assert.deepEqual(JSON.parse(call.body), { action: "login", cdata: "user 7" });
  assert.equal(call.type, "application/json");
});

test("a refusal is shown, told, and can be tried again", async () => {
  let refuse = true;
  const endpoint = set.server.site("refusing", {
    challengeReply: (reply) =>
      refuse ? { success: false, error: "Too many requests", reason: "rate_limited" } : reply,
  });
  const page = await set.open(widget(endpoint, 'data-cap-troubleshooting-url="/help"'));
  await checkbox(page).click();
  assert.deepEqual(await seen(page, "error"), {
    isCap: true,
    code: "network_error",
    message: "Too many requests",
    reason: "rate_limited",
  });
  assert.match(await checkbox(page).textContent(), /Failed\. Try again/);
  assert.match(await page.getByRole("status").textContent(), /Verification failed/);
  assert.equal(await page.getByRole("link", { name: "Get help" }).getAttribute("href"), "/help");
  refuse = false;
  await checkbox(page).click();
  await seen(page, "solve");
  assert.equal(await page.getByRole("link").count(), 0);
  assert.deepEqual(page.problems, []);
});

const failures = [
  ["challenge_parse_error", { challengeReply: () => "not json" }],
  ["challenge_unsupported", { challengeReply: () => ({ token: "t", format: 2, challenges: [] }) }],
  [
    "challenge_unsupported",
    { challengeReply: () => ({ token: "t", challenge: { c: 1e9, s: 1, d: 1 } }) },
  ],
  ["redeem_failed", { redeemReply: () => "null" }],
  ["redeem_failed", { redeemReply: () => ({ success: true }) }],
  ["invalid_solution", { redeemReply: () => ({ success: false, error: "No", reason: "why" }) }],
];
for (const [index, [code, behaviour]] of failures.entries()) {
  test(`a server that misbehaves is ${code} (${index})`, async () => {
    const page = await set.open(widget(set.server.site(`fails${index}`, behaviour)));
    const outcome = await page.evaluate(() =>
      document
        .querySelector("cap-widget")
        .solve()
        .catch((error) => ({ code: error.code })),
    );
    assert.deepEqual(outcome, { code });
    assert.equal((await seen(page, "error")).code, code);
    assert.equal(await property(page, "token"), null);
  });
}

test("no endpoint and no server are errors of their own", async () => {
  const page = await set.open('<cap-widget data-cap-api-endpoint=""></cap-widget>');
  await checkbox(page).click();
  assert.equal((await seen(page, "error")).code, "missing_endpoint");
  const lost = await set.open(widget("http://127.0.0.1:9/"));
  await checkbox(lost).click();
  assert.equal((await seen(lost, "error")).code, "network_error");
});

test("CAP_CUSTOM_FETCH carries both calls, even without an endpoint", async () => {
  const endpoint = set.server.site("custom");
  const init = `window.used = []; window.CAP_CUSTOM_FETCH = (address, request) => {
    used.push(address); return fetch("${endpoint}" + address.slice(1), request); }`;
  const page = await set.open("<cap-widget></cap-widget>", { init });
  await checkbox(page).click();
  await seen(page, "solve");
  assert.deepEqual(await page.evaluate(() => window.used), ["/challenge", "/redeem"]);
});

test("a required widget holds its form up, then sends its token with it", async () => {
  const endpoint = set.server.site("form");
  const page = await set.open(
    `<form action="/echo" method="post"><input name="a" value="1">
     ${widget(endpoint, "required data-cap-hidden-field-name=proof")}<button>Send</button></form>`,
  );
  const valid = () => page.evaluate(() => document.forms[0].checkValidity());
  assert.equal(await valid(), false);
  await page.getByRole("button", { name: "Send" }).click();
  assert.equal(await page.evaluate(() => location.pathname.startsWith("/page/")), true);
  await checkbox(page).click();
  const { token } = await seen(page, "solve");
  assert.equal(await valid(), true);
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForURL("**/echo");
  const sent = new URLSearchParams(await page.locator("body").textContent());
  assert.deepEqual(
    [...sent],
    [
      ["a", "1"],
      ["proof", token],
    ],
  );
});

test("form.reset() resets the widget, and a disabled fieldset disables it", async () => {
  const endpoint = set.server.site("formreset");
  const page = await set.open(`<form><fieldset>${widget(endpoint, "required")}</fieldset></form>`);
  await checkbox(page).click();
  await seen(page, "solve");
  await page.evaluate(() => document.forms[0].reset());
  await seen(page, "reset");
  assert.equal(await property(page, "token"), null);
  assert.equal(await field(page), "");
  assert.equal(await checkbox(page).getAttribute("aria-checked"), "false");
  assert.equal(await page.evaluate(() => document.forms[0].checkValidity()), false);
  await page.evaluate(() => {
    document.querySelector("fieldset").disabled = true;
  });
  assert.equal(await checkbox(page).isDisabled(), true);
  assert.equal(await page.evaluate(() => document.forms[0].checkValidity()), true);
});

test("reset during a solve cancels it", async () => {
  const endpoint = set.server.site("cancel", { count: 40, difficulty: 5 });
  const page = await set.open(widget(endpoint));
  const outcome = await page.evaluate(async () => {
    const element = document.querySelector("cap-widget");
    const solving = element.solve();
    await new Promise((resolve) => element.addEventListener("progress", resolve, { once: true }));
    element.reset();
    return solving;
  });
  assert.deepEqual(outcome, { success: false, token: null });
  assert.equal(set.server.calls("/cancel/redeem").length, 0);
  assert.equal(await checkbox(page).getAttribute("aria-busy"), "false");
});

test("the token is dropped when its life ends", async () => {
  const page = await set.open(widget(set.server.site("short", { tokenLife: 1500 }), "required"));
  await checkbox(page).click();
  await seen(page, "solve");
  await seen(page, "reset");
  assert.equal(await property(page, "token"), null);
  assert.equal(await field(page), "");
  await checkbox(page).click();
  await seen(page, "solve", 2);
});

for (const [words, skew] of [
  ["ahead", 7_200_000],
  ["behind", -7_200_000],
  ["years off", 1e11],
]) {
  test(`a visitor's clock that is ${words} does no harm`, async () => {
    const init = `const real = Date.now; Date.now = () => real() + ${skew};`;
    const endpoint = set.server.site(`skew${skew}`, { tokenLife: 4000 });
    const page = await set.open(widget(endpoint), { init });
    await checkbox(page).click();
    await seen(page, "solve");
    await seen(page, "reset");
    const all = (await events(page)).filter(({ type }) => type !== "progress");
    assert.deepEqual(
      all.map(({ type }) => type),
      ["solve", "reset"],
    );
  });
}

test("a wrong clock and another origin, whose date is hidden, do no harm either", async () => {
  const init = "const real = Date.now; Date.now = () => real() + 7200000;";
  const other = await stage();
  const page = await set.open(widget(other.server.origin + other.server.site("far")), { init });
  await checkbox(page).click();
  const { token } = await seen(page, "solve");
  assert.equal(await property(page, "token"), token);
  assert.equal(other.server.verify(token), true);
  await other.stop();
});

test("new Cap() solves without a place on the page", async () => {
  const endpoint = set.server.site("programmatic");
  const page = await set.open("");
  const outcome = await page.evaluate(async (apiEndpoint) => {
    const cap = new window.Cap({ apiEndpoint, "data-cap-worker-count": 1 });
    const told = [];
    for (const type of ["progress", "solve", "reset"]) {
      cap.addEventListener(type, () => told.push(type));
    }
    const { success, token } = await cap.solve();
    const same = cap.token === token && cap.widget.token === token;
    const visible = cap.widget.checkVisibility();
    cap.reset();
    return { success, same, visible, after: cap.token, first: told[0], last: told.at(-1) };
  }, endpoint);
  assert.deepEqual(outcome, {
    success: true,
    same: true,
    visible: false,
    after: null,
    first: "progress",
    last: "reset",
  });
});

test("new Cap() takes an element of the page, and wants an endpoint", async () => {
  const endpoint = set.server.site("adopted");
  const page = await set.open("<cap-widget></cap-widget>");
  const outcome = await page.evaluate(async (apiEndpoint) => {
    const element = document.querySelector("cap-widget");
    const cap = new window.Cap({ apiEndpoint }, element);
    const { success } = await cap.solve();
    let complaint;
    try {
      new window.Cap({});
    } catch (error) {
      complaint = error.message;
    }
    return { success, same: cap.widget === element, complaint };
  }, endpoint);
  assert.equal(outcome.success && outcome.same, true);
  assert.match(outcome.complaint, /Missing API endpoint/);
});

test("a second call of solve waits for the first; a later one gets a new token", async () => {
  const page = await set.open(widget(set.server.site("twice")));
  const [first, second, third] = await page.evaluate(async () => {
    const element = document.querySelector("cap-widget");
    const pair = await Promise.all([element.solve(), element.solve()]);
    return [...pair, await element.solve()].map(({ token }) => token);
  });
  assert.equal(first, second);
  assert.notEqual(second, third);
  assert.equal(set.server.calls("/twice/redeem").length, 2);
});

test("two widgets on a page do not mix", async () => {
  const [left, right] = [set.server.site("left"), set.server.site("right")];
  const page = await set.open(
    `<form id="l"><cap-widget id="a" data-cap-api-endpoint="${left}"></cap-widget></form>
     <form id="r"><cap-widget id="b" data-cap-api-endpoint="${right}"></cap-widget></form>`,
  );
  await checkbox(page, "#a").click();
  await checkbox(page, "#b").click();
  await seen(page, "solve", 2);
  const tokens = await page.evaluate(() =>
    ["a", "b"].map((id) => document.getElementById(id).token),
  );
  assert.notEqual(tokens[0], tokens[1]);
  await page.evaluate(() => document.getElementById("a").reset());
  assert.deepEqual(
    await page.evaluate(() => ["a", "b"].map((id) => document.getElementById(id).token)),
    [null, tokens[1]],
  );
});

test("the script may be loaded twice", async () => {
  const page = await set.open(widget(set.server.site("double")), { head: SCRIPT + SCRIPT });
  await checkbox(page).click();
  await seen(page, "solve");
  assert.deepEqual(page.problems, []);
});

test("moving the element keeps its token; removing it ends everything", async () => {
  const page = await set.open(
    `<div id="x">${widget(set.server.site("moved"))}</div><div id="y"></div>`,
  );
  const kept = await page.evaluate(async () => {
    const element = document.querySelector("cap-widget");
    const { token } = await element.solve();
    document.getElementById("y").append(element);
    await Promise.resolve();
    return element.token === token && element.querySelectorAll("input").length === 1;
  });
  assert.equal(kept, true);
  const ended = await page.evaluate(async () => {
    const element = document.querySelector("cap-widget");
    const solving = element.solve();
    element.remove();
    const outcome = await solving;
    document.getElementById("x").append(element);
    const again = await element.solve();
    return { outcome, token: element.token, again: again.success };
  });
  assert.deepEqual(ended.outcome, { success: false, token: null });
  assert.equal(ended.again, true);
  assert.deepEqual(page.problems, []);
});

test("a framework that empties the element does not lose the field", async () => {
  const page = await set.open(widget(set.server.site("emptied")));
  await page.evaluate(() => document.querySelector("cap-widget").replaceChildren());
  await checkbox(page).click();
  const { token } = await seen(page, "solve");
  assert.equal(await field(page), token);
});

test("inline handlers work by name and as code", async () => {
  const endpoint = set.server.site("inline");
  const init = "window.told = []; window.named = (event) => told.push('named ' + event.type);";
  const handlers = `onsolve="told.push('code ' + event.detail.token.length + this.localName)" onreset="named" onprogress="told.p = 1"`;
  const page = await set.open(widget(endpoint, handlers), { init });
  await checkbox(page).click();
  await seen(page, "solve");
  await page.evaluate(() => document.querySelector("cap-widget").reset());
  assert.deepEqual(await page.evaluate(() => [...window.told, window.told.p]), [
    "code 47cap-widget",
    "named reset",
    1,
  ]);
});

test("listeners may call solve and reset, and may throw", async () => {
  let refusals = 2;
  const endpoint = set.server.site("nested", {
    challengeReply: (reply) => (refusals-- > 0 ? { error: "Busy" } : reply),
  });
  const init = "window.named = () => { throw new Error('theirs'); };";
  const page = await set.open(widget(endpoint, 'onsolve="named"'), { init });
  const outcome = await page.evaluate(async () => {
    const element = document.querySelector("cap-widget");
    const told = [];
    element.addEventListener("progress", () => element.solve().catch(() => {}), { once: true });
    element.addEventListener("error", () => {
      told.push("error");
      element.solve().catch(() => {});
    });
    const done = new Promise((resolve) => element.addEventListener("solve", resolve));
    await element.solve().catch(() => told.push("rejected"));
    await done;
    const { token } = element;
    const reset = () => element.reset();
    element.addEventListener("progress", reset, { once: true });
    const { success } = await element.solve();
    return { told, token: !!token, success };
  });
  assert.deepEqual(outcome, { told: ["error", "rejected", "error"], token: true, success: false });
  assert.equal(set.server.calls("/nested/challenge").length, 3);
  assert.deepEqual(page.problems, ["Error: theirs"]);
});
