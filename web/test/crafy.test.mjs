/** CrafyCAPTCHA.js as a page, its visitor and its server use it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { impatient, policy } from "./browser.mjs";
import { asks, challenge, scene, stands, tokens, told, trigger, until } from "./crafy_page.mjs";

let set;
before(async () => {
  set = await scene();
});
after(() => set.stop());

test("a visitor passes unseen, and the form carries a token that a backend accepts", async () => {
  set.door.flow("plain");
  const page = await set.show({ flow: "plain" });
  const token = await told(page);
  assert.deepEqual(await tokens(page), [token]);
  assert.equal(set.door.verify(token), true);
  await stands(page, "done");
  assert.equal(await trigger(page).getAttribute("aria-checked"), "true");
  assert.deepEqual(await page.evaluate(() => window.events), [["c0", token]]);
  assert.equal(await page.locator("iframe").count(), 0);
  assert.equal(await page.locator("#c0 > input").getAttribute("name"), "CrafyCAPTCHA_token");
  assert.deepEqual(page.problems, []);
});

test("the form that opens the challenge has the protocol's fields and the visit's telemetry", async () => {
  set.door.flow("fields");
  const style = {
    background: "#fafafa",
    color: "rgb(1 2 3)",
    primary: "teal",
    borderColor: "url(x)",
  };
  const page = await set.show({ flow: "fields", theme: "dark", style });
  await told(page);
  const { cdweo, ...fields } = set.door.loads.at(-1);
  assert.deepEqual(fields, {
    pt: "pt_1",
    theme: "dark",
    bg: "#fafafa",
    text: "rgb(1 2 3)",
    primary: "teal",
    border: "",
    parent_origin: set.host.origin,
  });
  const { eo, fingerprint, behavior, motion, page: address, referrer } = JSON.parse(cdweo);
  assert.equal(eo, "fields");
  assert.equal(fingerprint.userAgent, await page.evaluate(() => navigator.userAgent));
  assert.ok(behavior.dwellMs >= 450);
  assert.deepEqual(motion, []);
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/page\/\d+$/);
  assert.equal(referrer, "");
});

test("options come from the site's backend, with what the page adds", async () => {
  set.door.flow("fetched");
  set.door.next = "fetched";
  const extra = { fetchOptionsParameters: { security: "abc" } };
  await told(await set.show({ optionsUrl: "/options", extra }));
  assert.deepEqual(set.door.of("options").at(-1).body, { action: "get_options", security: "abc" });
  assert.equal(JSON.parse(set.door.loads.at(-1).cdweo).eo, "fetched");
});

test("without auto load nothing is loaded before a click, or before the page says so", async () => {
  set.door.flow("later");
  const widgets = [
    { flow: "later", inputName: "a" },
    { flow: "later", inputName: "b" },
  ];
  const page = await set.show(widgets, { setup: "CrafyCAPTCHA.setAutoLoad(false)" });
  const before = set.door.loads.length;
  await page.waitForTimeout(1500);
  assert.equal(set.door.loads.length, before);
  await trigger(page).click();
  await stands(page, "done");
  await stands(page, "", "c1");
  await page.evaluate(() => window.widgets[1].loadIframe());
  await stands(page, "done", "c1");
  assert.equal(set.door.loads.length, before + 2);
});

test("the card is closed to the page's scripts, and the challenge is at the script's own origin", async () => {
  set.door.flow("closed", { steps: ["checkbox"] });
  const page = await set.show({ flow: "closed" }, { hidden: true });
  await until(() => page.frames().some((frame) => frame.url().endsWith("/challenge/")), "it opens");
  const seen = await page.evaluate(() => [
    document.querySelector("[data-crafy-card]").shadowRoot,
    document.querySelector("iframe"),
    Object.keys(window).filter((name) => /crafy/i.test(name)),
  ]);
  assert.deepEqual(seen, [null, null, ["CrafyCAPTCHA"]]);
  const frame = page.frames().find((other) => other.url() === `${set.server.origin}/challenge/`);
  assert.ok(frame);
});

for (const native of [true, false]) {
  const how = native ? "WebCrypto" : "our own verification";
  const init = native ? "" : "Object.defineProperty(crypto, 'subtle', { value: undefined })";
  const forged = (message) => ({ ...message, signature: Buffer.alloc(64, 7).toString("base64") });
  test(`a good signature is accepted with ${how}`, async () => {
    set.door.flow("good");
    assert.equal(set.door.verify(await told(await set.show({ flow: "good" }, { init }))), true);
  });

  test(`a forged handshake is refused with ${how}`, async () => {
    set.door.flow("forged hello", { handshake: forged });
    const page = await set.show({ flow: "forged hello" }, { init });
    await stands(page, "problem");
    assert.deepEqual(await tokens(page), [""]);
    assert.ok(page.told.some((words) => words.includes("not signed")));
  });

  test(`a forged outcome is refused with ${how}`, async () => {
    set.door.flow("forged end", { message: forged });
    const page = await set.show({ flow: "forged end" }, { init });
    await stands(page, "problem");
    assert.deepEqual(await tokens(page), [""]);
    assert.deepEqual(await page.evaluate(() => window.told), []);
  });
}

test("a signed outcome of another flow is refused", async () => {
  const other = (_message, door) => ({
    ...door.signed(JSON.stringify({ status: "success", flow_token: "another" })),
    server_sign: "00",
  });
  set.door.flow("swapped", { message: other });
  const page = await set.show({ flow: "swapped" });
  await stands(page, "problem");
  assert.deepEqual(await tokens(page), [""]);
});

test("messages of other windows and other origins are not heard", async () => {
  set.door.flow("quiet", { steps: ["checkbox"] });
  const page = await set.show({ flow: "quiet" });
  await asks(page);
  const payload = JSON.stringify({ status: "success", flow_token: "x" });
  const lie = { action: "CHALLENGE_COMPLETE", ...set.door.signed(payload), server_sign: "00" };
  await page.evaluate((message) => {
    postMessage(message, "*");
    postMessage({ action: "RESIZE", payload: { height: 999 } }, "*");
    postMessage({ action: "REQUEST_RELOAD", payload: {} }, "*");
  }, lie);
  // A frame at the challenge's origin, but not its window.
  const liar = `<script>for (const message of [{ action: "REQUEST_RELOAD", payload: {} },
    { action: "RESIZE", payload: { height: 998 } }]) parent.postMessage(message, "*");
    parent.postMessage("said", "*")</script>`;
  await page.evaluate(async (address) => {
    const heard = new Promise((resolve) => {
      addEventListener("message", ({ data }) => data === "said" && resolve());
    });
    const frame = document.createElement("iframe");
    frame.src = address;
    document.body.append(frame);
    await heard;
  }, set.server.page(liar));
  // What was said is obeyed in order: an answer to a later word comes after all of it.
  await challenge(page)
    .locator("main")
    .evaluate((main) => {
      main.style.minHeight = "321px";
    });
  await page.waitForFunction(
    () =>
      document.querySelector("[data-crafy-card]").shadowRoot.querySelector("iframe").style
        .height === "321px",
  );
  assert.deepEqual(await tokens(page), [""]);
  await asks(page);
});

test("a held form goes once it is solved, by the button that sent it", async () => {
  set.door.flow("held", { steps: ["checkbox"] });
  const setup = `CrafyCAPTCHA.setAutoLoad(false); window.seen = 0;
    document.getElementById("f").addEventListener("submit", () => window.seen++)`;
  const page = await set.show({ flow: "held" }, { setup });
  await page.click("#send");
  await asks(page);
  assert.equal(await page.evaluate(() => window.seen), 0);
  assert.match(await page.locator("#c0 .notice").textContent(), /The form is sent afterwards/);
  await challenge(page).getByRole("checkbox").click();
  await page.waitForURL("**/echo");
  const sent = new URLSearchParams(await page.locator("body").textContent());
  assert.equal(sent.get("how"), "button");
  assert.equal(set.door.verify(sent.get("CrafyCAPTCHA_token")), true);
});

