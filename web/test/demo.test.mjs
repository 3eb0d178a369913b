/** The demo page, under the policy its server sends. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { DIST } from "../scripts/bundle.mjs";
import { checkbox, policy, seen, stage } from "./browser.mjs";

let set;
before(async () => {
  set = await stage();
});
after(() => set.stop());

const headers = policy(["img-src", "'self'"], ["form-action", "'self'"]);

async function open(context) {
  set.server.site("demo-site");
  const html = await readFile(`${DIST}/index.html`, "utf8");
  const page = await set.open("", { context });
  const complaints = [];
  page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
  await page.goto(set.server.page(html.replaceAll("__SITE_KEY__", "demo-site"), headers));
  return Object.assign(page, { complaints });
}

/** Stands in for the backend: verifies as the Rust server would. */
const backend = (page) =>
  page.route("**/demo/submit", (route) => {
    const fields = new URLSearchParams(route.request().postData());
    const success = set.server.verify(fields.get("cap-token"));
    const json = success ? { success } : { success, "error-codes": ["timeout-or-duplicate"] };
    return route.fulfill({ json });
  });

async function fill(page) {
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Message").fill("Hello & goodbye");
}

test("a message goes through once; the same token is refused", async () => {
  const page = await open();
  await backend(page);
  await fill(page);
  await checkbox(page).click();
  await seen(page, "solve");
  await page.getByRole("button", { name: "Send message" }).click();
  await page.getByRole("heading", { name: "The message went through" }).waitFor();
  assert.match(await page.locator("pre").textContent(), /"success": true/);
  await page.getByRole("button", { name: "Submit the same token again" }).click();
  await page.getByRole("heading", { name: "Refused" }).waitFor();
  assert.match(await page.locator("pre").textContent(), /timeout-or-duplicate/);
  await page.getByRole("button", { name: "Write another message" }).click();
  assert.equal(await checkbox(page).isChecked(), false);
  await checkbox(page).click();
  await seen(page, "solve", 2);
  await page.getByRole("button", { name: "Send message" }).click();
  await page.getByRole("heading", { name: "The message went through" }).waitFor();
  assert.deepEqual(page.problems, []);
  const expected = /Failed to load resource/;
  assert.deepEqual(
    page.complaints.filter((line) => !expected.test(line)),
    [],
  );
});

test("without the token the form stays where it is", async () => {
  const page = await open();
  await fill(page);
  await page.getByRole("button", { name: "Send message" }).click();
  assert.equal(await page.locator("#outcome").isVisible(), false);
  assert.equal(await page.evaluate(() => document.forms[0].checkValidity()), false);
});

test("without demo.js the form posts by itself", async () => {
  set.server.asset("demo.js", "");
  const page = await open();
  await fill(page);
  await checkbox(page).click();
  const { token } = await seen(page, "solve");
  const posted = page.waitForRequest("**/demo/submit");
  await page.getByRole("button", { name: "Send message" }).click();
  const request = await posted;
  assert.equal(request.headers()["content-type"], "application/x-www-form-urlencoded");
  assert.deepEqual(
    [...new URLSearchParams(request.postData())],
    [
      ["name", "Ada"],
      ["message", "Hello & goodbye"],
      ["cap-token", token],
    ],
  );
  set.server.asset("demo.js", undefined);
});

test("without any script the page says what it needs", async () => {
  const page = await open({ javaScriptEnabled: false });
  assert.equal(await page.locator(".notice").isVisible(), true);
});

test("the card of the ladder follows the visitor's wish", async () => {
  const html = await readFile(`${DIST}/ladder.html`, "utf8");
  const key = Buffer.alloc(32, 1).toString("base64");
  const keys = { SITE_KEY: "pk", PUBLIC_TOKEN: "pt", SIGNING_PUBLIC_KEY: key };
  const init = `const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (init) { return attach.call(this, { ...init, mode: "open" }) }`;
  const page = await set.open("", { context: { colorScheme: "dark" }, init });
  await page.goto(
    set.server.page(
      html.replaceAll(/__(\w+?)__/g, (_, name) => keys[name] ?? "x"),
      headers,
    ),
  );
  await page.locator('.card[data-theme="dark"]').waitFor();
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator('.card[data-theme="light"]').waitFor();
  assert.deepEqual(page.problems, []);
});

test("our pages refer to nothing but our own assets and hold no inline code", async () => {
  for (const name of ["index.html", "ladder.html", "result.html"]) {
    const html = await readFile(`${DIST}/${name}`, "utf8");
    const addresses = [...html.matchAll(/\s(?:src|href|action)="([^"]*)"/g)].map(
      ([, found]) => found,
    );
    for (const address of addresses) {
      assert.match(address, /^\/(assets\/[\w.]+|demo\/[a-z-]+|sandbox)?$/);
    }
    assert.doesNotMatch(html, /<style|\son\w+=|\sstyle=|<script(?![^>]*\ssrc=)/);
  }
  const result = await readFile(`${DIST}/result.html`, "utf8");
  assert.match(result, /__VERDICT__/);
  assert.match(result, /__MESSAGE__/);
});
