/** The page for a frame and the sandbox, each under the policy its server sends. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { DIST } from "../scripts/bundle.mjs";
import { axeViolations, scene } from "./astracaph_page.mjs";

let set;
before(async () => {
  set = await scene();
});
after(() => set.stop());

const frame = (query, attributes = "") =>
  `<iframe title="Check" width="350" height="500" ${attributes} src="${set.server.origin}/captcha/widget?${query}"></iframe>`;

/** Opens a page that frames ours and writes down every message it gets. */
const framing = (query, attributes) =>
  set.show(frame(query, attributes), {
    init: `window.messages = [];
      addEventListener("message", ({ data, origin }) => window.messages.push({ data, origin }));`,
  });
const messages = (page) => page.evaluate(() => window.messages);
const inside = (page) => page.frameLocator("iframe");

test("a frame hands its token to the page around it, bound by the seal", async () => {
  set.api.site("framed", { steps: ["work"] });
  const page = await framing("theme=dark&siteKey=framed");
  await page.waitForFunction(() => window.messages.length > 0);
  const [{ data, origin }] = await messages(page);
  assert.equal(origin, set.server.origin);
  const { token } = data.detail;
  assert.deepEqual(data, {
    type: "astracaph-verified",
    detail: { token, success: true, siteKey: "framed" },
  });
  assert.equal(set.api.verify(token), true);
  for (const { body } of set.api.of("framed")) assert.equal(body.frame, "sealed-by-the-server");
  assert.deepEqual(page.problems, []);
});

test("a frame says nothing to a page other than the sealed one, nor to one unknown", async () => {
  set.api.site("spied");
  for (const [query, attributes] of [
    ["siteKey=spied&lie=https://other.example", ""],
    ["siteKey=spied", 'referrerpolicy="no-referrer"'],
  ]) {
    const page = await framing(query, attributes);
    await inside(page).locator('.card[data-sign="done"]').waitFor();
    assert.deepEqual(await messages(page), []);
  }
});

test("the framed page fits its frame, in both themes, and axe finds nothing wrong", async () => {
  set.api.site("fits", { steps: ["press_hold"] });
  const [LIGHT, DARK] = ["rgb(245, 247, 250)", "rgb(17, 21, 27)"];
  for (const [theme, colorScheme, ground] of [
    ["light", "dark", LIGHT],
    ["dark", "light", DARK],
    ["auto", "light", LIGHT],
    ["auto", "dark", DARK],
  ]) {
    const page = await framing(`theme=${theme}&siteKey=fits`);
    await inside(page).locator('.card[data-sign="asking"]').waitFor();
    const overflows = await inside(page)
      .locator("html")
      .evaluate(
        (root) => root.scrollWidth > root.clientWidth || root.scrollHeight > root.clientHeight,
      );
    assert.equal(overflows, false);
    const alone = await set.show("", { context: { colorScheme } });
    await alone.goto(`${set.server.origin}/captcha/widget?theme=${theme}&siteKey=fits`);
    await alone.locator('.card[data-sign="asking"]').waitFor();
    const shown = await alone.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(shown, ground);
    const card = theme === "auto" ? colorScheme : theme;
    assert.equal(await alone.locator(".card").getAttribute("data-theme"), card);
    assert.deepEqual(await axeViolations(alone), []);
  }
});

/** Opens the sandbox; what the page complains about is kept. */
async function sandbox(context) {
  set.api.site("pk_open_astracaph_public", { steps: ["work"] });
  const page = await set.show("", { context });
  const complaints = [];
  page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
  await page.goto(`${set.server.origin}/sandbox`);
  return Object.assign(page, { complaints });
}
const token = (page) => page.getByRole("textbox", { name: "Latest token" });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const hasToken = (page) =>
  page.waitForFunction(() => document.getElementById("token").value.length > 20);

test("the sandbox shows a token of its preview; it verifies once; the log tells both", async () => {
  const page = await sandbox();
  assert.equal(await button(page, "Verify").isDisabled(), true);
  await hasToken(page);
  const { body, origin } = set.api.of("pk_open_astracaph_public").at(-1) ?? set.api.calls.at(-1);
  assert.equal(origin, "null");
  assert.equal(body.sandbox, "visit-of-this-page");
  await button(page, "Verify").click();
  await page.getByText("200: Verification successful").waitFor();
  await button(page, "Verify").click();
  await page.getByText("409: Token already used or unknown").waitFor();
  const log = page.getByRole("list", { name: "Log" });
  await log.getByText("POST /api/v1/verify").nth(1).waitFor();
  assert.match(await log.getByRole("listitem").first().textContent(), /409/);
  const before = await log.getByRole("listitem").count();
  await log.getByRole("listitem").last().locator("summary").click();
  await page.waitForTimeout(2000);
  // Asked again meanwhile: what was opened stays open, and nothing is there twice.
  assert.equal(await log.locator("details[open]").count(), 1);
  assert.equal(await log.getByRole("listitem").count(), before);
  const expected = /Failed to load resource/;
  assert.deepEqual(
    page.complaints.filter((line) => !expected.test(line)),
    [],
  );
  assert.deepEqual(page.problems, []);
});

