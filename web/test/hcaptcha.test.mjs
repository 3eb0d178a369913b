/** The script that stands in for hCaptcha's, as pages and wrappers use it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { holdClock, policy } from "./browser.mjs";
import { load } from "./sources.mjs";
import { noting, times, told, vendorStage } from "./vendor_page.mjs";

const { LANGUAGES } = await load("src/vendor/locales/index.ts");
const API = "/1/api.js";
const TEST_KEY = "10000000-ffff-ffff-ffff-000000000001";
const DUMMY = "10000000-aaaa-bbbb-cccc-000000000001";

let set;
before(async () => {
  set = await vendorStage("hcaptcha.js", API, "/hcaptcha/api.js");
});
after(() => set.stop());

const init = noting("callback", "error", "expired", "chalexpired", "open", "close");
const CALLBACKS = `data-callback="on_callback" data-error-callback="on_error"
  data-expired-callback="on_expired" data-chalexpired-callback="on_chalexpired"
  data-open-callback="on_open" data-close-callback="on_close"`;
const script = (query = "") => `<script src="${API}${query}" async defer></script>`;
const open = (body, head = '<script src="/1/api.js?render=explicit"></script>', options = {}) =>
  set.open(body, { head, init, ...options });
const implicit = (attributes, head = script(), options = {}) =>
  open(`<form><div class="h-captcha" ${CALLBACKS} ${attributes}></div></form>`, head, options);
const site = (name, behaviour) => set.server.site(name, behaviour).split("/")[2];
const challenges = (name) => set.server.calls(`/${name}/challenge`).length;
const card = (page) => page.getByRole("checkbox");
const code = (page, act) => page.evaluate(`(${act})().then(() => "solved", (error) => error)`);

test("a container by its class waits for its click, and fills both fields with a token that verifies", async () => {
  const page = await implicit(`data-sitekey="${site("plain")}"`);
  await card(page).waitFor();
  assert.equal(challenges("plain"), 0);
  assert.match(await card(page).textContent(), /^I'm human/);
  await card(page).click();
  const [token] = await times(page, "callback");
  const seen = await page.evaluate(() => {
    const form = new FormData(document.forms[0]);
    const frame = document.querySelector("iframe[data-hcaptcha-widget-id]");
    const { hcaptchaWidgetId: id, hcaptchaResponse } = frame.dataset;
    return {
      id,
      fields: [form.get("h-captcha-response"), form.get("g-recaptcha-response")],
      ids: [...document.querySelectorAll("textarea")].map((each) => each.id),
      response: [window.hcaptcha.getResponse(), window.hcaptcha.getResponse(id), hcaptchaResponse],
      key: window.hcaptcha.getRespKey(id),
    };
  });
  assert.match(seen.id, /^\w{12}$/);
  assert.deepEqual(seen.ids, [`g-recaptcha-response-${seen.id}`, `h-captcha-response-${seen.id}`]);
  assert.deepEqual([...seen.fields, ...seen.response], Array(5).fill(token));
  assert.match(seen.key, /^E1_\w+$/);
  assert.deepEqual(
    (await told(page)).map(([name]) => name),
    ["open", "callback"],
  );
  assert.equal(await card(page).getAttribute("aria-checked"), "true");
  assert.equal(set.server.verify(token), true);
  assert.deepEqual(page.problems, []);
});

test("onload comes in a later task than the script's load, with CORS too", async () => {
  const page = await open("", "");
  const order = await page.evaluate(async (src) => {
    const seen = [];
    const element = document.createElement("script");
    window.whenLoaded = () => seen.push(`onload ${typeof window.hcaptcha.render}`);
    element.crossOrigin = "anonymous";
    element.src = `${src}?render=explicit&onload=whenLoaded&hl=undefined&sentry=false`;
    await new Promise((resolve) => {
      element.onload = () => {
        seen.push(Object.hasOwn(window.hcaptcha, "render"));
        Promise.resolve().then(() => seen.push("microtask"));
        setTimeout(resolve, 100);
      };
      document.head.append(element);
    });
    return seen;
  }, API);
  assert.deepEqual(order, [true, "microtask", "onload function"]);
});

test("execute with async is a promise of token and key; without it there is none", async () => {
  const sitekey = site("async");
  const page = await open("<form><div id=box></div></form>");
  const seen = await page.evaluate(async (key) => {
    const { render, execute, getResponse, getRespKey } = window.hcaptcha;
    const id = render("box", {
      sitekey: key,
      size: "invisible",
      callback: "on_callback",
      theme: undefined,
    });
    const first = await execute(id, { async: true, rqdata: "x" });
    const same = [getResponse(id), getRespKey(null)];
    const plain = execute(id, { async: false });
    return { first, same, plain };
  }, sitekey);
  assert.deepEqual([seen.first.response, seen.first.key], seen.same);
  assert.equal(seen.plain, undefined);
  const [second] = await times(page, "callback", 2);
  assert.notEqual(second, seen.first.response, "each execute is a new token");
  assert.equal(await card(page).count(), 0, "nothing is seen of it");
});

test("promises reject with the vendor's codes", async () => {
  const sitekey = site("rejects", { challengeDelay: 60_000 });
  const page = await open("<div id=box></div>");
  const none = () => window.hcaptcha.execute(undefined, { async: true });
  assert.equal(await code(page, none), "missing-captcha");
  await page.evaluate((key) => {
    const params = {
      sitekey: key,
      size: "invisible",
      "close-callback": "on_close",
      "open-callback": "on_open",
    };
    window.hcaptcha.render("box", params);
  }, sitekey);
  assert.equal(
    await code(page, () => window.hcaptcha.execute("nobody", { async: true })),
    "invalid-captcha-id",
  );
  for (const method of ["close", "reset", "remove"]) {
    await page.evaluate(() => {
      window.running = window.hcaptcha.execute(null, { async: true });
      window.running.catch(() => {});
    });
    await times(page, "open", ["close", "reset", "remove"].indexOf(method) + 1);
    await page.evaluate((name) => window.hcaptcha[name](), method);
    assert.equal(await code(page, () => window.running), "challenge-closed");
  }
  assert.deepEqual(
    (await told(page)).map(([name]) => name),
    ["open", "close", "open", "open"],
  );
  assert.deepEqual(page.problems, []);
});

const refusals = [
  ["invalid-data", { challengeReply: () => ({ error: "No", reason: "unknown_site" }) }],
  ["invalid-data", { challengeReply: () => ({ error: "No", reason: "origin_refused" }) }],
  ["rate-limited", { challengeReply: () => ({ error: "No", reason: "rate_limited" }) }],
  ["network-error", { challengeReply: () => "<html>" }],
  ["internal-error", { challengeReply: () => ({ token: "t", format: 2 }) }],
  ["challenge-error", { redeemReply: () => ({ error: "No", reason: "invalid_solution" }) }],
];
for (const [index, [expected, behaviour]] of refusals.entries()) {
  test(`a refusal is ${expected} (${index}), for callback and promise, and asked about once`, async () => {
    const name = `refuses${index}`;
    const page = await implicit(`data-sitekey="${site(name, behaviour)}" data-size="invisible"`);
    await page.waitForFunction(() => window.hcaptcha);
    await page.locator("textarea").first().waitFor({ state: "attached" });
    assert.equal(await code(page, () => window.hcaptcha.execute(null, { async: true })), expected);
    assert.deepEqual(
      (await told(page)).filter(([each]) => each !== "open"),
      [["error", expected]],
    );
    assert.equal(challenges(name), 1);
    assert.deepEqual(page.problems, []);
  });
}

test("a challenge that came too late is chalexpired, and a click tries again", async () => {
  let late = true;
  const redeemReply = (reply) => (late ? { error: "No", reason: "expired" } : reply);
  const page = await implicit(`data-sitekey="${site("late", { redeemReply })}"`);
  await card(page).click();
  await times(page, "chalexpired");
  late = false;
  await card(page).click();
  await times(page, "callback");
  assert.equal(
    (await told(page)).some(([name]) => name === "error"),
    false,
  );
});

test("a token that is over is taken back, and a click gets another", async () => {
  const page = await implicit(`data-sitekey="${site("short", { tokenLife: 2000 })}"`);
  await card(page).focus();
  await page.keyboard.press("Space");
  const [first] = await times(page, "callback");
  assert.deepEqual(await times(page, "expired"), []);
  assert.deepEqual(
    await page.evaluate(() => [
      window.hcaptcha.getResponse(),
      ...[...document.querySelectorAll("textarea")].map((each) => each.value),
      document.querySelector("iframe").dataset.hcaptchaResponse,
    ]),
    ["", "", "", ""],
  );
  assert.match(await card(page).textContent(), /^Expired\. Renew/);
  await page.keyboard.press("Space");
  const [second] = await times(page, "callback", 2);
  assert.notEqual(first, second);
});

test("a token counts as expired after the vendor's 120 seconds", async () => {
  const page = await open("<div id=box></div>");
  await holdClock(page);
  await page.evaluate((sitekey) => {
    const params = { sitekey, callback: "on_callback", "expired-callback": "on_expired" };
    window.hcaptcha.render("box", { ...params, size: "invisible" });
    window.hcaptcha.execute();
  }, TEST_KEY);
  await page.clock.runFor(100_000);
  assert.deepEqual(await told(page), [["callback", DUMMY]]);
  await page.clock.runFor(30_000);
  assert.equal((await told(page)).length, 2);
});

test("a button is the widget: its click works for a token, and sends nothing by itself", async () => {
  const sitekey = site("button");
  const page = await open(
    `<form action="/echo" method="post"><input name="mail" value="a@b">
     <button class="h-captcha" data-sitekey="${sitekey}" data-callback="send">Send</button></form>`,
    script(),
    { init: `${init} window.send = () => document.forms[0].submit();` },
  );
  await page.locator("textarea").first().waitFor({ state: "attached" });
  assert.equal(challenges("button"), 0);
  await page.getByRole("button").click();
  await page.waitForURL("**/echo");
  const sent = new URLSearchParams(await page.locator("body").textContent());
  assert.equal(sent.get("mail"), "a@b");
  assert.equal(set.server.verify(sent.get("h-captcha-response")), true);
});

