/** The challenge page: every step by every way of using it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeViolations } from "./astracaph_page.mjs";
import { asks, challenge, scene, stands, tokens, told, until } from "./crafy_page.mjs";
import { CONNECT, SLIDER } from "./crafy_pictures.mjs";
import { load } from "./sources.mjs";

const { LANGUAGES } = await load("src/crafy/frame/locales/index.ts");
const { placeAt, stride, travelNear } = await load("src/crafy/frame/path.ts");
const { DIRECTIONS, neighbour } = await load("src/crafy/frame/neighbours.ts");
const { stepOf } = await load("src/crafy/frame/step.ts");
const { read } = await load("src/crafy/frame/calls.ts");

let set;
before(async () => {
  set = await scene();
});
after(() => set.stop());

/** How a page waits for its moment is tested elsewhere. */
const show = (widgets, options) => set.show(widgets, { eager: true, ...options });
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const answers = () => set.door.of("answer").map(({ body }) => body);
const handle = (page) => challenge(page).getByRole("slider");
const node = (page, index) => challenge(page).locator(".node").nth(index);
const confirm = (page) => challenge(page).getByRole("button", { name: "Confirm" });
const travel = (page) => handle(page).evaluate(({ value }) => value / 10_000);
const focused = (page) =>
  challenge(page)
    .locator(":focus")
    .evaluate((element) => element.ariaLabel ?? element.textContent);
const frameOf = (page) => page.frames().find((frame) => frame.url().endsWith("/challenge/"));

/** Middle of something inside the frame, by the page's own coordinates. */
async function middle(locator) {
  const { x, y, width, height } = await locator.boundingBox();
  return [x + width / 2, y + height / 2];
}

/** Presses the mouse on something, once that lies still and is there for the mouse: the frame grows for a moment. */
async function press(page, locator, options) {
  await locator.hover(options);
  await page.mouse.down();
}

/** Presses a button and lets go in one turn of the page: how long that takes is not up to this machine. */
const tap = (button) => button.evaluate((element) => element.click());

/** Opens a page whose flow has these steps, and waits for the pictures. */
async function open(name, behaviour, context) {
  set.door.flow(name, behaviour);
  const page = await show({ flow: name }, { context });
  await asks(page);
  if (["slider", "connect"].includes(behaviour.steps[0])) {
    await challenge(page).locator(".board[data-ready]").waitFor();
  }
  return page;
}

test("a checkbox is ticked by pointer, and the work was done meanwhile", async () => {
  const page = await open("tick", { steps: ["checkbox"] });
  assert.equal(await challenge(page).getByRole("checkbox").getAttribute("aria-checked"), "false");
  await challenge(page).getByRole("checkbox").click();
  assert.equal(set.door.verify(await told(page)), true);
  const { answer, solutions, behavior, motion } = answers().at(-1);
  assert.deepEqual(answer, {});
  assert.equal(solutions.length, 2);
  assert.equal(behavior.clickCount, 1);
  assert.ok(motion.length > 0 && behavior.pointerMoves > 0);
});

test("a checkbox is ticked by keyboard, reached from the page around", async () => {
  const page = await open("tick key", { steps: ["checkbox"] });
  await page.getByRole("textbox").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.equal(set.door.verify(await told(page)), true);
  const focus = await page.evaluate(() => document.activeElement.closest("#c0") !== null);
  assert.equal(focus, true, "the focus stays at the card");
});

test("holding by pointer: the server hears when it begins", async () => {
  const page = await open("hold", { steps: ["press_hold"] });
  await press(page, challenge(page).getByRole("button"));
  await stands(page, "done");
  await page.mouse.up();
  const { calls } = set.door;
  const order = calls.slice(-2).map(({ call }) => call);
  assert.deepEqual(order, ["begin", "answer"]);
});

