/** How the widget looks, reads and moves for different people; and floating mode. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkbox, SCRIPT, seen, stage } from "./browser.mjs";
import { load } from "./sources.mjs";

const { LANGUAGES } = await load("src/cap-widget/locales/index.ts");

let set;
before(async () => {
  set = await stage();
});
after(() => set.stop());

const widget = (endpoint, attributes = "") =>
  `<cap-widget id="w" data-cap-api-endpoint="${endpoint}" ${attributes}></cap-widget>`;
/** An answer that does not come. */
const never = () => new Promise(() => {});
const style = (page, selector, property) =>
  page.evaluate(
    ([inside, name]) => {
      const { shadowRoot } = document.querySelector("cap-widget");
      return getComputedStyle(shadowRoot.querySelector(inside))[name];
    },
    [selector, property],
  );

for (const [code, phrases] of Object.entries(LANGUAGES)) {
  test(`a visitor who reads ${code} reads the widget`, async () => {
    const endpoint = set.server.site(`locale-${code}`);
    const page = await set.open(widget(endpoint, "required"), { context: { locale: code } });
    assert.equal((await checkbox(page).textContent()).startsWith(phrases["initial-state"]), true);
    assert.equal(await style(page, ".card", "direction"), "ltr");
    await checkbox(page).click();
    await seen(page, "solve");
    assert.match(await checkbox(page).textContent(), new RegExp(`^${phrases["solved-label"]}`));
    assert.equal(await page.getByRole("status").textContent(), phrases["verified-aria-label"]);
    // No language needs more than two lines.
    const height = await page.evaluate(() => document.querySelector("cap-widget").offsetHeight);
    assert.ok(height <= 64, `${height} px high`);
  });
}

test("the language is CAP_LANG, then the attribute, then the browser's first known one", async () => {
  const endpoint = set.server.site("choice");
  const text = async (init, attributes, locale) => {
    const page = await set.open(widget(endpoint, attributes), { init, context: { locale } });
    return (await checkbox(page).textContent()).replace("Portcullis", "");
  };
  const say = (code) => LANGUAGES[code]["initial-state"];
  assert.equal(await text("window.CAP_LANG = 'ja'", 'data-cap-lang="fr"', "de"), say("ja"));
  assert.equal(await text("", 'data-cap-lang="fr-CA"', "de"), say("fr"));
  assert.equal(await text("", 'data-cap-lang="xx"', "de"), say("en"));
  assert.equal(await text("", "", "pt-BR"), say("pt"));
  const several = "Object.defineProperty(navigator, 'languages', { value: ['eo', 'it-CH', 'en'] })";
  assert.equal(await text(several, "", "en"), say("it"));
});

test("attributes override every phrase, and follow changes", async () => {
  const page = await set.open(
    widget(set.server.site("words"), 'data-cap-i18n-initial-state="Prove it"'),
  );
  assert.match(await checkbox(page).textContent(), /^Prove it/);
  await page.evaluate(() => {
    const element = document.querySelector("cap-widget");
    element.setAttribute("data-cap-i18n-solved-label", "Proven");
    element.removeAttribute("data-cap-i18n-initial-state");
    element.setAttribute("data-cap-i18n-verify-aria-label", "Click to prove it");
    element.setAttribute("data-cap-lang", "es");
  });
  assert.match(await checkbox(page).textContent(), /^Soy humano/);
  assert.equal(await checkbox(page).getAttribute("aria-label"), "Click to prove it");
  await checkbox(page).click();
  await seen(page, "solve");
  assert.match(await checkbox(page).textContent(), /^Proven/);
  assert.equal(await checkbox(page).getAttribute("aria-label"), null);
});

test("right to left, the box is on the right", async () => {
  const page = await set.open(`<div dir="rtl">${widget(set.server.site("rtl"))}</div>`);
  const box = await page.locator("cap-widget .checkbox").boundingBox();
  const emblem = await page.locator("cap-widget .emblem").boundingBox();
  assert.ok(box.x > emblem.x);
});

test("motion is shown, unless the visitor does not want any", async () => {
  const endpoint = set.server.site("motion", { challengeReply: never });
  const moving = async (reducedMotion) => {
    const page = await set.open(widget(endpoint), { context: { reducedMotion } });
    await checkbox(page).click();
    await seen(page, "progress");
    return style(page, ".ring", "animationName");
  };
  assert.equal(await moving("no-preference"), "turn");
  assert.equal(await moving("reduce"), "none");
});

test("the theme is light, dark, or the visitor's", async () => {
  const endpoint = set.server.site("theme");
  const ground = async (theme, colorScheme) => {
    const attributes = theme && `data-cap-theme="${theme}"`;
    const page = await set.open(widget(endpoint, attributes), { context: { colorScheme } });
    return style(page, ".card", "backgroundColor");
  };
  const light = await ground("", "light");
  const dark = await ground("dark", "light");
  assert.notEqual(light, dark);
  assert.equal(await ground("", "dark"), light);
  assert.equal(await ground("light", "dark"), light);
  assert.equal(await ground("auto", "light"), light);
  assert.equal(await ground("auto", "dark"), dark);
});