test("render, remove, render in one tick; twice in one container; emptied; detached", async () => {
  const page = await open("<form><div id=box></div></form>");
  const seen = await page.evaluate((sitekey) => {
    const { render, remove, getResponse, reset } = window.hcaptcha;
    const box = document.getElementById("box");
    const params = { sitekey, callback: window.on_callback, size: "invisible" };
    const first = render(box, params);
    reset(first);
    remove(first);
    remove(first);
    const second = render(box, params);
    const same = render("box", params);
    box.textContent = "";
    const third = render(box, params);
    window.box = document.createElement("div");
    window.fourth = render(window.box, params);
    window.hcaptcha.execute(window.fourth);
    for (const stranger of ["nobody", "<>", 7]) {
      reset(stranger);
      remove(stranger);
      if (getResponse(stranger) !== "") throw new Error("an answer for nobody");
    }
    return {
      ids: [first, second, third, window.fourth],
      same: second === same,
      kept: box.children.length,
    };
  }, TEST_KEY);
  assert.equal(new Set(seen.ids).size, 4);
  assert.deepEqual([seen.same, seen.kept], [true, 1]);
  await times(page, "callback");
  await page.addScriptTag({ url: `${API}?render=explicit` });
  assert.deepEqual(
    await page.evaluate(() => {
      document.forms[0].append(window.box);
      const form = new FormData(document.forms[0]);
      return [window.hcaptcha.getResponse(window.fourth), form.getAll("h-captcha-response").at(-1)];
    }),
    [DUMMY, DUMMY],
  );
  assert.deepEqual(page.problems, []);
});