test("the preview has no origin, runs its own scripts, and follows the editor", async () => {
  const page = await sandbox();
  await hasToken(page);
  const preview = page.frameLocator("#preview");
  await preview.getByRole("button", { name: "Send" }).click();
  await preview.getByText("Would be sent with a token.").waitFor();
  const editor = page.getByRole("textbox", { name: "HTML of the page" });
  await editor.fill(
    "<h1>Mine</h1><p></p><script>document.querySelector('p').textContent = origin</script>",
  );
  await preview.getByRole("heading", { name: "Mine" }).waitFor();
  await preview.getByText("null", { exact: true }).waitFor();
  assert.equal(await token(page).inputValue(), "");
  await editor.fill("<h1>At once</h1>");
  await editor.press("Control+Enter");
  await preview.getByRole("heading", { name: "At once" }).waitFor();
  await button(page, "Start over").click();
  await hasToken(page);
});

test("a message from anything but the preview is not believed", async () => {
  const page = await sandbox();
  await hasToken(page);
  const latest = await token(page).inputValue();
  await page.evaluate(() =>
    postMessage({ type: "astracaph-verified", detail: { token: "forged".repeat(9) } }, "*"),
  );
  await page.waitForTimeout(200);
  assert.equal(await token(page).inputValue(), latest);
});

test("the log is asked for while somebody looks, and not while the page is hidden", async () => {
  const page = await sandbox();
  let asked = 0;
  const addresses = new Set();
  page.on("request", (request) => {
    if (!request.url().includes("/api/v1/logs")) return;
    asked++;
    addresses.add(new URL(request.url()).search);
  });
  await hasToken(page);
  for (const before = asked; asked < before + 2; ) await page.waitForTimeout(50);
  assert.deepEqual([...addresses], ["?limit=100&visit=visit-of-this-page"]);
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await page.waitForTimeout(300);
  asked = 0;
  await page.waitForTimeout(2500);
  assert.equal(asked, 0);
});

test("without a server the sandbox says so and goes on", async () => {
  const page = await sandbox();
  await hasToken(page);
  await page.context().setOffline(true);
  await page.getByText("The log cannot be read just now.").waitFor();
  await button(page, "Verify").click();
  await page.getByText("The server could not be reached.").waitFor();
  await page.context().setOffline(false);
  await page.getByText("The log cannot be read just now.").waitFor({ state: "hidden" });
  assert.deepEqual(page.problems, []);
});

for (const [name, viewport] of Object.entries({
  phone: { width: 360, height: 740 },
  desktop: { width: 1280, height: 800 },
})) {
  test(`the sandbox on a ${name}: nothing sticks out, and axe finds nothing wrong`, async () => {
    for (const colorScheme of ["light", "dark"]) {
      const page = await sandbox({ viewport, colorScheme });
      await hasToken(page);
      await button(page, "Verify").click();
      await page.getByText("200: Verification successful").waitFor();
      await page.getByRole("list", { name: "Log" }).getByText("/api/v1/verify").first().waitFor();
      await page.getByRole("list", { name: "Log" }).locator("summary").first().click();
      assert.deepEqual(await axeViolations(page), []);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= viewport.width, `${width} px wide`);
      const preview = page.frameLocator("#preview").locator("html");
      assert.equal(await preview.evaluate((root) => root.scrollWidth > root.clientWidth), false);
    }
  });
}

test("the pages hold no inline code, and every value has its place once or as often as needed", async () => {
  const places = {
    "astracaph_frame.html": "PARENT_ORIGIN SEAL SITE_KEY THEME",
    "sandbox.html": "NONCE VISIT",
  };
  for (const [name, wanted] of Object.entries(places)) {
    const html = await readFile(`${DIST}/${name}`, "utf8");
    assert.doesNotMatch(html, /<style|\son\w+=|\sstyle=|<script(?![^>]*\ssrc=)/);
    const found = [...new Set([...html.matchAll(/\{\{(\w+)\}\}/g)].map(([, place]) => place))];
    assert.equal(found.sort().join(" "), wanted);
    for (const [, value] of html.matchAll(/(\S*)\{\{\w+\}\}/g)) assert.match(value, /="$/);
    for (const [, address] of html.matchAll(/\s(?:src|href)="([^"#]*)"/g)) {
      assert.match(address, /^\/(assets\/[\w.]+|api\/v1\/widget\.js)$/);
    }
  }
});