test("holding by two taps, and by a key", async () => {
  const taps = await open("taps", { steps: ["press_hold"] }, phone);
  await challenge(taps).getByRole("button").tap();
  await challenge(taps).getByText("Tap to finish").first().tap();
  await stands(taps, "done");
  const keys = await open("keys", { steps: ["press_hold"] });
  await challenge(keys).getByRole("button").focus();
  await keys.keyboard.down("Enter");
  await stands(keys, "done");
});

test("let go too early, the visitor may try again", async () => {
  const page = await open("early", { steps: ["press_hold"], holdMs: 4000 });
  await press(page, challenge(page).getByRole("button"));
  await page.waitForTimeout(600);
  await page.mouse.up();
  await challenge(page).locator(".hint").getByText("A little too short").waitFor();
  await press(page, challenge(page).getByRole("button"));
  await stands(page, "done");
});

test("a slider is solved by keyboard alone", async () => {
  const page = await open("slider keys", { steps: ["slider"] });
  await page.getByRole("textbox").focus();
  await page.keyboard.press("Tab");
  // The two buttons beside it come before and after.
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Position of the piece");
  await page.keyboard.press("End");
  assert.equal(await travel(page), 1);
  await page.keyboard.press("Home");
  assert.equal(await travel(page), 0);
  for (let times = 0; times < 6; times++) await page.keyboard.press("PageUp");
  const six = await travel(page);
  await page.keyboard.press("ArrowRight");
  const [before, after] = [six, await travel(page)].map((at) => placeAt(SLIDER.layout.path, at));
  const moved = Math.hypot(after[0] - before[0], after[1] - before[1]);
  assert.ok(moved > 1 && moved < 3, `a key moves the piece by ${moved} px`);
  while ((await travel(page)) < SLIDER.answer) await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await stands(page, "done");
});

test("a slider is solved by dragging the handle", async () => {
  const page = await open("slider drag", { steps: ["slider"] });
  await press(page, handle(page), { position: { x: 16, y: 16 } });
  const { x, y, width, height } = await handle(page).boundingBox();
  const at = (share) => x + 16 + (width - 32) * share;
  await page.mouse.move(at(0.4), y + height / 2, { steps: 10 });
  await page.mouse.move(at(SLIDER.answer), y + height / 2, { steps: 10 });
  await page.mouse.up();
  await confirm(page).click();
  await stands(page, "done");
  assert.ok(answers().at(-1).motion.length > 10);
});

test("a slider is solved by dragging the piece, which stays on its path", async () => {
  const page = await open("slider piece", { steps: ["slider"] });
  const piece = challenge(page).locator(".piece");
  const picture = challenge(page).locator(".board").first();
  const [[x, y], { x: left, y: top }] = [await middle(piece), await picture.boundingBox()];
  // The board takes what is done to the piece.
  await press(page, picture, { position: { x: x - left, y: y - top } });
  const board = await picture.boundingBox();
  const [goal] = placeAt(SLIDER.layout.path, SLIDER.answer);
  await page.mouse.move(board.x + goal + 23.5, board.y + 5, { steps: 12 });
  await page.mouse.up();
  const box = await piece.boundingBox();
  const [right, down] = placeAt(SLIDER.layout.path, await travel(page));
  assert.ok(Math.abs(box.x - board.x - right) < 1 && Math.abs(box.y - board.y - down) < 1);
  await handle(page).focus();
  while ((await travel(page)) < SLIDER.answer - 0.01) await page.keyboard.press("ArrowRight");
  while ((await travel(page)) > SLIDER.answer + 0.01) await page.keyboard.press("ArrowLeft");
  await confirm(page).click();
  await stands(page, "done");
});

test("a slider is solved by single taps", async () => {
  const page = await open("slider taps", { steps: ["slider"] }, phone);
  const { width, height } = await handle(page).boundingBox();
  await handle(page).tap({ position: { x: 16 + (width - 32) * 0.55, y: height / 2 } });
  await until(async () => Math.abs((await travel(page)) - 0.55) < 0.02, "the piece follows");
  const forward = challenge(page).getByRole("button", { name: "Move the piece on a little" });
  while ((await travel(page)) < SLIDER.answer - 0.005) await forward.tap();
  await confirm(page).tap();
  await stands(page, "done");
});