test("a callback may throw, reset or remove; the value is there before it", async () => {
  const sitekey = site("inside");
  const page = await open("<div id=a></div><div id=b></div>");
  await page.evaluate((key) => {
    const inside = (name, act) => (token) => {
      window.told.push([name, token === window.hcaptcha.getResponse(name)]);
      act(name);
      throw new Error("the page's own");
    };
    for (const name of ["a", "b"]) {
      const act = name === "a" ? window.hcaptcha.reset : window.hcaptcha.remove;
      window.hcaptcha.render(name, {
        sitekey: key,
        size: "invisible",
        callback: inside(name, act),
      });
      window.hcaptcha.execute(name);
    }
  }, sitekey);
  assert.deepEqual(await times(page, "a"), [true]);
  assert.deepEqual(await times(page, "b"), [true]);
  await page.evaluate(() => window.hcaptcha.execute("a"));
  await times(page, "a", 2);
  assert.equal(page.problems.length, 3);
});

test("compat: the other vendor's class, field and global, unless the page says no", async () => {
  const body = (key) => `<form><div class="g-recaptcha" data-sitekey="${key}"></div></form>`;
  const on = await open(body(TEST_KEY), script());
  await card(on).waitFor();
  assert.equal(await on.evaluate(() => window.grecaptcha === window.hcaptcha), true);
  const off = await open(
    `${body(TEST_KEY)}<div class="h-captcha" data-sitekey="${TEST_KEY}"></div>`,
    script("?recaptchacompat=off"),
  );
  await card(off).waitFor();
  assert.deepEqual(
    await off.evaluate(() => [
      typeof window.grecaptcha,
      [...document.querySelectorAll("textarea")].map(({ name }) => name),
    ]),
    ["undefined", ["h-captcha-response"]],
  );
  const foreign = await open(body(TEST_KEY), script(), { init: "window.grecaptcha = 7" });
  await card(foreign).waitFor();
  assert.equal(await foreign.evaluate(() => window.grecaptcha), 7);
});

