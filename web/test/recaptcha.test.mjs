/** The script that stands in for reCAPTCHA's, as pages and wrappers use it: versions 2 and 3, and Enterprise. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { policy } from "./browser.mjs";
import { load } from "./sources.mjs";
import { noting, SECOND_LOOK, times, told, vendorStage } from "./vendor_page.mjs";

const { LANGUAGES } = await load("src/vendor/locales/index.ts");
const API = "/recaptcha/api.js";
const ENTERPRISE = "/recaptcha/enterprise.js";
const TEST_KEY = "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI";

let set;
before(async () => {
  set = await vendorStage("recaptcha.js", API, ENTERPRISE);
});
after(() => set.stop());

const init = noting("callback", "error", "expired", "ready", "load");
const CALLBACKS = `data-callback="on_callback" data-error-callback="on_error"
  data-expired-callback="on_expired"`;
const script = (query = "") => `<script src="${API}${query}" async defer></script>`;
const open = (body, head = `<script src="${API}?render=explicit"></script>`, options = {}) =>
  set.open(body, { head, init, ...options });
const implicit = (attributes, head = script(), options = {}) =>
  open(`<form><div class="g-recaptcha" ${CALLBACKS} ${attributes}></div></form>`, head, options);
const site = (name, behaviour) => set.server.site(name, behaviour).split("/")[2];
const challenges = (name) => set.server.calls(`/${name}/challenge`).length;
const card = (page) => page.getByRole("checkbox");
const message = (page, act) =>
  page.evaluate(
    `(async () => { try { await (${act})(); } catch (error) { return error.message; } })()`,
  );

test("a container by its class waits for its click; the field holds a token that verifies", async () => {
  const page = await implicit(`data-sitekey="${site("plain")}"`);
  await card(page).waitFor();
  assert.equal(challenges("plain"), 0);
  await card(page).click();
  const [token] = await times(page, "callback");
  const seen = await page.evaluate(() => {
    const field = document.getElementById("g-recaptcha-response");
    const shape = document.querySelector(".g-recaptcha > div");
    return {
      field: [field.localName, field.name, field.className, field.style.display],
      values: [
        field.value,
        window.grecaptcha.getResponse(),
        window.grecaptcha.getResponse(0),
        window.grecaptcha.enterprise.getResponse(),
        new FormData(document.forms[0]).get("g-recaptcha-response"),
      ],
      shape: [shape.offsetWidth, shape.offsetHeight, shape.querySelector("iframe").title],
      globals: [Object.keys(window.___grecaptcha_cfg.clients), window.__google_recaptcha_client],
    };
  });
  const name = "g-recaptcha-response";
  assert.deepEqual(seen.field, ["textarea", name, name, "none"]);
  assert.deepEqual(seen.values, Array(5).fill(token));
  assert.deepEqual(seen.shape, [304, 78, "reCAPTCHA"]);
  assert.deepEqual(seen.globals, [["0"], true]);
  assert.equal(await card(page).getAttribute("aria-checked"), "true");
  assert.equal(set.server.verify(token), true);
  assert.deepEqual(page.problems, []);
});

test("ready and onload come in a later task than the script's load; stubs are drained", async () => {
  const page = await open("", "");
  const order = await page.evaluate(async (src) => {
    const seen = [];
    const stub = { mine: 1 };
    window.grecaptcha = stub;
    window.___grecaptcha_cfg = { fns: [() => seen.push("stub")] };
    window.whenLoaded = () => seen.push("onload");
    const element = document.createElement("script");
    element.src = `${src}?render=explicit&onload=whenLoaded&hl=&trustedtypes=true`;
    await new Promise((resolve) => {
      element.onload = () => {
        seen.push(typeof window.grecaptcha.render, window.grecaptcha === stub);
        window.grecaptcha.ready(() => seen.push("ready"));
        Promise.resolve().then(() => seen.push("microtask"));
        setTimeout(resolve, 100);
      };
      document.head.append(element);
    });
    window.grecaptcha.ready(() => seen.push("at once"));
    return seen;
  }, API);
  assert.deepEqual(order, ["function", true, "microtask", "stub", "ready", "onload", "at once"]);
  const late = await open("", script("?onload=notYet"), { init: `${init} ${SECOND_LOOK}` });
  await times(late, "late");
});

test("ids count up, parameters come first, attributes count only if inherited", async () => {
  const page = await open(
    '<form><div id=a></div><div id=b data-sitekey="none" data-theme="dark" data-size="compact"></div></form>',
  );
  const seen = await page.evaluate((sitekey) => {
    const { render } = window.grecaptcha;
    const ids = [
      render("a", { sitekey, theme: "light", size: undefined, tabindex: "3" }),
      render(document.getElementById("b"), { sitekey }, true),
    ];
    return {
      ids,
      fields: [...document.querySelectorAll("textarea")].map(({ id }) => id),
      looks: [...document.querySelectorAll("form > div > div")].map((each) => [
        each.offsetWidth,
        each.offsetHeight,
        each.shadowRoot.querySelector(".card").dataset.theme,
        each.shadowRoot.querySelector("button").tabIndex,
      ]),
    };
  }, TEST_KEY);
  assert.deepEqual(seen.ids, [0, 1]);
  assert.deepEqual(seen.fields, ["g-recaptcha-response", "g-recaptcha-response-1"]);
  assert.deepEqual(seen.looks, [
    [304, 78, "light", 3],
    [164, 144, "dark", 0],
  ]);
});

test("what cannot be is thrown in the vendor's words", async () => {
  const page = await open("<div id=a></div><div id=b></div>");
  assert.equal(
    await message(page, () => window.grecaptcha.getResponse()),
    "No reCAPTCHA clients exist.",
  );
  await page.evaluate((sitekey) => window.grecaptcha.render("a", { sitekey }), TEST_KEY);
  assert.equal(
    await message(page, () => window.grecaptcha.render("a", { sitekey: "k" })),
    "reCAPTCHA has already been rendered in this element",
  );
  assert.equal(
    await message(page, () => window.grecaptcha.render("b", {})),
    "Missing required parameters: sitekey",
  );
  assert.match(await message(page, () => window.grecaptcha.render("none", {})), /element or id/);
  assert.equal(
    await message(page, () => window.grecaptcha.execute("6LeStranger", { action: "a" })),
    "Invalid site key or not loaded in api.js: 6LeStranger",
  );
  assert.equal(
    await message(page, () => window.grecaptcha.reset(7)),
    "Invalid reCAPTCHA client id: 7",
  );
  await page.evaluate(() => {
    window.grecaptcha.getResponse(0);
    document.getElementById("a").remove();
  });
  assert.equal(
    await message(page, () => window.grecaptcha.execute(0)),
    "reCAPTCHA client element has been removed: 0",
  );
  await page.evaluate(() => window.grecaptcha.reset(0));
});

test("an emptied container takes another client; a detached one works and joins its form", async () => {
  const page = await open("<form><div id=box></div></form>");
  const ids = await page.evaluate((sitekey) => {
    const { render, execute } = window.grecaptcha;
    const params = { sitekey, size: "invisible" };
    const first = render("box", params);
    document.getElementById("box").textContent = "";
    const second = render("box", params);
    window.box = document.createElement("div");
    const third = render(window.box, { ...params, callback: window.on_callback });
    execute(third);
    return [first, second, third];
  }, TEST_KEY);
  assert.deepEqual(ids, [0, 1, 2]);
  const [token] = await times(page, "callback");
  await page.addScriptTag({ url: `${API}?render=explicit` });
  const sent = await page.evaluate(() => {
    document.forms[0].append(window.box);
    return new FormData(document.forms[0]).getAll("g-recaptcha-response");
  });
  assert.deepEqual(sent, ["", token]);
  assert.deepEqual(page.problems, []);
});

test("invisible: execute is a promise and a callback, and a new token each time", async () => {
  const sitekey = site("invisible");
  const page = await open("<form><div id=box></div></form>");
  const seen = await page.evaluate(async (key) => {
    const { render, execute, getResponse, reset } = window.grecaptcha;
    const id = render("box", {
      sitekey: key,
      size: "invisible",
      badge: "inline",
      callback: "on_callback",
    });
    const first = await execute(id);
    const same = getResponse(id) === first;
    reset(id);
    const empty = getResponse(id);
    const second = await execute();
    return { first, second, same, empty };
  }, sitekey);
  assert.deepEqual([seen.same, seen.empty], [true, ""]);
  assert.notEqual(seen.first, seen.second);
  assert.equal((await told(page)).length, 2);
  assert.equal(set.server.verify(seen.second), true);
  assert.equal(await card(page).count(), 0);
});

test("a button is the client, and names its action; each click is a new token", async () => {
  const sitekey = site("button");
  const page = await open(
    `<form><button class="g-recaptcha" data-sitekey="${sitekey}" data-action="submit/form" ${CALLBACKS}>Send</button></form>`,
    script(),
  );
  await page.locator("form textarea").waitFor({ state: "attached" });
  const button = page.getByRole("button", { name: "Send" });
  await button.click();
  const [first] = await times(page, "callback");
  await button.click();
  const [second] = await times(page, "callback", 2);
  assert.notEqual(first, second);
  assert.equal(await page.locator("form textarea").inputValue(), second);
  assert.deepEqual(JSON.parse(set.server.calls("/button/challenge")[0].body), {
    action: "submit/form",
  });
  assert.equal(page.url().includes("?"), false, "the click sent nothing");
});

test("a button that is taken away leaves no old token in its form", async () => {
  const sitekey = site("replaced");
  const page = await open('<form><button id="one">Send</button></form>');
  const solve = async (id, times) => {
    await page.evaluate(
      ([button, key]) =>
        window.grecaptcha.render(button, { sitekey: key, callback: window.on_callback }),
      [id, sitekey],
    );
    await page.locator(`#${id}`).click();
    await page.waitForFunction((least) => window.told.length >= least, times);
  };
  await solve("one", 1);
  await page.evaluate(() => {
    const other = document.createElement("button");
    other.id = "two";
    document.getElementById("one").replaceWith(other);
  });
  await solve("two", 2);
  const [fields, badges, tokens] = await page.evaluate(() => [
    new FormData(document.forms[0]).getAll("g-recaptcha-response"),
    document.querySelectorAll(".grecaptcha-badge").length,
    window.told.map(([, token]) => token),
  ]);
  assert.deepEqual([fields, badges], [[tokens[1]], 1]);
});

test("a plugin's isolated client is meant only where it is named", async () => {
  const page = await open("<div id=plugin></div><div id=own></div>");
  const seen = await page.evaluate((sitekey) => {
    const { render, getResponse } = window.grecaptcha;
    const words = (act) => {
      try {
        return act();
      } catch ({ message }) {
        return message;
      }
    };
    const plugin = render("plugin", { sitekey, isolated: true });
    const alone = words(() => getResponse());
    const named = words(() => getResponse(plugin));
    render("own", { sitekey });
    return [alone, named, words(() => getResponse())];
  }, TEST_KEY);
  assert.deepEqual(seen, ["No reCAPTCHA clients exist.", "", ""]);
});

test("version 3: a token of its own for each call, with its action, and a badge whose parent is its own", async () => {
  const sitekey = site("three");
  const page = await open("", `<script src="${API}?render=${sitekey}&onload=on_load"></script>`);
  await times(page, "load");
  const seen = await page.evaluate(async (key) => {
    const { ready, execute } = window.grecaptcha;
    await new Promise(ready);
    const tokens = await Promise.all([
      execute(key, { action: "login" }),
      execute(key, { action: "users/list" }),
      execute(100000, { action: "home" }),
      execute(key),
    ]);
    const badge = document.querySelector(".grecaptcha-badge");
    return {
      tokens,
      field: document.getElementById("g-recaptcha-response-100000").value,
      parents: [badge.parentElement.localName, badge.parentElement.parentElement.localName],
      inside: [...badge.children].map((each) => each.className),
      size: [badge.offsetWidth, badge.offsetHeight],
    };
  }, sitekey);
  assert.equal(new Set(seen.tokens).size, 4);
  for (const token of seen.tokens) assert.equal(set.server.verify(token), true);
  assert.ok(seen.tokens.includes(seen.field));
  assert.deepEqual(seen.parents, ["div", "body"]);
  assert.deepEqual(seen.inside, ["grecaptcha-logo", "grecaptcha-error", "g-recaptcha-response"]);
  assert.deepEqual(seen.size, [256, 60]);
  const actions = set.server
    .calls("/three/challenge")
    .map(({ body }) => body && JSON.parse(body).action);
  assert.deepEqual(actions.sort(), ["", "home", "login", "users/list"]);
  assert.match(
    await message(page, () => window.grecaptcha.execute(100000, { action: "a b" })),
    /^Invalid action name/,
  );
  assert.deepEqual(page.problems, []);
});

test("version 3: the newest call has the field, a reset has nothing of before, and a token ends", async () => {
  let asked = 0;
  const sitekey = site("rounds", {
    // What was asked for first is answered last.
    async challengeReply(reply) {
      if (asked++ === 0) await setTimeout(1500);
      return reply;
    },
  });
  const page = await open("", `<script src="${API}?render=${sitekey}"></script>`);
  await page.clock.install();
  const seen = await page.evaluate(async (key) => {
    const { ready, execute, getResponse, reset } = window.grecaptcha;
    await new Promise(ready);
    const [, newest] = await Promise.all([execute(key), execute(key, { action: "newest" })]);
    const field = getResponse(100000);
    const late = execute(key);
    reset(100000);
    return {
      newest,
      field,
      late: await late,
      after: getResponse(100000),
      last: await execute(key),
    };
  }, sitekey);
  assert.equal(seen.field, seen.newest);
  assert.equal(set.server.verify(seen.late), true);
  assert.equal(seen.after, "");
  const response = () => page.evaluate(() => window.grecaptcha.getResponse(100000));
  assert.equal(await response(), seen.last);
  await page.clock.runFor(121_000);
  assert.equal(await response(), "");
});

test("a second load says the language and the corner of what comes after it", async () => {
  const page = await open("<div id=box></div>", `<script src="${API}?render=explicit"></script>`);
  await page.addScriptTag({ url: `${API}?render=explicit&hl=de` });
  await page.evaluate((sitekey) => window.grecaptcha.render("box", { sitekey }), TEST_KEY);
  assert.match(await card(page).textContent(), new RegExp(LANGUAGES.de.ask));
});

test("version 3: a wrapper takes badge and globals away, and loads the script again", async () => {
  const sitekey = site("again");
  const url = `${API}?render=${sitekey}`;
  const page = await open("", `<script src="${url}"></script>`);
  await page.locator(".grecaptcha-badge").waitFor();
  await page.evaluate(() => {
    document.body.removeChild(document.querySelector(".grecaptcha-badge").parentNode);
    window.___grecaptcha_cfg = undefined;
    window.grecaptcha = undefined;
  });
  await page.addScriptTag({ url });
  await page.locator(".grecaptcha-badge").waitFor();
  const token = await page.evaluate(
    (key) => window.grecaptcha.execute(key, { action: "again" }),
    sitekey,
  );
  assert.equal(set.server.verify(token), true);
  assert.equal(await page.locator(".grecaptcha-badge").count(), 1);
  assert.deepEqual(await page.evaluate(() => Object.keys(window.___grecaptcha_cfg.clients)), [
    "100000",
  ]);
});

test("render without a container is a badge at a corner, with an id to execute", async () => {
  const sitekey = site("bare");
  const page = await open("", `<script src="${ENTERPRISE}?render=explicit"></script>`);
  const seen = await page.evaluate(async (key) => {
    const id = window.grecaptcha.enterprise.render({
      sitekey: key,
      badge: "bottomleft",
      size: "invisible",
    });
    const token = await window.grecaptcha.enterprise.execute(id, { action: "bare" });
    const badge = document.querySelector("body > div > .grecaptcha-badge");
    return { token, id, left: badge.style.left, same: window.grecaptcha.getResponse(id) === token };
  }, sitekey);
  assert.equal(set.server.verify(seen.token), true);
  assert.deepEqual([seen.id, seen.left, seen.same], [0, "-186px", true]);
  assert.equal(await page.evaluate(() => window.___grecaptcha_cfg.enterprise), true);
});

for (const [index, challengeReply] of [
  () => ({ error: "No", reason: "unknown_site" }),
  () => ({ error: "No", reason: "origin_refused" }),
  () => "<html>",
].entries()) {
  test(`a refusal is error-callback without a word, and a rejected promise (${index})`, async () => {
    const name = `refuses${index}`;
    const sitekey = site(name, { challengeReply });
    const page = await implicit(`data-sitekey="${sitekey}"`, script());
    await card(page).click();
    assert.deepEqual(await times(page, "error"), []);
    assert.equal(await card(page).getAttribute("aria-disabled"), `${index < 2}`);
    assert.equal(challenges(name), 1);
    const three = await open("", `<script src="${API}?render=${sitekey}"></script>`);
    await three.locator(".grecaptcha-badge").waitFor();
    const execute = `() => grecaptcha.execute("${sitekey}", { action: "a" })`;
    assert.equal(typeof (await message(three, execute)), "string");
    assert.deepEqual([...page.problems, ...three.problems], []);
  });
}

test("a token that is over is taken back; a badge goes on waiting", async () => {
  const sitekey = site("short", { tokenLife: 2000 });
  const page = await implicit(`data-sitekey="${sitekey}"`);
  await card(page).click();
  await times(page, "callback");
  assert.deepEqual(await times(page, "expired"), []);
  assert.equal(await page.evaluate(() => window.grecaptcha.getResponse()), "");
  assert.match(await card(page).textContent(), /^Expired\. Renew/);
  const badge = await implicit(`data-sitekey="${sitekey}" data-size="invisible"`);
  await badge.locator(".grecaptcha-badge").waitFor();
  await badge.evaluate(() => window.grecaptcha.execute());
  await times(badge, "expired");
  assert.match(
    await badge.getByRole("complementary", { name: "Human verification" }).textContent(),
    /^Human verification/,
  );
});

test("a callback may throw or reset; the value is there before it", async () => {
  const page = await open("<div id=box></div>");
  await page.evaluate((sitekey) => {
    window.grecaptcha.render("box", {
      sitekey,
      size: "invisible",
      callback(token) {
        window.told.push(["inside", token === window.grecaptcha.getResponse()]);
        window.grecaptcha.reset();
        throw new Error("the page's own");
      },
    });
    window.grecaptcha.execute();
  }, TEST_KEY);
  assert.deepEqual(await times(page, "inside"), [true]);
  assert.equal(await page.evaluate(() => window.grecaptcha.getResponse()), "");
  assert.equal(page.problems.length, 1);
});

test("the vendor's test key passes, says so, and asks no server", async () => {
  const page = await implicit(`data-sitekey="${TEST_KEY}"`, script("?hl=ru"));
  await card(page).click();
  assert.equal((await times(page, "callback"))[0].length > 0, true);
  assert.match(await card(page).textContent(), new RegExp(LANGUAGES.ru.testing));
  assert.equal(
    set.server.log.some(({ path }) => path.includes(TEST_KEY)),
    false,
  );
});

test("hostile parameters are never run, nor asked about", async () => {
  const hostile = encodeURIComponent("alert(1)//</script><script>ran=1</script>");
  const page = await implicit(
    `data-sitekey="../plain" data-callback="ran=2" data-theme="x&quot;><script>ran=3</script>"
     data-size="constructor" data-hl="__proto__" data-badge="toString"`,
    script(`?onload=${hostile}&hl=${hostile}&badge=${hostile}`),
  );
  assert.deepEqual(await times(page, "error"), []);
  const three = await open("", `<script src="${API}?render=${hostile}&hl=${hostile}"></script>`);
  const execute = `() => grecaptcha.execute(${JSON.stringify(decodeURIComponent(hostile))}, {})`;
  assert.match(await message(three, execute), /^Invalid site key/);
  for (const each of [page, three]) {
    assert.equal(await each.evaluate(() => window.ran), undefined);
    assert.deepEqual(each.problems, []);
  }
});

test("a strict policy with Trusted Types changes nothing", async () => {
  const headers = policy(["require-trusted-types-for", "'script'"], ["trusted-types", "'none'"]);
  const sitekey = site("strictly");
  const page = await set.open(
    `<form><div class="g-recaptcha" data-sitekey="${sitekey}"></div></form>`,
    {
      head: `<script src="${API}" defer></script><script src="${API}?render=${sitekey}" defer></script>`,
      headers,
      init: 'window.refused = []; addEventListener("securitypolicyviolation", (event) => refused.push(event.violatedDirective))',
    },
  );
  await card(page).click();
  await page.waitForFunction(() => window.grecaptcha.getResponse());
  const token = await page.evaluate(
    (key) => window.grecaptcha.execute(key, { action: "a" }),
    sitekey,
  );
  assert.equal(set.server.verify(token), true);
  const refused = new Set(await page.evaluate(() => window.refused));
  assert.deepEqual([...refused].sort(), ["require-trusted-types-for", "trusted-types"]);
  assert.deepEqual(page.problems, []);
});