test("a tap on the picture brings the piece there", async () => {
  const page = await open("slider board", { steps: ["slider"] }, phone);
  const [x, y] = placeAt(SLIDER.layout.path, SLIDER.answer);
  await challenge(page)
    .locator(".board")
    .first()
    .tap({ position: { x: x + 23.5, y: y + 23.5 } });
  await until(async () => Math.abs((await travel(page)) - SLIDER.answer) < 0.02, "it follows");
  await confirm(page).tap();
  await stands(page, "done");
});

test("a wrong answer gets a new picture and a sentence that does not blame", async () => {
  const page = await open("wrong", { steps: ["slider"] });
  await handle(page).focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  const regret = challenge(page).locator(".regret");
  await regret.getByText("Not quite. Here is a new one.").waitFor();
  assert.match(await challenge(page).getByRole("status").textContent(), /^Not quite/);
  assert.equal(await travel(page), 0);
  assert.equal(await focused(page), "Position of the piece");
  await challenge(page).locator(".board[data-ready]").waitFor();
  const shown = set.door
    .of("picture")
    .slice(-4)
    .map(({ body }) => body.step);
  assert.equal(new Set(shown).size, 2);
  assert.deepEqual(await tokens(page), [""]);
});

test("nothing is confirmed before there is something to confirm", async () => {
  const page = await open("too soon", { steps: ["slider"] });
  const before = answers().length;
  assert.equal(await confirm(page).getAttribute("aria-disabled"), "true");
  await tap(confirm(page));
  await handle(page).press("Enter");
  await page.waitForTimeout(300);
  assert.equal(answers().length, before);
});

test("pairs are joined by keyboard alone, and taken back", async () => {
  const page = await open("connect keys", { steps: ["connect"] });
  await page.getByRole("textbox").focus();
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Point 1");
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Point 2");
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(page), "Point 3");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(page), "Point 7");
  await page.keyboard.press("Enter");
  assert.equal(await node(page, 6).getAttribute("aria-pressed"), "true");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "Point 6, joined with point 7");
  assert.match(await challenge(page).getByRole("status").textContent(), /1 of 5 joined/);
  await page.keyboard.press("Backspace");
  assert.equal(await focused(page), "Point 6");
  for (const [one, other] of CONNECT.answer) {
    await node(page, one).focus();
    await page.keyboard.press("Enter");
    await walk(page, one, other);
    await page.keyboard.press("Space");
  }
  await page.keyboard.press("Tab");
  await confirm(page).focus();
  await page.keyboard.press("Enter");
  await stands(page, "done");
});

/** Walks by arrow keys from node to node; every node is to be reached so. */
async function walk(page, from, to) {
  const { nodes } = CONNECT.layout;
  const ways = new Map([[from, []]]);
  for (const [place, keys] of ways) {
    for (const [key, direction] of Object.entries(DIRECTIONS)) {
      const next = neighbour(nodes, place, direction);
      if (next !== undefined && !ways.has(next)) ways.set(next, [...keys, key]);
    }
  }
  for (const key of ways.get(to)) await page.keyboard.press(key);
}

test("pairs are joined by single taps", async () => {
  const page = await open("connect taps", { steps: ["connect"] }, phone);
  for (const [one, other] of CONNECT.answer) {
    await node(page, one).tap();
    await node(page, other).tap();
  }
  await confirm(page).tap();
  await stands(page, "done");
});

