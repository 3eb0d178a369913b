/** How the AstraCaph card looks and reads for different people. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { action, axeViolations, form, scene, sign, title, verified } from "./astracaph_page.mjs";
import { load } from "./sources.mjs";

const { LANGUAGES } = await load("src/astracaph/locales/index.ts");
const { languageOf } = await load("src/core/language.ts");

let set;
before(async () => {
  set = await scene();
});
after(() => set.stop());

const style = (page, selector, property) =>
  page.evaluate(
    ([inside, name]) => {
      const { shadowRoot } = document.querySelector("[data-astracaph-card]");
      return getComputedStyle(shadowRoot.querySelector(inside))[name];
    },
    [selector, property],
  );

for (const [code, phrases] of Object.entries(LANGUAGES)) {
  test(`a visitor who reads ${code} reads the card`, async () => {
    set.api.site(`locale ${code}`, { steps: ["press_hold"], requiredHoldMs: 300 });
    const page = await set.show(form(`locale ${code}`), { context: { locale: code } });
    await sign(page, "asking");
    assert.equal(await title(page).textContent(), phrases.step);
    assert.equal(await action(page).textContent(), phrases.hold);
    assert.equal(
      await page.getByRole("status").textContent(),
      `${phrases.step}. ${phrases.holdHint}`,
    );
    const group = page.getByRole("group", { name: phrases.group });
    assert.equal(await group.getAttribute("lang"), code);
    assert.equal(await group.evaluate((card) => card.scrollWidth > card.clientWidth), false);
    await action(page).hover();
    await page.mouse.down();
    await verified(page);
    assert.equal(await title(page).textContent(), phrases.verified);
  });
}

test("the first known language decides, whatever its region", () => {
  assert.equal(languageOf(["eo", "it-CH", "en"], LANGUAGES), "it");
  assert.equal(languageOf(["PT_br"], LANGUAGES), "pt");
  assert.equal(languageOf(["constructor", "xx"], LANGUAGES), "en");
  assert.equal(languageOf([], LANGUAGES), "en");
  const placed = Object.values(LANGUAGES).filter(({ again }) => again.includes("{time}"));
  assert.equal(placed.length, 10);
});

test("right to left, the sign is on the right", async () => {
  set.api.site("rtl");
  const page = await set.show(`<div dir="rtl">${form("rtl")}</div>`);
  await verified(page);
  const mark = await page.locator(".sign").boundingBox();
  const emblem = await page.locator(".emblem").boundingBox();
  assert.ok(mark.x > emblem.x);
});

test("the theme is the page's, or the visitor's on a page that can be both", async () => {
  set.api.site("theme");
  const both = '<meta name="color-scheme" content="light dark">';
  const dark = '<meta name="color-scheme" content="dark">';
  const ground = async (attributes, colorScheme, head = "") => {
    const page = await set.show(form("theme", attributes), { context: { colorScheme }, head });
    await verified(page);
    return style(page, ".card", "backgroundColor");
  };
  const [LIGHT, DARK] = ["rgb(255, 255, 255)", "rgb(27, 33, 43)"];
  assert.equal(await ground("", "dark"), LIGHT);
  assert.equal(await ground("", "dark", both), DARK);
  assert.equal(await ground("", "light", both), LIGHT);
  assert.equal(await ground("", "light", dark), DARK);
  assert.equal(await ground('data-theme="light"', "dark", both), LIGHT);
  assert.equal(await ground('data-theme="dark"', "light"), DARK);
});

test("the theme follows a visitor who changes it", async () => {
  set.api.site("dusk");
  const head = '<meta name="color-scheme" content="light dark">';
  const page = await set.show(form("dusk"), { context: { colorScheme: "light" }, head });
  await verified(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator('.card[data-theme="dark"]').waitFor();
  assert.equal(await style(page, ".card", "backgroundColor"), "rgb(27, 33, 43)");
});

test("motion is shown, unless the visitor does not want any", async () => {
  set.api.site("motion", { delay: 2000 });
  const turning = async (reducedMotion) => {
    const page = await set.show(form("motion"), { context: { reducedMotion } });
    await sign(page, "checking");
    return style(page, ".ring", "animationName");
  };
  assert.equal(await turning("no-preference"), "turn");
  assert.equal(await turning("reduce"), "none");
});

test("focus is to be seen, and the button is large enough for a finger", async () => {
  set.api.site("large", { steps: ["confirm"] });
  const page = await set.show(form("large"));
  await sign(page, "asking");
  const { height, width } = await action(page).boundingBox();
  assert.ok(height >= 44 && width >= 44);
  await page.getByRole("textbox").focus();
  await page.keyboard.press("Tab");
  assert.equal(await style(page, "button", "outlineStyle"), "solid");
});

const states = {
  checking: { steps: [], delay: 4000 },
  asking: { steps: ["confirm"] },
  "asking to hold": { steps: ["press_hold"] },
  done: { steps: [] },
  "problem with retry": { refuse: () => [500, {}] },
  "problem to wait for": { refuse: () => [429, { resetAt: Date.now() + 60_000 }] },
};
for (const [state, behaviour] of Object.entries(states)) {
  test(`axe finds nothing wrong: ${state}`, async () => {
    set.api.site(state, behaviour);
    for (const colorScheme of ["light", "dark"]) {
      const head = '<meta name="color-scheme" content="light dark">';
      const body = form(state).replace("<main>", "<main><h1>Contact</h1>");
      const page = await set.show(body, { context: { colorScheme }, head });
      await sign(page, state.split(" ")[0]);
      assert.deepEqual(await axeViolations(page), []);
    }
  });
}