test("a button that only belongs to the form sends it too", async () => {
  set.door.flow("outside", { steps: ["checkbox"] });
  const body = `<form id="f" action="/echo" method="post"><div id="c0"></div></form>
    <button id="send" form="f" name="how" value="outside">Send</button>`;
  const page = await set.show({ flow: "outside" }, { body });
  await page.click("#send");
  await asks(page);
  await challenge(page).getByRole("checkbox").click();
  await page.waitForURL("**/echo");
  const sent = new URLSearchParams(await page.locator("body").textContent());
  assert.equal(sent.get("how"), "outside");
});

const COUNT = `CrafyCAPTCHA.setAutoLoad(false); window.seen = 0;
  document.getElementById("f").addEventListener("submit", () => window.seen++)`;

test("a form that was held goes by itself no more once the widget has failed", async () => {
  set.door.flow("fails", { status: 403 });
  const page = await set.show({ flow: "fails" }, { setup: COUNT });
  await page.click("#send");
  await stands(page, "problem");
  set.door.flow("fails");
  await trigger(page).click();
  await told(page);
  assert.equal(await page.evaluate(() => window.seen), 0);
  assert.match(page.url(), /\/page\/\d+$/);
});

test("nor once the widget was taken away", async () => {
  set.door.flow("leaves", { steps: ["checkbox"] });
  set.door.flow("stays");
  const page = await set.show({ flow: "leaves" }, { setup: COUNT });
  await page.click("#send");
  await asks(page);
  await page.evaluate((key) => {
    window.widgets[0].destroy();
    const onSuccess = (token) => window.told.push(token);
    const options = { encryptedOptions: "stays", onSuccess };
    CrafyCAPTCHA.init("c0", "pk_1", "pt_1", key, options).loadIframe();
  }, set.door.signingKey);
  await told(page);
  assert.equal(await page.evaluate(() => window.seen), 0);
  assert.match(page.url(), /\/page\/\d+$/);
});