test("pairs are joined by drawing; a node has one partner, a second tap lets go", async () => {
  const page = await open("connect draw", { steps: ["connect"] });
  const count = challenge(page).locator(".count");
  const draw = async (one, other) => {
    await press(page, node(page, one));
    await page.mouse.move(...(await middle(node(page, other))), { steps: 5 });
    await page.mouse.up();
  };
  await draw(0, 1);
  assert.equal(await count.textContent(), "1 of 5 joined");
  await node(page, 4).click();
  await node(page, 4).click();
  assert.equal(await node(page, 4).getAttribute("aria-pressed"), "false");
  // Off the board, nothing is joined.
  await press(page, node(page, 2));
  await page.mouse.move(5, 5, { steps: 4 });
  await page.mouse.up();
  assert.equal(await count.textContent(), "1 of 5 joined");
  for (const [one, other] of CONNECT.answer) await draw(other, one);
  assert.equal(await count.textContent(), "5 of 5 joined");
  assert.equal(await challenge(page).locator(".line-between").count(), 5);
  await confirm(page).click();
  await stands(page, "done");
});

for (const [code, words] of [
  ["same_shape", "Join each symbol with its twin"],
  ["as_many_dots", "Join each number with as many dots"],
  ["one_dot_more", "Join each number with one dot more"],
  ["one_dot_fewer", "Join each number with one dot fewer"],
  ["makes_ten", "Join what makes ten"],
]) {
  test(`the rule ${code} is said in words`, async () => {
    const page = await open(`rule ${code}`, { steps: ["connect"], rule: code });
    assert.equal(await challenge(page).getByRole("heading").textContent(), words);
  });
}

test("whoever cannot use a picture asks for work instead", async () => {
  for (const kind of ["slider", "connect"]) {
    let go;
    const watched = new Promise((resolve) => {
      go = resolve;
    });
    const refuse = async (call) => {
      if (call === "answer") await watched;
    };
    const page = await open(`other ${kind}`, { steps: [kind], heavy: 4, puzzles: 10, refuse });
    await challenge(page).getByRole("button", { name: "I can't use the picture" }).click();
    await challenge(page).getByText("Another way, without a picture").first().waitFor();
    await challenge(page).locator(".percent").getByText("%").waitFor();
    go();
    assert.equal(set.door.verify(await told(page)), true);
    assert.equal(set.door.of("alternative").at(-1).name, `other ${kind}`);
  }
});

test("steps come one after the other, each with its own work", async () => {
  const page = await open("many", { steps: ["checkbox", "press_hold", "slider"] });
  await challenge(page).getByRole("checkbox").click();
  const button = challenge(page).getByRole("button", { name: "Press and hold" });
  await button.waitFor();
  assert.equal(await focused(page), "Press and hold");
  await tap(button);
  await challenge(page).getByText("Tap to finish").first().click();
  await handle(page).waitFor();
  assert.equal(await focused(page), "Position of the piece");
});

test("the first step does not take the focus from the page around", async () => {
  set.door.flow("polite", { steps: ["slider"] });
  const page = await show({ flow: "polite" }, { eager: false });
  await page.getByRole("textbox").focus();
  await asks(page);
  await page.waitForTimeout(200);
  assert.equal(await page.evaluate(() => document.activeElement.name), "name");
});

test("a picture that does not come can be asked for again", async () => {
  // One of the two is enough, and both would fail each in its own moment.
  const refuse = (call, { part }) => call === "picture" && part === "board" && [404];
  const behaviour = { steps: ["slider"], refuse };
  set.door.flow("no picture", behaviour);
  const page = await show({ flow: "no picture" });
  const again = challenge(page).getByRole("button", { name: "Try again" });
  await again.waitFor();
  behaviour.refuse = () => undefined;
  Object.assign(set.door.flows.get("no picture"), behaviour);
  await page.route("**/picture?*", (route) =>
    route.fulfill({
      contentType: "image/svg+xml",
      body: '<svg xmlns="http://www.w3.org/2000/svg"/>',
    }),
  );
  await again.click();
  await challenge(page).locator(".board[data-ready]").waitFor();
  assert.equal(await again.count(), 0);
});