test("the vendor's test keys keep their word and ask no server", async () => {
  const page = await implicit(`data-sitekey="${TEST_KEY}"`, script("?hl=de"));
  await card(page).click();
  assert.deepEqual(await times(page, "callback"), [DUMMY]);
  assert.match(await card(page).textContent(), new RegExp(LANGUAGES.de.testing));
  assert.equal(set.server.log.filter(({ path }) => path.includes("-ffff-")).length, 0);
});

test("hostile parameters are never run, nor asked about", async () => {
  const hostile = encodeURIComponent("alert(1)//</script><script>ran=1</script>");
  const page = await implicit(
    `data-sitekey="../plain" data-callback="ran=2" data-theme="x&quot;><script>ran=3</script>"
     data-size="constructor" data-hl="__proto__"`,
    script(`?onload=${hostile}&hl=${hostile}&host=${hostile}`),
  );
  assert.deepEqual(await times(page, "error"), ["invalid-data"]);
  assert.equal(await card(page).getAttribute("aria-disabled"), "true");
  assert.equal(await page.evaluate(() => window.ran), undefined);
  assert.deepEqual(page.problems, []);
});

test("sizes and themes, a theme of one's own included", async () => {
  const widget = (attributes) =>
    `<div class="h-captcha" data-sitekey="${TEST_KEY}" ${attributes}></div>`;
  const page = await open(
    `${widget("")}${widget('data-size="compact" data-theme="dark"')}
     ${widget('data-theme="contrast"')}<div id="own"></div>`,
    script(),
  );
  await card(page).first().waitFor();
  const looks = await page.evaluate((sitekey) => {
    window.hcaptcha.render("own", { sitekey, theme: { palette: { mode: "dark" } } });
    return [...document.querySelectorAll(".h-captcha > div, #own > div")].map((each) => [
      each.offsetWidth,
      each.offsetHeight,
      each.shadowRoot.querySelector(".card").dataset.theme,
    ]);
  }, TEST_KEY);
  assert.deepEqual(looks, [
    [303, 78, "light"],
    [164, 144, "dark"],
    [303, 78, "contrast"],
    [303, 78, "dark"],
  ]);
});