test("a page's own custom properties do not colour the card", async () => {
  set.door.flow("own colours");
  const names = ["background", "color", "primary", "borderColor", "footerColor", "backgroundHover"];
  const own = names.map((name) => `--page-${name}: rgb(1, 2, 3)`).join(";");
  const head = `<style>:root { ${own} }</style>`;
  const page = await set.show({ flow: "own colours", style: { color: "rgb(4, 5, 6)" } }, { head });
  await told(page);
  const shown = await page.locator("#c0 .card").evaluate((card) => {
    const { backgroundColor, color, borderTopColor } = getComputedStyle(card);
    return [backgroundColor, color, borderTopColor];
  });
  assert.deepEqual(shown, ["rgb(255, 255, 255)", "rgb(4, 5, 6)", "rgb(211, 217, 224)"]);
});

test("a short loss of network leaves one challenge", async () => {
  set.door.flow("blip", { steps: ["checkbox"] });
  set.door.next = "blip";
  const setup = "CrafyCAPTCHA.setAutoLoad(false)";
  const page = await set.show({ optionsUrl: "/options" }, { setup });
  let go;
  const gate = new Promise((resolve) => {
    go = resolve;
  });
  await page.route("**/options", async (route) => {
    await gate;
    // The first may have been given up.
    await route.continue().catch(() => {});
  });
  const asked = page.waitForRequest("**/options");
  await trigger(page).click();
  await asked;
  const before = set.door.loads.length;
  await page.evaluate(() => {
    for (const type of ["offline", "online"]) dispatchEvent(new Event(type));
  });
  go();
  await asks(page);
  assert.equal(await page.locator("#c0 iframe").count(), 1);
  assert.equal(set.door.loads.length, before + 1);
});

test("several widgets of a form are solved one after the other, then it goes", async () => {
  set.door.flow("cascade", { steps: ["checkbox"] });
  const widgets = ["a", "b", "c"].map((inputName) => ({ flow: "cascade", inputName }));
  const page = await set.show(widgets, { setup: "CrafyCAPTCHA.setAutoLoad(false)" });
  await page.click("#send");
  for (const id of ["c0", "c1", "c2"]) {
    await asks(page, "asking", id);
    const open = await page.locator(".card[data-open]").count();
    assert.equal(open, 1);
    await challenge(page, id).getByRole("checkbox").click();
  }
  await page.waitForURL("**/echo");
  const sent = new URLSearchParams(await page.locator("body").textContent());
  const good = ["a", "b", "c"].map((name) => set.door.verify(sent.get(name)));
  assert.deepEqual(good, [true, true, true]);
});