for (const [density, deviceScaleFactor] of [
  ["1", 1],
  ["2", 3],
]) {
  test(`a screen of ${deviceScaleFactor} pixels for one gets density ${density}, in its theme`, async () => {
    const context = { deviceScaleFactor, colorScheme: "dark" };
    set.door.flow("dense", { steps: ["slider"] });
    const page = await show({ flow: "dense", theme: "dark" }, { context });
    await asks(page);
    await challenge(page).locator(".board[data-ready]").waitFor();
    const asked = set.door
      .of("picture")
      .slice(-2)
      .map(({ body }) => body);
    assert.deepEqual(asked.map(({ part }) => part).sort(), ["board", "piece"]);
    for (const { theme, density: got } of asked) assert.deepEqual([theme, got], ["dark", density]);
  });
}

test("a server that fails is asked once more by itself, then when the visitor says so", async () => {
  set.door.flow("shaky", {
    refuse: (call, _body, before) => call === "answer" && before < 2 && [503, {}],
  });
  const page = await show({ flow: "shaky" });
  await asks(page, "problem");
  await challenge(page).getByRole("button", { name: "Try again" }).click();
  await told(page);
});

for (const [status, headers] of [
  [503, {}],
  [429, { "Retry-After": "1" }],
]) {
  test(`a hold that could not begin begins anew: ${status}`, async () => {
    const refuse = (call, _body, before) =>
      call === "begin" && before === 0 && [status, {}, headers];
    const page = await open(`no begin ${status}`, { steps: ["press_hold"], refuse });
    const button = challenge(page).getByRole("button", { name: "Press and hold" });
    await tap(button);
    if (status === 429) {
      await asks(page, "problem");
      await challenge(page).locator('.primary[aria-disabled="false"]').click();
    }
    await tap(button);
    await challenge(page).getByText("Tap to finish").first().click();
    assert.equal(set.door.verify(await told(page)), true);
  });
}

test("an answer that is sent again does not tell the same path again", async () => {
  const refuse = (call, _body, before) => call === "answer" && before === 0 && [503, {}];
  const page = await open("path", { steps: ["checkbox"], refuse });
  await challenge(page).getByRole("checkbox").click();
  await told(page);
  const [first, second] = answers().slice(-2);
  assert.ok(first.motion.length > 0);
  const times = first.motion.map(({ t }) => t);
  assert.deepEqual(
    second.motion.filter(({ t }) => times.includes(t)),
    [],
  );
  assert.ok(second.behavior.dwellMs > first.behavior.dwellMs);
});

test("a reply that was lost ends in a new flow, for a step is answered once", async () => {
  set.door.flow("lost", { steps: ["checkbox"] });
  set.door.flow("found");
  set.door.next = "lost";
  const page = await show({ optionsUrl: "/options" });
  await asks(page);
  const lose = async (route) => {
    await route.fetch();
    await route.abort();
  };
  await page.route("**/challenge/answer", lose, { times: 1 });
  const before = set.door.loads.length;
  set.door.next = "found";
  await challenge(page).getByRole("checkbox").click();
  assert.equal(set.door.verify(await told(page)), true);
  assert.equal(set.door.of("answer").filter(({ name }) => name === "lost").length, 2);
  assert.equal(set.door.loads.length, before + 1);
});

for (const embedder of ["credentialless", "require-corp"]) {
  test(`the work is done by workers from their file, also where the page is ${embedder}`, async () => {
    set.door.flow(embedder, { puzzles: 400, difficulty: 5, embedder });
    const page = await show({ flow: embedder });
    await challenge(page).locator(".percent").getByText("%").waitFor();
    const addresses = new Set(page.workers().map((worker) => worker.url()));
    assert.deepEqual([...addresses], [`${set.server.origin}/assets/cap_worker.js`]);
  });
}