test("ids may be left out, also before options, and count from 0", async () => {
  const page = await open("<form><div id=box></div></form>");
  const seen = await page.evaluate(async (sitekey) => {
    const { hcaptcha } = window;
    hcaptcha.render("box", { sitekey, size: "invisible" });
    hcaptcha.setData({ rqdata: "x" });
    const { response } = await hcaptcha.execute({ async: true });
    const first = [response, hcaptcha.getResponse(0)];
    hcaptcha.reset(0);
    return [...first, hcaptcha.getResponse(), (await hcaptcha.execute(0, { async: true })).key];
  }, site("bare"));
  assert.equal(seen[0], seen[1]);
  assert.equal(set.server.verify(seen[0]), true);
  assert.equal(seen[2], "");
  assert.match(seen[3], /^E1_/);
});

test("a key that cannot be is told once to a page that resets whatever failed", async () => {
  const page = await open("<div id=box></div>");
  await holdClock(page);
  await page.evaluate(() => {
    const id = window.hcaptcha.render("box", {
      sitekey: "no key",
      "error-callback"(code) {
        window.told.push(["error", code]);
        window.hcaptcha.reset(id);
      },
    });
  });
  await page.clock.runFor(60_000);
  assert.deepEqual(await told(page), [["error", "invalid-data"]]);
  assert.equal(await card(page).getAttribute("aria-disabled"), "true");
});

test("what is reset as its challenge opens asks no server", async () => {
  const page = await open("<div id=box></div>");
  const outcome = await code(
    page,
    `() => {
      const { hcaptcha } = window;
      const id = hcaptcha.render("box", {
        sitekey: "${site("opened")}",
        size: "invisible",
        "open-callback": () => hcaptcha.reset(id),
      });
      return hcaptcha.execute(id, { async: true });
    }`,
  );
  assert.equal(outcome, "challenge-closed");
  await page.waitForTimeout(300);
  assert.equal(challenges("opened"), 0);
});

test("a button of a shadow tree is one widget, and one that is nowhere yet takes it along", async () => {
  const page = await open("<div id=box></div>");
  const seen = await page.evaluate((sitekey) => {
    const { hcaptcha } = window;
    const root = document.getElementById("box").attachShadow({ mode: "open" });
    const button = document.createElement("button");
    root.append(button);
    const ids = [hcaptcha.render(button, { sitekey }), hcaptcha.render(button, { sitekey })];
    const detached = document.createElement("button");
    hcaptcha.render(detached, { sitekey });
    return [ids[0] === ids[1], detached.querySelectorAll("textarea").length > 0];
  }, site("shadows"));
  assert.deepEqual(seen, [true, true]);
});

test("a strict policy with Trusted Types changes nothing", async () => {
  const headers = policy(["require-trusted-types-for", "'script'"], ["trusted-types", "'none'"]);
  const page = await set.open(
    `<form><div class="h-captcha" data-sitekey="${site("strictly")}"></div></form>`,
    {
      head: '<script src="/hcaptcha/api.js" defer></script>',
      headers,
      init: 'window.refused = []; addEventListener("securitypolicyviolation", (event) => refused.push(event.violatedDirective))',
    },
  );
  await card(page).click();
  await page.waitForFunction(() => window.hcaptcha.getResponse());
  // A worker is refused, and the page's own thread works in its place.
  const refused = new Set(await page.evaluate(() => window.refused));
  assert.deepEqual([...refused].sort(), ["require-trusted-types-for", "trusted-types"]);
  assert.deepEqual(page.problems, []);
});