test("two forms do not wait for each other", async () => {
  set.door.flow("other", { steps: ["checkbox"] });
  set.door.flow("fast");
  const body = `<form id="one" action="/echo" method="post"><div id="c0"></div><button id="send">1</button></form>
    <form id="two"><div id="c1"></div></form>`;
  const widgets = [
    { flow: "fast", inputName: "a" },
    { flow: "other", inputName: "b" },
  ];
  const page = await set.show(widgets, { body });
  await told(page);
  await page.click("#send");
  await page.waitForURL("**/echo");
});

test("equal names are told as critical", async () => {
  set.door.flow("twins");
  const page = await set.show([{ flow: "twins" }, { flow: "twins" }]);
  await told(page, 2);
  assert.ok(page.told.some((words) => /CRITICAL.*CrafyCAPTCHA_token/.test(words)));
});

test("what is wrong with the arguments is told, and the page goes on", async () => {
  const body = '<form><div id="c0"></div></form>';
  const page = await set.show([{}, { id: "nowhere", flow: "x" }], { body });
  await stands(page, "problem");
  assert.equal(await trigger(page).getAttribute("aria-disabled"), "true");
  assert.ok(page.told.some((words) => /optionsUrl or encryptedOptions/.test(words)));
  assert.ok(page.told.some((words) => /no container/.test(words)));
  assert.deepEqual(page.problems, []);
  const inert = await page.evaluate(() => {
    const [, none] = window.widgets;
    for (const call of ["loadIframe", "reset", "destroy"]) none[call]();
    return true;
  });
  assert.equal(inert, true);
});

test("whatever changes the hidden field is undone", async () => {
  set.door.flow("guarded");
  const page = await set.show({ flow: "guarded" });
  const token = await told(page);
  const field = page.locator("#c0 > input");
  for (const change of [
    (input) => input.remove(),
    (input) => input.setAttribute("value", "mine"),
    (input) => {
      input.value = "mine";
    },
    (input) => {
      input.name = "x";
      input.disabled = true;
      input.setAttribute("form", "none");
    },
    (input) => document.body.append(input),
  ]) {
    await field.evaluate(change);
    await page.waitForFunction(
      (wanted) => document.querySelector("#c0 > input")?.value === wanted,
      token,
    );
    const attributes = await field.evaluate((input) => input.getAttributeNames().sort());
    assert.deepEqual(attributes, ["name", "type", "value"]);
    assert.deepEqual(await tokens(page), [token]);
  }
});

test("a fight for the field ends", async () => {
  set.door.flow("fight");
  const page = await set.show({ flow: "fight" });
  await told(page);
  await page.locator("#c0 > input").evaluate((input) => {
    new MutationObserver(() => {
      if (input.value !== "mine") input.value = "mine";
    }).observe(input, { attributes: true });
    input.value = "mine";
  });
  await until(() => page.told.some((words) => words.includes("keeps changing")), "it is said");
});

test("after nineteen minutes the token goes, and a new one comes by fresh options", async () => {
  set.door.flow("first");
  set.door.flow("second");
  set.door.next = "first";
  const page = await set.show({ optionsUrl: "/options" }, { body: "<p>wait</p>" });
  await page.clock.install();
  await page.evaluate((key) => {
    document.body.innerHTML = '<form><div id="c0"></div></form>';
    CrafyCAPTCHA.init("c0", "pk_1", "pt_1", key, {
      optionsUrl: "/options",
      onSuccess: (token) => window.told.push(token),
      onExpire: () => window.told.push("expired"),
    });
  }, set.door.signingKey);
  await page.clock.runFor(2000);
  const first = await told(page);
  set.door.next = "second";
  await page.clock.fastForward("18:30");
  assert.deepEqual(await tokens(page), [first]);
  await page.mouse.move(50, 50);
  await page.clock.fastForward("00:40");
  assert.equal(await told(page, 2), "expired");
  const third = await told(page, 3);
  assert.notEqual(third, first);
  assert.deepEqual(await tokens(page), [third]);
  assert.equal(JSON.parse(set.door.loads.at(-1).cdweo).eo, "second");
});