test("too many attempts: the button waits as long as the server says", async () => {
  const refuse = (call, _body, before) =>
    call === "answer" && before === 0 && [429, {}, { "Retry-After": "600" }];
  set.door.flow("limited", { refuse });
  const page = await show({ flow: "limited" });
  await asks(page, "problem");
  const retry = challenge(page).getByRole("button", { name: "Try again" });
  assert.equal(await retry.getAttribute("aria-disabled"), "true");
  assert.match(await challenge(page).locator(".hint").textContent(), /Try again in (10:00|9:\d\d)/);
  const before = answers().length;
  await tap(retry);
  await page.waitForTimeout(300);
  assert.equal(answers().length, before);
});

test("a denied visitor may begin a new flow", async () => {
  set.door.flow("denied", { refuse: () => [200, { outcome: "denied" }] });
  set.door.flow("kinder");
  set.door.next = "denied";
  const page = await show({ optionsUrl: "/options" });
  await asks(page, "problem");
  assert.equal(await challenge(page).getByRole("heading").textContent(), "We could not verify you");
  set.door.next = "kinder";
  await challenge(page).getByRole("button", { name: "Try again" }).click();
  await told(page);
});

for (const [reason, words] of [
  ["origin_refused", "This page is not set up for this check"],
  ["rate_limited", "Too many attempts"],
  ["unavailable", "The check could not be reached"],
]) {
  test(`a page without a flow says why: ${reason}`, async () => {
    const stop = { outcome: "refused", reason, message: "For the owner" };
    set.door.flow(reason, { stop });
    set.door.next = reason;
    const page = await show({ optionsUrl: "/options" });
    await asks(page, "problem");
    assert.equal(await challenge(page).getByRole("heading").textContent(), words);
    const retry = challenge(page).getByRole("button", { name: "Try again" });
    assert.equal(await retry.count(), reason === "origin_refused" ? 0 : 1);
    if (await retry.count()) {
      set.door.flow(reason);
      await retry.click();
      await told(page);
    }
  });
}

test("where nobody knows who is around, the reason is shown all the same", async () => {
  const stop = { outcome: "refused", reason: "unknown_site", message: "", parentOrigin: null };
  set.door.flow("nobody", { stop });
  const page = await show({ flow: "nobody" });
  await asks(page, "problem");
  assert.deepEqual(await tokens(page), [""]);
});

test("a flow that is over before it began asks for new options", async () => {
  set.door.flow("late", { stop: { outcome: "reload", reason: "expired", message: "" } });
  set.door.flow("fresh");
  set.door.next = "fresh";
  const page = await show({ optionsUrl: "/options", encryptedOptions: "late" });
  await told(page);
});

for (const [code, phrases] of Object.entries(LANGUAGES)) {
  test(`a visitor who reads ${code} reads the challenge, on the narrowest phone`, async () => {
    set.door.flow(`reads ${code}`, { steps: ["connect"] });
    const context = { locale: code, viewport: { width: 280, height: 640 } };
    const page = await show({ flow: `reads ${code}` }, { context });
    await asks(page);
    assert.equal(await challenge(page).getByRole("heading").textContent(), phrases.asManyDots);
    assert.equal(await challenge(page).locator("html").getAttribute("lang"), code);
    const wide = (page) =>
      page.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
      );
    assert.equal(await wide(page), false);
    assert.equal(await wide(frameOf(page)), false);
    await until(async () => {
      const high = await frameOf(page).evaluate(() => document.documentElement.scrollHeight);
      return high <= (await page.locator("iframe").evaluate((frame) => frame.clientHeight));
    }, "the frame is as high as what is in it");
    assert.ok(phrases.count.includes("{done}") && phrases.again.includes("{time}"));
    const { width, height } = await node(page, 0).boundingBox();
    assert.ok(width >= 44 && height >= 44);
  });
}