test("the page's variables and parts style the widget", async () => {
  const css = `<style>cap-widget { --cap-background: rgb(1, 2, 3); --cap-widget-width: 333px;
    --cap-checkmark: url("data:,"); } cap-widget::part(label) { color: rgb(4, 5, 6); }</style>`;
  const page = await set.open(widget(set.server.site("styled")), { head: SCRIPT + css });
  assert.equal(await style(page, ".card", "backgroundColor"), "rgb(1, 2, 3)");
  assert.equal(await style(page, ".card", "width"), "333px");
  assert.equal(await style(page, ".label", "color"), "rgb(4, 5, 6)");
  await checkbox(page).click();
  await seen(page, "solve");
  assert.match(await style(page, ".checkbox", "backgroundImage"), /data:,/);
  assert.equal(await style(page, ".sign", "visibility"), "hidden");
});

test("assistive technology is told what happens", async () => {
  let answer;
  const asked = new Promise((resolve) => {
    answer = resolve;
  });
  const endpoint = set.server.site("spoken", {
    challengeReply: (reply) => asked.then(() => reply),
  });
  const page = await set.open(widget(endpoint));
  const group = page.getByRole("group", { name: "Human verification" });
  const box = group.getByRole("checkbox", { name: "I'm human" });
  assert.equal(await box.isChecked(), false);
  await box.focus();
  await page.keyboard.press("Space");
  assert.equal(await checkbox(page).getAttribute("aria-busy"), "true");
  assert.equal(await page.getByRole("status").textContent(), "Verifying, please wait");
  answer();
  await seen(page, "solve");
  assert.equal(await page.getByRole("checkbox", { name: "Verified" }).isChecked(), true);
  const focused = await page.evaluate(() => document.activeElement.localName);
  assert.equal(focused, "cap-widget");
});

const floating = '<script src="/assets/floating.js" defer></script>';

for (const position of ["top", "bottom"]) {
  test(`floating at the ${position}: the click goes through once solved`, async () => {
    const endpoint = set.server.site(`floating-${position}`);
    const page = await set.open(
      `<form action="/echo" method="post" style="margin:200px">${widget(endpoint)}
       <button id="go" data-cap-floating="#w" data-cap-floating-position="${position}">Go</button></form>`,
      { head: SCRIPT + floating },
    );
    assert.equal(await page.locator("#w").isVisible(), false);
    const button = await page.locator("#go").boundingBox();
    await page.locator("#go").click();
    const card = await page.locator("#w").boundingBox();
    if (position === "top") assert.ok(card.y + card.height <= button.y);
    else assert.ok(card.y >= button.y + button.height);
    await page.waitForURL("**/echo");
    const sent = new URLSearchParams(await page.locator("body").textContent());
    assert.equal(set.server.verify(sent.get("cap-token")), true);
  });
}

test("floating: the trigger is marked, hasty clicks count once, failures can be retried", async () => {
  let refuse = true;
  const endpoint = set.server.site("hasty", {
    challengeReply: (reply) => (refuse ? { error: "No" } : reply),
  });
  const page = await set.open(
    `${widget(endpoint)}<button id="go" data-cap-floating="#w" data-cap-floating-position="bottom">Go</button>`,
    { head: SCRIPT + floating },
  );
  await page.evaluate(() => {
    window.went = 0;
    document.getElementById("go").addEventListener("click", () => window.went++);
  });
  await page.locator("#go").click();
  await seen(page, "error");
  assert.equal(await page.locator("#w").isVisible(), true);
  refuse = false;
  await page.evaluate(() => {
    for (let i = 0; i < 3; i++) document.getElementById("go").click();
  });
  const { token } = await seen(page, "solve");
  await page.waitForFunction(() => window.went > 0);
  assert.equal(await page.evaluate(() => window.went), 1);
  assert.equal(await page.locator("#go").getAttribute("data-cap-token"), token);
  assert.equal(await page.locator("#go").getAttribute("data-cap-progress"), "done");
  assert.equal(await page.locator("#w").isVisible(), false);
});

test("floating: Escape closes, and triggers added later are bound", async () => {
  const endpoint = set.server.site("escape", { challengeReply: never });
  const page = await set.open(widget(endpoint), { head: SCRIPT + floating });
  await page.evaluate(() => {
    document.body.insertAdjacentHTML(
      "beforeend",
      '<button id="go" data-cap-floating="#w">Go</button>',
    );
  });
  await page.waitForFunction(() => document.getElementById("w").style.display === "none");
  await page.locator("#go").click();
  assert.equal(await page.locator("#w").isVisible(), true);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#w").isVisible(), false);
});