test("options of the page alone cannot be renewed, and say so", async () => {
  set.door.flow("once");
  const page = await set.show({ flow: "once" }, { body: "<p>wait</p>" });
  await page.clock.install();
  await page.evaluate((key) => {
    document.body.innerHTML = '<form><div id="c0"></div></form>';
    const options = { encryptedOptions: "once", onSuccess: (token) => window.told.push(token) };
    CrafyCAPTCHA.init("c0", "pk_1", "pt_1", key, options);
  }, set.door.signingKey);
  await page.clock.runFor(2000);
  await told(page);
  await page.clock.fastForward("19:10");
  await stands(page, "problem");
  assert.deepEqual(await tokens(page), [""]);
  assert.match(await trigger(page).textContent(), /reload the page/);
});

test("reset takes the token and starts over; destroy leaves the container as it was", async () => {
  set.door.flow("again");
  set.door.next = "again";
  const page = await set.show({ optionsUrl: "/options" });
  const first = await told(page);
  await page.evaluate(() => window.widgets[0].reset());
  assert.deepEqual(await tokens(page), [""]);
  assert.notEqual(await told(page, 2), first);
  await page.evaluate(() => window.widgets[0].destroy());
  assert.equal(await page.locator("#c0").innerHTML(), "");
  await page.click("#send");
  await page.waitForURL("**/echo");
});

test("a second widget in a container takes the place of the first", async () => {
  set.door.flow("twice");
  const body = '<form><div id="c0"></div></form>';
  const page = await set.show([{ flow: "twice" }, { flow: "twice", id: "c0" }], { body });
  await told(page);
  assert.equal(await page.locator("#c0 > input").count(), 1);
  assert.equal(await page.locator("[data-crafy-card]").count(), 1);
  assert.ok(!page.told.some((words) => words.includes("CRITICAL")));
});

test("a flow that is over begins anew with fresh options, but not for ever", async () => {
  set.door.flow("over", { refuse: (call) => call === "answer" && [200, { outcome: "reload" }] });
  set.door.next = "over";
  const before = set.door.of("options").length;
  const page = await set.show({ optionsUrl: "/options" });
  await stands(page, "problem");
  assert.equal(set.door.of("options").length - before, 5);
  set.door.flow("over");
  await trigger(page).click();
  await told(page);
});

test("a page that is no challenge is given up, and can be tried again", async () => {
  set.door.flow("refused", { status: 403 });
  const page = await set.show({ flow: "refused" });
  await stands(page, "problem");
  assert.match(await trigger(page).textContent(), /could not be reached/);
  set.door.flow("refused");
  await trigger(page).click();
  await told(page);
});

test("a page whose server takes the call for options and never answers says so", async () => {
  const setup = "CrafyCAPTCHA.setAutoLoad(false)";
  const page = await set.show({ optionsUrl: "/options" }, { setup, init: impatient(30_000) });
  await page.route("**/options", () => {});
  await trigger(page).click();
  await stands(page, "problem");
  assert.match(await trigger(page).textContent(), /could not be reached/);
});

test("a visitor without network is told, and goes on with it", async () => {
  set.door.flow("offline", { steps: ["checkbox"] });
  const page = await set.show({ flow: "offline" }, { setup: "CrafyCAPTCHA.setAutoLoad(false)" });
  await page.context().setOffline(true);
  await trigger(page).click();
  await page.getByText("You are offline").first().waitFor();
  await page.context().setOffline(false);
  await asks(page);
  assert.equal(await page.locator("#c0 .notice").textContent(), "");
  await page.context().setOffline(true);
  await page.getByText("You are offline").first().waitFor();
});

const cloudflare = (page, script) =>
  page
    .context()
    .route("https://challenges.cloudflare.com/**", (route) =>
      route.fulfill({ contentType: "text/javascript", body: script }),
    );