test("the card is as wide as it may be, and never wider than its column", async () => {
  set.door.flow("wide");
  const styles = [
    "",
    "display:grid;justify-items:start",
    "display:inline-block",
    "display:flex",
    "float:left",
  ];
  const body = styles.map(
    (style, index) => `<div style="${style}"><div id="c${index}"></div></div>`,
  );
  const widgets = styles.map((_, index) => ({ flow: "wide", inputName: `w${index}` }));
  const setup = "CrafyCAPTCHA.setAutoLoad(false)";
  const page = await show(widgets, { body: body.join("<br>"), setup, eager: false });
  for (const [width, wanted] of [
    [800, 326],
    [280, 264],
  ]) {
    await page.setViewportSize({ width, height: 600 });
    const [widths, scrolled] = await page.evaluate(() => [
      [...document.querySelectorAll("[data-crafy-card]")].map((card) => card.offsetWidth),
      document.documentElement.scrollWidth,
    ]);
    assert.deepEqual([widths, scrolled], [styles.map(() => wanted), width]);
  }
});

test("right to left, words are on the right and the picture stays as it is", async () => {
  const page = await open("rtl", { steps: ["slider"], language: "ar" });
  assert.equal(await challenge(page).locator("html").getAttribute("dir"), "rtl");
  const sign = await challenge(page).locator(".sign").boundingBox();
  const emblem = await challenge(page).locator(".emblem").boundingBox();
  assert.ok(sign.x > emblem.x);
  const piece = await challenge(page).locator(".piece").boundingBox();
  const board = await challenge(page).locator(".board").first().boundingBox();
  assert.ok(piece.x < board.x + 10);
  await handle(page).press("ArrowRight");
  assert.ok((await travel(page)) > 0);
});

test("colours of the page reach the challenge, with ink that can be read", async () => {
  set.door.flow("colours", { steps: ["press_hold"] });
  const style = { primary: "#f2b632", background: "#fff8ee", color: "#3a2410" };
  const page = await show({ flow: "colours", style });
  await asks(page);
  const [ground, ink] = await challenge(page)
    .locator(".primary")
    .evaluate((button) => [
      getComputedStyle(button).backgroundColor,
      getComputedStyle(button).color,
    ]);
  assert.deepEqual([ground, ink], ["rgb(242, 182, 50)", "rgb(13, 19, 32)"]);
});

test("nothing moves by itself for visitors who do not want it", async () => {
  set.door.flow("still", { puzzles: 400, difficulty: 5 });
  const page = await show({ flow: "still" });
  await asks(page, "checking");
  const names = await frameOf(page).evaluate(() =>
    [...document.querySelectorAll("*")].map((element) => getComputedStyle(element).animationName),
  );
  assert.deepEqual([...new Set(names)], ["none"]);
});

test("the page's own policy is never hit", async () => {
  set.door.flow("policy", { steps: ["slider"] });
  const init = `window.hits = []; document.addEventListener("securitypolicyviolation",
    ({ violatedDirective, blockedURI }) => window.hits.push(violatedDirective + " " + blockedURI))`;
  const page = await show({ flow: "policy" }, { init });
  await asks(page);
  await handle(page).press("End");
  // The work goes on beside the picture, and its module may be asked for only now.
  await frameOf(page).waitForFunction(() =>
    performance
      .getEntriesByName(`${origin}/assets/cap_wasm_bg.wasm`)
      .some(({ responseEnd }) => responseEnd),
  );
  assert.deepEqual(await frameOf(page).evaluate(() => window.hits), []);
});

const VIEWS = {
  work: [{ puzzles: 400, difficulty: 5 }, "checking"],
  checkbox: [{ steps: ["checkbox"] }],
  hold: [{ steps: ["press_hold"] }],
  slider: [{ steps: ["slider"] }],
  connect: [{ steps: ["connect"] }],
  problem: [{ refuse: () => [200, { outcome: "denied" }] }, "problem"],
};
for (const [name, [behaviour, sign = "asking"]] of Object.entries(VIEWS)) {
  test(`axe finds nothing wrong: ${name}`, async () => {
    set.door.flow(`axe ${name}`, behaviour);
    for (const theme of ["light", "dark"]) {
      const head = `<meta name="color-scheme" content="light dark">`;
      const context = { colorScheme: theme, bypassCSP: true };
      const page = await show({ flow: `axe ${name}`, theme }, { context, head });
      await asks(page, sign);
      assert.deepEqual(await axeViolations(frameOf(page)), []);
      assert.deepEqual(await axeViolations(page), []);
    }
  });
}

