/** How the vendors' cards look, read and move, for different people. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DIST } from "../scripts/bundle.mjs";
import { axeViolations } from "./astracaph_page.mjs";
import { stage } from "./browser.mjs";
import { load } from "./sources.mjs";

const { LANGUAGES } = await load("src/vendor/locales/index.ts");

/** Each vendor: path, class, how it names a language, its test key, and its sizes with their own attributes. */
const VENDORS = {
  turnstile: {
    path: "/turnstile/v0/api.js",
    marker: "cf-turnstile",
    language: "language",
    key: "3x00000000000000000000FF",
    sizes: ["normal", "flexible", "compact"],
  },
  hcaptcha: {
    path: "/1/api.js",
    marker: "h-captcha",
    language: "hl",
    key: "10000000-ffff-ffff-ffff-000000000001",
    sizes: ["normal", "compact"],
  },
  recaptcha: {
    path: "/recaptcha/api.js",
    marker: "g-recaptcha",
    language: "hl",
    key: "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI",
    sizes: ["normal", "compact", "invisible"],
  },
};

let set;
before(async () => {
  set = await stage();
  for (const [name, { path }] of Object.entries(VENDORS)) {
    const json = await readFile(join(DIST, `${name}.js`), "utf8");
    set.server.handle(path, async () => ({ headers: { "Content-Type": "text/javascript" }, json }));
  }
});
after(() => set.stop());

const widget = ({ marker, language }, { sitekey, size = "normal", speaks = "", more = "" }) =>
  `<div class="${marker}" data-sitekey="${sitekey}" data-size="${size}" data-badge="inline" data-${language}="${speaks}" ${more}></div>`;
const open = ({ path }, body, context) =>
  set.open(
    `<script>document.documentElement.lang = "en"</script><main><h1>Contact</h1>${body}</main>`,
    {
      head: `<title>Contact</title><meta name="color-scheme" content="light dark"><script src="${path}" defer></script>`,
      context,
    },
  );
const rows = (page, vendor) => page.locator(`.${vendor.marker} .row`);

for (const [name, vendor] of Object.entries(VENDORS)) {
  test(`${name}: every language fits every size, whatever the card says`, async () => {
    const cards = Object.keys(LANGUAGES).flatMap((code) =>
      vendor.sizes.map((size) =>
        widget(vendor, { sitekey: vendor.key, size, speaks: `${code}-XX` }),
      ),
    );
    const page = await open(vendor, cards.join(""));
    await page.waitForFunction(
      ([marker, count]) =>
        document.querySelectorAll(`.${marker} iframe, .${marker} input`).length >= count,
      [vendor.marker, cards.length],
    );
    const [spoken, misfits] = await page.evaluate(
      ([marker, languages]) => {
        const spoken = [];
        const misfits = [...document.querySelectorAll(`.${marker}`)].flatMap((container) => {
          const inside = (node) => node.shadowRoot ?? [...node.children].map(inside).find(Boolean);
          const root = inside(container);
          const [row, words] = [".row", "bdi"].map((selector) => root.querySelector(selector));
          const { lang } = root.querySelector(".card");
          spoken.push(lang);
          return Object.values(languages[lang]).filter((phrase) => {
            words.textContent = phrase;
            const { scrollHeight, clientHeight, scrollWidth, clientWidth } = row;
            return scrollHeight > clientHeight || scrollWidth > clientWidth;
          });
        });
        return [spoken, misfits];
      },
      [vendor.marker, LANGUAGES],
    );
    const wanted = Object.keys(LANGUAGES).flatMap((code) => vendor.sizes.map(() => code));
    assert.deepEqual(spoken, wanted);
    assert.deepEqual(misfits, []);
  });

  for (const colorScheme of ["light", "dark"]) {
    test(`${name}: axe finds nothing wrong, ${colorScheme}`, async () => {
      const more = `data-theme="${colorScheme}" data-retry="never"`;
      const site = (label, behaviour) =>
        set.server.site(`${name}-${label}`, behaviour).split("/")[2];
      const keys = [
        vendor.key,
        "../",
        site("done"),
        site("failed", { challengeReply: () => ({ error: "No" }) }),
        site("working", { challengeDelay: 60_000 }),
      ];
      const cards = keys.flatMap((sitekey) =>
        vendor.sizes
          .slice(0, 1)
          .concat(vendor.sizes.at(-1))
          .map((size) => widget(vendor, { sitekey, size, more })),
      );
      const page = await open(vendor, cards.join(""), { colorScheme });
      await rows(page, vendor).last().waitFor();
      for (const box of await page.getByRole("checkbox").all()) {
        if ((await box.getAttribute("aria-disabled")) === "false") await box.click();
      }
      await page.getByText("Verified").first().waitFor();
      await page.getByText("Failed. Try again").first().waitFor();
      assert.deepEqual(await axeViolations(page), []);
    });
  }

  test(`${name}: without motion where the visitor wants none; the box is first in either direction`, async () => {
    const sitekey = set.server.site(`${name}-motion`, { challengeDelay: 60_000 }).split("/")[2];
    for (const [reducedMotion, animation] of [
      ["reduce", "none"],
      ["no-preference", "turn"],
    ]) {
      const page = await open(vendor, `<div dir="rtl">${widget(vendor, { sitekey })}</div>`, {
        reducedMotion,
      });
      const card = page.getByRole("checkbox");
      await card.waitFor();
      if (name !== "turnstile") await card.click();
      await page.getByText("Verifying…").first().waitFor();
      const seen = await card.evaluate((button) => ({
        animation: getComputedStyle(button.querySelector(".ring")).animationName,
        boxes: [".box", ".emblem"].map(
          (part) => button.querySelector(part).getBoundingClientRect().x,
        ),
      }));
      assert.equal(seen.animation, animation);
      assert.ok(seen.boxes[0] > seen.boxes[1]);
    }
  });
}

test("recaptcha: axe finds nothing wrong with a badge at the corner", async () => {
  const page = await open(
    { path: `${VENDORS.recaptcha.path}?render=${VENDORS.recaptcha.key}` },
    "",
  );
  await page.locator(".grecaptcha-badge").waitFor();
  assert.deepEqual(await axeViolations(page), []);
});

test("a click is told to assistive technology until it is done, and focus stays", async () => {
  const vendor = VENDORS.hcaptcha;
  const sitekey = set.server.site("spoken").split("/")[2];
  const page = await open(vendor, widget(vendor, { sitekey }));
  const box = page
    .getByRole("group", { name: "Human verification" })
    .getByRole("checkbox", { name: "I'm human" });
  assert.equal(await box.isChecked(), false);
  assert.equal(await page.getByRole("status").textContent(), "", "nothing is said before");
  await box.focus();
  await page.keyboard.press("Space");
  await page.getByRole("checkbox", { name: "Verified" }).waitFor();
  assert.equal(await page.getByRole("checkbox", { name: "Verified" }).isChecked(), true);
  assert.equal(await page.getByRole("status").textContent(), "Verified");
  const focused = await page.evaluate(
    () => document.activeElement.shadowRoot.activeElement.localName,
  );
  assert.equal(focused, "button");
});
