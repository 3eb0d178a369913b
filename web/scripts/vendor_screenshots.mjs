/**
 * `npm run screenshots:vendors -- FOLDER`: pictures of every vendor's widget in
 * every state and size, for a person to look at. Nothing is compared.
 */

import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stage } from "../test/browser.mjs";
import { DIST } from "./bundle.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("name a folder for the pictures");
await mkdir(folder, { recursive: true });
const set = await stage();
const key = (name, behaviour) => set.server.site(name, behaviour).split("/")[2];
const fails = { challengeReply: () => ({ error: "No" }) };
const slow = { count: 500, difficulty: 5 };

/** Each vendor: its script, its class, its sizes, and its states as site key, attributes and whether it is clicked. */
const VENDORS = {
  turnstile: {
    path: "/turnstile/v0/api.js",
    marker: "cf-turnstile",
    sizes: ["normal", "compact", "flexible"],
    states: [
      [key("t-idle"), 'data-execution="execute"'],
      [key("t-working", slow)],
      [key("t-done")],
      [key("t-failed", fails), 'data-retry="never"'],
      ["../"],
      ["3x00000000000000000000FF"],
    ],
  },
  hcaptcha: {
    path: "/1/api.js",
    marker: "h-captcha",
    sizes: ["normal", "compact"],
    states: [
      [key("h-idle")],
      [key("h-working", slow), "data-click"],
      [key("h-done"), "data-click"],
      [key("h-failed", fails), "data-click"],
      ["../"],
      ["10000000-ffff-ffff-ffff-000000000001"],
      [key("h-contrast"), 'data-theme="contrast"'],
    ],
  },
  recaptcha: {
    path: "/recaptcha/api.js",
    marker: "g-recaptcha",
    sizes: ["normal", "compact", "invisible"],
    states: [
      [key("r-idle")],
      [key("r-working", slow), "data-click"],
      [key("r-done"), "data-click"],
      [key("r-failed", fails), "data-click"],
      ["../"],
      ["6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI"],
    ],
  },
};
for (const [name, { path }] of Object.entries(VENDORS)) {
  const script = await readFile(join(DIST, `${name}.js`), "utf8");
  set.server.handle(path, async () => ({
    headers: { "Content-Type": "text/javascript" },
    json: script,
  }));
}

const STYLE = `<meta name="color-scheme" content="light dark"><meta name="viewport" content="width=device-width"><style>
  body { display: grid; gap: 12px; margin: 16px; justify-content: start; align-items: start }
  @media (min-width: 700px) { body { grid-template-columns: 305px 165px } }</style>`;

async function sheet(vendor, name, { dir = "ltr", theme = "", ...context } = {}) {
  const { path, marker, sizes, states } = VENDORS[vendor];
  const widgets = states.flatMap(([sitekey, more = ""]) =>
    sizes.map(
      (size) =>
        `<div class="${marker}" data-sitekey="${sitekey}" ${theme} ${more} data-size="${size}" data-badge="inline"
          ${size === "normal" ? "" : 'style="min-height:1px"'}></div>`,
    ),
  );
  const columns =
    sizes.length === 3 ? "<style>body { grid-template-columns: 305px 165px 300px }" : "";
  const page = await set.open(
    `<script>document.documentElement.dir = "${dir}"</script>${widgets.join("")}`,
    {
      head: `<script src="${path}" defer></script>${STYLE}${context.isMobile ? "" : `${columns}</style>`}`,
      context: { viewport: { width: 860, height: 1100 }, ...context },
    },
  );
  await page.waitForTimeout(500);
  for (const box of await page.locator("[data-click]").getByRole("checkbox").all())
    await box.click();
  if (vendor === "recaptcha") await page.evaluate(executeBadges);
  await page.waitForTimeout(2500);
  await page.screenshot({ path: join(folder, `${vendor}-${name}.png`), fullPage: true });
  await page.context().close();
}

function executeBadges() {
  const all = [...document.querySelectorAll(".g-recaptcha")];
  for (const [index, each] of all.entries()) {
    if (each.dataset.size === "invisible" && "click" in each.dataset)
      window.grecaptcha.execute(index);
  }
}

/** The badge where it usually is: in the corner, shut and open. */
async function corner(name, side, dir, colorScheme) {
  const sitekey = key("r-corner");
  const page = await set.open(
    `<script>document.documentElement.dir = "${dir}"</script><h1>A page</h1><div id="box"></div>`,
    {
      head: `<script src="/recaptcha/api.js?render=explicit"></script>${STYLE}`,
      context: { viewport: { width: 400, height: 160 }, colorScheme },
    },
  );
  const theme = colorScheme;
  await page.evaluate((params) => window.grecaptcha.render("box", params), {
    sitekey,
    badge: side,
    size: "invisible",
    theme,
  });
  await page.screenshot({ path: join(folder, `recaptcha-badge-${name}-shut.png`) });
  await page.locator(".grecaptcha-badge").hover();
  await page.waitForTimeout(600);
  await page.screenshot({ path: join(folder, `recaptcha-badge-${name}-open.png`) });
  await page.context().close();
}

const phone = {
  viewport: { width: 360, height: 700 },
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 2,
};
for (const vendor of Object.keys(VENDORS)) {
  await sheet(vendor, "light", { colorScheme: "light" });
  await sheet(vendor, "dark", { colorScheme: "dark", theme: 'data-theme="dark"' });
  await sheet(vendor, "rtl", { dir: "rtl" });
  await sheet(vendor, "forced", { forcedColors: "active" });
  await sheet(vendor, "phone", phone);
  for (const code of ["de", "ru", "hi"]) await sheet(vendor, code, { locale: code });
}
await corner("right", "bottomright", "ltr", "light");
await corner("left", "bottomleft", "rtl", "dark");
await set.stop();
