/** The demo page at `/`: a form that is sent, verified, and refused the second time, on phone and desktop. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { click, event, openStage } from "./stage.mjs";

const SCREENS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

let stage;
before(async () => {
  stage = await openStage();
});
after(() => stage?.stop());

async function filledDemo(context) {
  const page = await stage.visit(`${stage.portcullis.base}/`, context);
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("Message").fill("The engine weaves algebraic patterns.");
  return page;
}

const verdict = async (page) => JSON.parse(await page.locator("#outcome-verdict").textContent());

for (const [screen, viewport] of Object.entries(SCREENS)) {
  test(`${screen}: the form goes through once`, async () => {
    const page = await filledDemo({ viewport });
    await click(page);
    await event(page, "solve");
    await page.getByRole("button", { name: "Send message" }).click();
    await page.getByRole("heading", { name: "The message went through" }).waitFor();
    const first = await verdict(page);
    assert.deepEqual(
      { success: first.success, hostname: first.hostname, action: first.action },
      { success: true, hostname: "127.0.0.1", action: "demo" },
    );
    await page.getByRole("button", { name: "Submit the same token again" }).click();
    await page.getByRole("heading", { name: "Refused" }).waitFor();
    assert.equal((await verdict(page)).success, false);
    await page.getByRole("button", { name: "Write another message" }).click();
    await page.locator("cap-widget").waitFor();
    assert.equal(await page.evaluate(() => document.querySelector("cap-widget").token), null);
    assert.deepEqual(page.seen.problems, []);
    assert.deepEqual(page.seen.violations, []);
  });

  test(`${screen}: nothing is wider than the screen`, async () => {
    const page = await filledDemo({ viewport });
    const { content, screen: width } = await page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      screen: document.documentElement.clientWidth,
    }));
    assert.ok(content <= width, `${content} > ${width}`);
  });
}

test("the form is not sent before the widget is solved", async () => {
  const page = await filledDemo();
  await page.getByRole("button", { name: "Send message" }).click();
  await page.waitForTimeout(300);
  assert.equal(await page.locator("#outcome").isVisible(), false);
  assert.equal(page.seen.answers.filter((one) => one.url().endsWith("/demo/submit")).length, 0);
});

test("without JavaScript the form still answers, with a refusal in words", async () => {
  const page = await filledDemo({ javaScriptEnabled: false });
  await page.getByRole("button", { name: "Send message" }).click();
  await page.getByRole("heading", { name: "The message was refused" }).waitFor();
});
