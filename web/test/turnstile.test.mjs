/** The script that stands in for Turnstile's, as pages and wrappers use it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { holdClock, impatient, policy } from "./browser.mjs";
import { noting, SECOND_LOOK, times, told, vendorStage } from "./vendor_page.mjs";

const API = "/turnstile/v0/api.js";
const EXPLICIT = `<script src="${API}?render=explicit"></script>`;

let set;
before(async () => {
  set = await vendorStage("turnstile.js", API);
});
after(() => set.stop());

const init = `${noting("callback", "error", "expired", "timeout", "before", "after", "load")}
  window["on-unsupported"] = () => told.push(["unsupported"]);`;
const CALLBACKS = `data-callback="on_callback" data-error-callback="on_error"
  data-expired-callback="on_expired" data-timeout-callback="on_timeout"
  data-before-interactive-callback="on_before" data-after-interactive-callback="on_after"`;

const open = (body, head = EXPLICIT, options = {}) => set.open(body, { head, init, ...options });
const implicit = (attributes, head = `<script src="${API}" async defer></script>`, options = {}) =>
  open(`<form><div class="cf-turnstile" ${CALLBACKS} ${attributes}></div></form>`, head, options);
const site = (name, behaviour) => set.server.site(name, behaviour).split("/")[2];
const challenges = (name) => set.server.calls(`/${name}/challenge`).length;
const card = (page) => page.getByRole("checkbox");

test("a container by its class gets a token that verifies, with action and cData", async () => {
  const page = await implicit(
    `data-sitekey="${site("plain")}" data-action="login" data-cdata="u-7"`,
  );
  await times(page, "callback");
  const [[, token, preClearance]] = await told(page);
  assert.equal(preClearance, false);
  const field = page.locator("form .cf-turnstile input[name=cf-turnstile-response]");
  assert.equal(await field.inputValue(), token);
  const [id, response, expired] = await page.evaluate(() => [
    document.querySelector("input").id,
    window.turnstile.getResponse(),
    window.turnstile.isExpired(),
  ]);
  assert.match(id, /^cf-chl-widget-\w{5}_response$/);
  assert.equal(response, token);
  assert.equal(expired, false);
  assert.equal(await card(page).getAttribute("aria-checked"), "true");
  assert.deepEqual(JSON.parse(set.server.calls("/plain/challenge")[0].body), {
    action: "login",
    cdata: "u-7",
  });
  assert.equal(set.server.verify(token), true);
  assert.deepEqual(page.problems, []);
});

test("onload comes in a later task, and once more a second later if it was missing", async () => {
  const page = await open("<div id=late></div>", "");
  const order = await page.evaluate(async (src) => {
    const seen = [];
    const script = document.createElement("script");
    window.whenLoaded = () => seen.push("onload");
    script.src = `${src}?render=explicit&onload=whenLoaded&_cb=1`;
    await new Promise((resolve) => {
      script.onload = () => {
        seen.push(typeof window.turnstile.render);
        Promise.resolve().then(() => seen.push("microtask"));
        setTimeout(resolve, 100);
      };
      document.head.append(script);
    });
    return seen;
  }, API);
  assert.deepEqual(order, ["function", "microtask", "onload"]);
  const late = await open("", `<script src="${API}?onload=notYet"></script>`, {
    init: `${init} ${SECOND_LOOK}`,
  });
  await times(late, "late");
});

test("names of callbacks are names, never code", async () => {
  const hostile = encodeURIComponent("alert(1)//</script><script>ran=1</script>");
  const page = await implicit(
    `data-sitekey="${site("hostile")}" data-callback="ran=2" data-theme="x&quot;><script>ran=3</script>" data-language="__proto__" data-size="constructor"`,
    `<script src="${API}?onload=${hostile}"></script>`,
  );
  await page.waitForFunction(() => window.turnstile.getResponse());
  assert.equal(await page.evaluate(() => window.ran), undefined);
  assert.deepEqual(page.problems, []);
});

test("render, twice in one container, after it was emptied, and removed at once", async () => {
  const sitekey = site("mounts");
  const page = await open("<div id=box></div>");
  const ids = await page.evaluate((key) => {
    const { render, remove } = window.turnstile;
    const box = document.getElementById("box");
    const first = render("#box", { sitekey: key, theme: undefined });
    remove(first);
    remove(first);
    const second = render(box, { sitekey: key, callback: window.on_callback, unknown: {} });
    const same = render("box", { sitekey: key });
    return [first, second, same, box.children.length];
  }, sitekey);
  assert.notEqual(ids[0], ids[1]);
  assert.equal(ids[1], ids[2]);
  assert.equal(ids[3], 1);
  await times(page, "callback");
  assert.equal(challenges("mounts"), 1);
  const fresh = await page.evaluate((key) => {
    document.getElementById("box").textContent = "";
    return window.turnstile.render("#box", { sitekey: key, callback: window.on_callback });
  }, sitekey);
  assert.notEqual(fresh, ids[1]);
  await times(page, "callback", 2);
  assert.deepEqual(page.problems, []);
});

test("a detached container works, a second load keeps it, unknown widgets do not throw", async () => {
  const page = await open("<form></form>");
  await page.evaluate((key) => {
    window.box = document.createElement("div");
    window.turnstile.render(window.box, { sitekey: key, callback: window.on_callback });
  }, site("detached"));
  await times(page, "callback");
  await page.addScriptTag({ url: `${API}?render=explicit` });
  const outcome = await page.evaluate(() => {
    const { turnstile } = window;
    document.forms[0].append(window.box);
    for (const which of ["nobody", "#nobody", "<>", document.body, 7]) {
      turnstile.reset(which);
      turnstile.remove(which);
      if (turnstile.getResponse(which) !== undefined) throw new Error("an answer for nobody");
    }
    return [
      turnstile.getResponse(window.box),
      new FormData(document.forms[0]).get("cf-turnstile-response"),
    ];
  });
  assert.equal(outcome[0], outcome[1]);
  assert.equal(set.server.verify(outcome[0]), true);
  const errors = await page.evaluate(() =>
    [
      ["#nobody", { sitekey: "k" }],
      [document.body, {}],
    ].map((call) => {
      try {
        return window.turnstile.render(...call);
      } catch (error) {
        return error.message;
      }
    }),
  );
  assert.match(errors[0], /Unable to find a container/);
  assert.match(errors[1], /sitekey/);
});

test("execution waits for execute, appearance for its moment; execute again repeats the token", async () => {
  const sitekey = site("waits");
  const page = await implicit(
    `id="box" data-sitekey="${sitekey}" data-execution="execute" data-appearance="execute"`,
  );
  await page.waitForTimeout(300);
  assert.equal(challenges("waits"), 0);
  assert.equal(await card(page).isVisible(), false);
  await page.evaluate(() => window.turnstile.execute("#box"));
  await times(page, "callback");
  assert.equal(await card(page).isVisible(), true);
  await page.evaluate(() => window.turnstile.execute(document.getElementById("box")));
  const [first, second] = await told(page);
  assert.deepEqual(first, second);
  assert.equal(challenges("waits"), 1);
  await page.evaluate((key) => {
    document.forms[0].insertAdjacentHTML("beforeend", "<div id=more></div>");
    const callback = () => window.told.push(["more", window.turnstile.getResponse("more")]);
    window.turnstile.execute("#more", { sitekey: key, callback, appearance: "interaction-only" });
  }, sitekey);
  await times(page, "more");
  assert.equal(typeof (await told(page)).at(-1)[1], "string");
  assert.equal(await page.locator("#more").getByRole("checkbox").count(), 0);
});

test("reset, bare or from inside a callback, gives the next token; others stay", async () => {
  const sitekey = site("resets");
  const page = await open("<div id=a></div><div id=b></div>");
  await page.evaluate((key) => {
    let once = true;
    window.turnstile.render("#a", { sitekey: key, callback: "on_callback" });
    window.turnstile.render("#b", {
      sitekey: key,
      callback: (token) => {
        window.told.push(["b", token]);
        if (once) window.turnstile.reset();
        once = false;
        throw new Error("the page's own");
      },
    });
  }, sitekey);
  await times(page, "b", 2);
  await times(page, "callback");
  const tokens = (await told(page)).filter(([name]) => name === "b").map(([, token]) => token);
  assert.notEqual(tokens[0], tokens[1]);
  assert.equal(await page.evaluate(() => window.turnstile.getResponse("b")), tokens[1]);
  assert.equal(challenges("resets"), 3);
  assert.equal(page.problems.length, 2);
});

test("a token that is over is taken back and, by default, replaced", async () => {
  const page = await implicit(`data-sitekey="${site("short", { tokenLife: 2000 })}"`);
  await times(page, "callback", 2);
  const [first, expired, second] = await told(page);
  assert.deepEqual(expired, ["expired", first[1]]);
  assert.notEqual(first[1], second[1]);
});

test("refresh-expired: manual asks for a click, never does nothing", async () => {
  const sitekey = site("manual", { tokenLife: 2000 });
  const page = await implicit(
    `data-sitekey="${sitekey}" data-refresh-expired="manual" data-appearance="interaction-only"`,
  );
  await times(page, "before");
  assert.equal(await page.locator("input").inputValue(), "");
  assert.equal(await page.evaluate(() => window.turnstile.isExpired()), true);
  assert.match(await card(page).textContent(), /^Expired\. Renew/);
  await card(page).focus();
  await page.keyboard.press("Space");
  await times(page, "callback", 2);
  assert.deepEqual(
    // The second token's life is as short.
    (await told(page)).slice(0, 5).map(([name]) => name),
    ["callback", "expired", "before", "after", "callback"],
  );
  const never = await implicit(`data-sitekey="${sitekey}" data-refresh-expired="never"`);
  await times(never, "expired");
  assert.equal(await card(never).getAttribute("aria-disabled"), "true");
  assert.equal(await never.evaluate(() => window.turnstile.getResponse()), undefined);
});

test("a visitor who does not click in time is timeout-callback", async () => {
  const page = await open("<div id=box></div>");
  await holdClock(page);
  await page.evaluate(() => {
    window.turnstile.render("#box", {
      sitekey: "3x00000000000000000000FF",
      "timeout-callback": "on_timeout",
      "before-interactive-callback": "on_before",
      "refresh-timeout": "manual",
      callback: "on_callback",
    });
  });
  await page.clock.runFor(130_000);
  assert.deepEqual(await told(page), [["before"], ["timeout"], ["before"]]);
});

test("the vendor's test keys keep their word and ask no server", async () => {
  const asks = await implicit('data-sitekey="3x00000000000000000000FF"');
  await times(asks, "before");
  await card(asks).click();
  await times(asks, "callback");
  assert.deepEqual(await told(asks), [
    ["before"],
    ["after"],
    ["callback", "XXXX.DUMMY.TOKEN.XXXX", false],
  ]);
  assert.match(await card(asks).textContent(), /For testing only/);
  const fails = await implicit('data-sitekey="2x00000000000000000000AB" data-retry="never"');
  await times(fails, "error");
  assert.deepEqual(await told(fails), [["error", "600010"]]);
  const unseen = await implicit('data-sitekey="1x00000000000000000000BB"');
  await times(unseen, "callback");
  assert.equal(await card(unseen).isVisible(), false);
  const fallen = await implicit('data-sitekey="2x00000000000000000000BB"');
  assert.deepEqual(await times(fallen, "error"), ["600010"]);
  assert.equal(await card(fallen).isVisible(), false);
  assert.equal(set.server.log.filter(({ path }) => path.includes("x0000")).length, 0);
});

const refusals = [
  ["110100", { challengeReply: () => ({ success: false, error: "No", reason: "unknown_site" }) }],
  ["110200", { challengeReply: () => ({ success: false, error: "No", reason: "origin_refused" }) }],
  ["200500", { challengeReply: () => "<html>" }],
  ["300010", { challengeReply: () => ({ token: "t", format: 2 }) }],
  ["600010", { redeemReply: () => ({ success: false, error: "No", reason: "invalid_solution" }) }],
  ["110600", { redeemReply: () => ({ success: false, error: "No", reason: "expired" }) }],
];
for (const [index, [code, behaviour]] of refusals.entries()) {
  test(`a refusal is error ${code} (${index}), retried only where time may help`, async () => {
    const name = `refuses${index}`;
    const page = await implicit(`data-sitekey="${site(name, behaviour)}" data-retry-interval="50"`);
    const final = /^110[1-4]/.test(code);
    await times(page, "error", final ? 1 : 3);
    await page.waitForTimeout(300);
    for (const entry of await told(page)) assert.deepEqual(entry, ["error", code]);
    if (final) assert.equal(challenges(name), 1);
    assert.deepEqual(page.problems, []);
  });
}

test("hostile parameters are codes of their own, and nothing is asked", async () => {
  const sitekey = site("strict");
  for (const [attributes, code] of [
    [`data-sitekey="${sitekey}" data-action="log in"`, "110420"],
    [`data-sitekey="${sitekey}" data-action="${"a".repeat(33)}"`, "110420"],
    [`data-sitekey="${sitekey}" data-cdata="${"c".repeat(256)}"`, "110430"],
    ['data-sitekey="../strict"', "110100"],
  ]) {
    const page = await implicit(attributes);
    await times(page, "error");
    assert.deepEqual(await told(page), [["error", code]]);
  }
  assert.equal(challenges("strict"), 0);
});

for (const more of ["", 'data-appearance="interaction-only"', 'data-size="invisible"']) {
  test(`retry never leaves it to the visitor, who sees that ${more}`, async () => {
    let refuse = true;
    const challengeReply = (reply) => (refuse ? { error: "No" } : reply);
    const sitekey = site("mended", { challengeReply });
    const page = await implicit(`data-sitekey="${sitekey}" data-retry="never" ${more}`);
    await times(page, "error");
    refuse = false;
    await card(page).click();
    await times(page, "callback");
    assert.equal(await card(page).isVisible(), more === "");
  });
}

test("what only the page's author can mend is seen, also on a card that hides", async () => {
  const page = await implicit('data-sitekey="../" data-size="invisible"');
  await times(page, "error");
  assert.equal(await card(page).isVisible(), true);
  assert.equal(await card(page).getAttribute("aria-disabled"), "true");
});

test("as a module it reads its own address, though the vendor's script is on the page", async () => {
  const theirs = '<script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>';
  const module = `<script type="module" src="${API}?render=explicit&onload=on_load"></script>`;
  const page = await implicit(`data-sitekey="${site("modular")}"`, theirs + module);
  await times(page, "load");
  assert.equal(await card(page).count(), 0, "nothing is rendered but what the page renders");
  await page.evaluate(() => window.turnstile.implicitRender());
  await times(page, "callback");
  assert.equal(challenges("modular"), 1);
});

test("a page that starts anew whenever something failed asks less and less often", async () => {
  const page = await open("<div id=box></div>");
  await holdClock(page);
  await page.evaluate(() => {
    const id = window.turnstile.render("#box", {
      sitekey: "2x00000000000000000000AB",
      "error-callback"(code) {
        window.told.push(["error", code]);
        window.turnstile.reset(id);
        return true;
      },
    });
  });
  // At once, and after one, two and four seconds more.
  await page.clock.runFor(10_000);
  assert.equal((await told(page)).length, 4);
  await page.evaluate(() => window.turnstile.remove());
  await page.clock.runFor(60_000);
  assert.equal((await told(page)).length, 4, "one that is removed asks no more");
});

test("execute may say what a token is for, and who hears of it", async () => {
  const page = await open("<div id=box></div>");
  await page.evaluate((sitekey) => {
    const { turnstile, on_callback: callback } = window;
    const id = turnstile.render("#box", { sitekey, execution: "execute", action: "a", callback });
    turnstile.execute(id, { action: "after", cData: "u-9", callback: undefined });
  }, site("adapted"));
  const [token] = await times(page, "callback");
  assert.deepEqual(JSON.parse(set.server.calls("/adapted/challenge")[0].body), {
    action: "after",
    cdata: "u-9",
  });
  assert.equal(set.server.verify(token), true);
});

test("somebody who clicks does not wait for the end of a pause", async () => {
  const page = await open("<div id=box></div>");
  await holdClock(page);
  await page.evaluate(() => {
    const id = window.turnstile.render("#box", {
      sitekey: "2x00000000000000000000AB",
      "error-callback": (code) => window.told.push(["error", code]) && window.turnstile.reset(id),
    });
  });
  await page.clock.runFor(100);
  assert.match(await card(page).textContent(), /again/);
  await card(page).click();
  await page.clock.runFor(100);
  assert.equal((await told(page)).length, 2);
});

test("one that was never on the page waits for a click when its token is over", async () => {
  const page = await open("<div id=place></div>");
  await holdClock(page);
  await page.evaluate(() => {
    window.box = document.createElement("div");
    const parameters = { sitekey: "1x00000000000000000000AA", callback: "on_callback" };
    window.turnstile.render(window.box, { ...parameters, "expired-callback": "on_expired" });
  });
  await page.clock.runFor(600_000);
  const names = async () => (await told(page)).map(([name]) => name);
  assert.deepEqual(await names(), ["callback", "expired"]);
  await page.evaluate(() => document.getElementById("place").append(window.box));
  await card(page).click();
  await page.clock.runFor(100);
  assert.deepEqual(await names(), ["callback", "expired", "callback"]);
});

test("compat leaves a reCAPTCHA alone that is on the page", async () => {
  const page = await implicit(
    `data-sitekey="${site("beside")}"`,
    `<script>window.grecaptcha = "theirs"</script><script src="${API}?compat=recaptcha"></script>`,
  );
  await times(page, "callback");
  assert.deepEqual(
    await page.evaluate(() => [
      window.grecaptcha,
      document.querySelectorAll("[name=g-recaptcha-response]").length,
    ]),
    ["theirs", 0],
  );
});

test("a browser that cannot solve is told as unsupported, too", async () => {
  const sitekey = site("unsolvable", { challengeReply: (reply) => ({ ...reply, challenge: 7 }) });
  const page = await implicit(
    `data-sitekey="${sitekey}" data-unsupported-callback="on-unsupported" data-retry="never"`,
  );
  assert.match((await times(page, "error"))[0], /^300/);
  assert.deepEqual((await told(page))[0], ["unsupported"]);
});

test("a server that takes a call and never answers is told as out of reach", async () => {
  const page = await implicit(
    `data-sitekey="${site("silent", { challengeDelay: 20_000 })}" data-retry="never"`,
    undefined,
    { init: `${init}; ${impatient(30_000)}` },
  );
  assert.match((await times(page, "error"))[0], /^200/);
});

test("what a page renders itself is not rendered again by its class, nor what is gone by then", async () => {
  const page = await open(
    `<div class="cf-turnstile" data-sitekey="${site("both")}"></div>
     <div class="cf-turnstile" id="gone" data-sitekey="${site("nowhere")}"></div>`,
    `<script src="${API}"></script><script>addEventListener("DOMContentLoaded", () => {
      document.getElementById("gone").remove();
      turnstile.render(".cf-turnstile", { callback: "on_callback" });
    }, true)</script>`,
  );
  await times(page, "callback");
  assert.equal(await card(page).count(), 1);
  assert.deepEqual([challenges("both"), challenges("nowhere")], [1, 0]);
});

test("as a module it asks its own server, not one whose script is named alike", async () => {
  const foreign = "http://localhost:9/assets/turnstile-widget.js";
  const head = `<script src="${foreign}"></script><script type="module" src="${API}"></script>`;
  const page = await implicit(`data-sitekey="${site("module")}"`, head);
  await times(page, "callback");
  assert.equal(challenges("module"), 1);
});

test("sizes, fields, compat and several widgets in one form", async () => {
  const sitekey = site("shapes");
  const widget = (attributes) =>
    `<div class="g-recaptcha" data-sitekey="${sitekey}" ${attributes}></div>`;
  const page = await open(
    `<form style="width: 500px">${widget("")}${widget('data-size="flexible" data-response-field-name="own"')}
     ${widget('data-size="compact" data-response-field="false" data-tabindex="3"')}</form>`,
    `<script src="${API}?compat=recaptcha"></script>`,
  );
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".g-recaptcha")].every((each) =>
      window.grecaptcha.getResponse(each),
    ),
  );
  const [sizes, names] = await page.evaluate(() => [
    [...document.querySelectorAll(".g-recaptcha > div")].map((each) => [
      each.offsetWidth,
      each.offsetHeight,
    ]),
    [...document.querySelectorAll("input")].map(({ name }) => name),
  ]);
  assert.deepEqual(sizes, [
    [300, 65],
    [500, 65],
    [150, 140],
  ]);
  assert.deepEqual(names, [
    "cf-turnstile-response",
    "g-recaptcha-response",
    "own",
    "g-recaptcha-response",
    "g-recaptcha-response",
  ]);
});

test("an expiry-interval of no time is not followed: tokens are not made without an end", async () => {
  const page = await open("<div id=box></div>");
  await holdClock(page);
  await page.evaluate(() => {
    window.turnstile.render("#box", {
      sitekey: "1x00000000000000000000AA",
      "expiry-interval": 1,
      "expired-callback": "on_expired",
      callback: "on_callback",
    });
  });
  await page.clock.runFor(9000);
  assert.equal((await told(page)).length, 1);
  await page.clock.runFor(4000);
  assert.deepEqual(
    (await told(page)).map(([name]) => name),
    ["callback", "expired", "callback"],
  );
});

test("the theme is the page's, or follows the visitor", async () => {
  const theme = (page) =>
    page.evaluate(
      () => document.querySelector(".cf-turnstile > div").shadowRoot.firstChild.dataset.theme,
    );
  const sitekey = site("themes");
  const dark = { context: { colorScheme: "dark" } };
  const page = await implicit(`data-sitekey="${sitekey}"`, undefined, dark);
  await times(page, "callback");
  assert.equal(await theme(page), "dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.waitForFunction(() =>
    document.querySelector(".cf-turnstile > div").shadowRoot.querySelector('[data-theme="light"]'),
  );
  const fixed = await implicit(`data-sitekey="${sitekey}" data-theme="light"`, undefined, dark);
  await times(fixed, "callback");
  assert.equal(await theme(fixed), "light");
});

test("a strict policy with Trusted Types changes nothing", async () => {
  const headers = policy(["require-trusted-types-for", "'script'"], ["trusted-types", "'none'"]);
  const head = `<script src="${API}" defer></script>`;
  const page = await set.open(
    `<form><div class="cf-turnstile" data-sitekey="${site("strictly")}"></div></form>`,
    { head, headers },
  );
  await page.locator("input[value*=':']").waitFor({ state: "attached" });
  assert.deepEqual(page.problems, []);
});