for (const [name, sign, options] of [
  ["idle", "", { flow: "passes" }],
  ["verified", "done", { flow: "passes" }],
  ["problem", "problem", {}],
]) {
  test(`axe finds nothing wrong with the card: ${name}`, async () => {
    set.door.flow("passes");
    const head = `<meta name="color-scheme" content="light dark">`;
    const setup = "CrafyCAPTCHA.setAutoLoad(false)";
    const page = await show(options, { head, setup, eager: name === "verified" });
    for (const theme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: theme });
      await page.locator(`.card[data-sign="${sign}"][data-theme="${theme}"]`).waitFor();
      assert.deepEqual(await axeViolations(page), []);
    }
  });
}

test("a piece is where the table says, linear in between", () => {
  const path = [
    [0, 0],
    [10, 0],
    [10, 20],
  ];
  assert.deepEqual(placeAt(path, 0.25), [5, 0]);
  assert.deepEqual(placeAt(path, 0.75), [10, 10]);
  assert.deepEqual(placeAt(path, 1), [10, 20]);
  assert.deepEqual(placeAt(path, -3), [0, 0]);
  assert.equal(travelNear(path, [4, -7]), 0.2);
  assert.equal(travelNear(path, [99, 10]), 0.75);
  assert.equal(
    travelNear(
      [
        [1, 1],
        [1, 1],
      ],
      [5, 5],
    ),
    0,
  );
  // Twice as fast in the second half: half the travel for the same way.
  assert.equal(stride(path, 0.25, 2).toFixed(3), "0.050");
  assert.equal(stride(path, 0.75, 1).toFixed(3), "0.025");
});

test("arrow keys reach every node from every other", () => {
  const { nodes } = CONNECT.layout;
  for (const start of nodes.keys()) {
    const seen = new Set([start]);
    for (const place of seen) {
      for (const direction of Object.values(DIRECTIONS)) {
        const next = neighbour(nodes, place, direction);
        if (next !== undefined) seen.add(next);
      }
    }
    assert.equal(seen.size, nodes.length);
  }
});

test("steps and answers out of bounds are refused", () => {
  const work = { token: "t", challenges: [["ab", "0"]] };
  assert.equal(stepOf({ id: "s", kind: "checkbox", work }).kind, "checkbox");
  const slider = { id: "s", kind: "slider", work, ...SLIDER.layout };
  const connect = { id: "s", kind: "connect", work, rule: "makes_ten", ...CONNECT.layout };
  assert.equal(stepOf(slider).path.length, 65);
  assert.equal(stepOf(connect).pairs, 5);
  for (const bad of [
    null,
    [],
    { id: "s", kind: "checkbox" },
    { id: "", kind: "checkbox", work },
    { id: "s", kind: "audio", work },
    { id: "s", kind: "checkbox", work: { token: "t", challenges: [] } },
    { id: "s", kind: "press_hold", work, holdMs: 1e9 },
    { ...slider, width: 1e9 },
    { ...slider, path: [[0, 0]] },
    {
      ...slider,
      path: [
        [0, 0],
        [1, Number.NaN],
      ],
    },
    { ...slider, piece: undefined },
    { ...connect, pairs: 7 },
    { ...connect, nodes: "x" },
    { ...connect, rule: 7 },
  ]) {
    assert.throws(() => stepOf(bad));
  }
  assert.throws(() => read({ outcome: "party" }));
  assert.deepEqual(read({}), { outcome: "noted" });
});
