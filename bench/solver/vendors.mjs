// Times pages made for reCAPTCHA, hCaptcha and Turnstile in Chromium, with the server's scripts in the place of the
// vendors': from the page's start to the token, in invisible mode, each in a fresh context. The site has the ordinary
// difficulty.
//
//   node vendors.mjs http://127.0.0.1:8099 SITE_KEY     prints one JSON object; needs /usr/bin/chromium, or CHROMIUM

import { createServer } from "node:http";
import { launch } from "./browser.mjs";

const ROUNDS = 15;
const [base, key] = process.argv.slice(2);

const PAGES = {
  recaptcha_v3: `<script src="${base}/recaptcha/api.js?render=${key}"></script>
    <script>grecaptcha.ready(() => grecaptcha.execute("${key}", { action: "home" }).then(finish));</script>`,
  recaptcha_invisible: `<script src="${base}/recaptcha/api.js?onload=begin" async defer></script><script>
    function begin() { grecaptcha.execute(); }</script>
    <div class="g-recaptcha" data-size="invisible" data-sitekey="${key}" data-callback="finish"></div>`,
  hcaptcha: `<script src="${base}/1/api.js?onload=begin" async defer></script><script>
    function begin() { hcaptcha.execute(); }</script>
    <div class="h-captcha" data-size="invisible" data-sitekey="${key}" data-callback="finish"></div>`,
  turnstile: `<script src="${base}/turnstile/v0/api.js" async defer></script>
    <div class="cf-turnstile" data-size="invisible" data-sitekey="${key}" data-callback="finish"></div>`,
};

const pages = createServer((request, response) => {
  const page = PAGES[request.url.slice(1)];
  response.writeHead(page ? 200 : 404, { "Content-Type": "text/html" });
  response.end(`<!doctype html><html lang="en"><title>A page</title><script>
    window.finished = new Promise((resolve) => { window.finish = () => resolve(performance.now()); });
    </script>${page}`);
});
await new Promise((resolve) => pages.listen(0, "127.0.0.1", resolve));

const browser = await launch();

/** Milliseconds from a page's start to its token. */
async function visit(name) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${pages.address().port}/${name}`);
  const time = await page.evaluate(() => window.finished);
  await context.close();
  return time;
}

const results = { rounds: ROUNDS };
for (const name of Object.keys(PAGES)) {
  await visit(name);
  const times = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await visit(name));
  times.sort((one, other) => one - other);
  results[name] = { median_ms: Math.round(times[ROUNDS >> 1]), longest_ms: Math.round(times.at(-1)) };
}
await browser.close();
pages.close();
console.log(JSON.stringify(results));