// Like Cloudflare's, it does not begin where anything of its name is.
const TURNSTILE = `if (!("turnstile" in window)) window.turnstile = { remove() {},
  render(place, { sitekey, callback }) {
    window.asked = sitekey; setTimeout(callback, 50, "cf-token"); return "id"; } }`;

for (const [name, { key, forged, script, sent, loaded }] of Object.entries({
  "a site without a key is skipped": { key: null, sent: "skipped", loaded: 0 },
  "a site's key gets a token": { key: "0x1", script: TURNSTILE, sent: "cf-token", loaded: 1 },
  "a key that is not signed is none": { key: "0x1", forged: true, sent: undefined, loaded: 0 },
  "a script that fails is no bar": { key: "0x1", script: "", sent: undefined, loaded: 1 },
})) {
  test(`second opinion: ${name}`, async () => {
    set.door.flow("turnstile", { turnstile: true });
    Object.assign(set.door, { turnstileKey: key, turnstileForged: forged });
    const page = await set.show(
      { flow: "turnstile" },
      { setup: "CrafyCAPTCHA.setAutoLoad(false)" },
    );
    let scripts = 0;
    page.on("request", (request) => {
      if (request.url().includes("cloudflare")) scripts++;
    });
    await cloudflare(page, script);
    await trigger(page).click();
    await told(page);
    assert.equal(set.door.of("answer").at(-1).body.turnstile, sent);
    assert.match(set.door.of("site_key").at(-1).body, /\?pk=pk_1$/);
    assert.equal(scripts, loaded);
  });
}

test("second opinion: our own Turnstile on the page is not taken for Cloudflare's, and stays", async () => {
  set.door.flow("turnstile", { turnstile: true });
  Object.assign(set.door, { turnstileKey: "0x1", turnstileForged: false });
  const page = await set.show(
    { flow: "turnstile" },
    {
      head: `<script src="${set.server.origin}/assets/turnstile.js?render=explicit"></script>`,
      setup: `CrafyCAPTCHA.setAutoLoad(false); window.ours = turnstile;
        ours.render(document.querySelector("h1"), { sitekey: "1x00000000000000000000AA" })`,
    },
  );
  await cloudflare(page, `window.found = window.turnstile; ${TURNSTILE}`);
  await trigger(page).click();
  await told(page);
  assert.equal(set.door.of("answer").at(-1).body.turnstile, "cf-token");
  const seen = await page.evaluate(() => [
    window.found,
    window.asked,
    window.turnstile === window.ours,
    window.turnstile.getResponse(),
  ]);
  assert.deepEqual(seen, [undefined, "0x1", true, "XXXX.DUMMY.TOKEN.XXXX"]);
});

test("it works under a strict policy, and with Trusted Types", async () => {
  set.door.flow("strict");
  set.door.next = "strict";
  const own = set.server.origin;
  const headers = policy(
    ["script-src", `${own} 'unsafe-inline'`],
    ["worker-src", "'none'"],
    ["frame-src", own],
    ["form-action", `'self' ${own}`],
    ["require-trusted-types-for", "'script'"],
  );
  const page = await set.show({ optionsUrl: "/options" }, { headers });
  await told(page);
  assert.deepEqual(page.problems, []);
  assert.deepEqual(page.told, []);
});

test("a second copy of the script keeps what is there", async () => {
  set.door.flow("copy");
  const page = await set.show({ flow: "copy" });
  await told(page);
  await page.evaluate(async (address) => {
    window.first = CrafyCAPTCHA;
    window.loads = 0;
    addEventListener("CrafyCAPTCHALoaded", () => window.loads++);
    const script = document.createElement("script");
    script.src = address;
    await new Promise((resolve) => {
      script.onload = resolve;
      document.head.append(script);
    });
  }, `${set.server.origin}/assets/CrafyCAPTCHA.js`);
  assert.deepEqual(await page.evaluate(() => [window.first === CrafyCAPTCHA, window.loads]), [
    true,
    // The listener of the page itself makes its widget again, in the same container.
    1,
  ]);
  await told(page, 2);
  assert.equal(await page.locator("[data-crafy-card]").count(), 1);
});
