// Times a flow of the Crafy door in Chromium: from the answer to `optionsUrl` to `crafy:success`, in hidden mode, each in
// a fresh context. The page is the server's own demo, whose site has the ordinary difficulty.
//
//   node flow.mjs http://127.0.0.1:8099        prints one JSON object; needs /usr/bin/chromium, or CHROMIUM
//
// A browser that is driven is what the server is there to tell, so the site should only try its policy:
// `portcullis site set SITE_KEY --shadow`.

import { launch } from "./browser.mjs";

const ROUNDS = 21;
const [base] = process.argv.slice(2);

const browser = await launch();

/** Milliseconds of one flow, and those from the page's start. */
async function flow() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.finished = new Promise((resolve) => {
      addEventListener("crafy:success", () => resolve(performance.now()));
    });
  });
  await page.goto(`${base}/demo/hidden`);
  const times = await page.evaluate(async () => {
    const end = await window.finished;
    const [options] = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/demo/options"));
    return { flow: end - options.responseEnd, page: end };
  });
  await context.close();
  return times;
}

const median = (times) => Math.round([...times].sort((one, other) => one - other)[times.length >> 1]);

await flow();
const rounds = [];
for (let round = 0; round < ROUNDS; round++) rounds.push(await flow());
await browser.close();
console.log(
  JSON.stringify({
    rounds: ROUNDS,
    flow_median_ms: median(rounds.map(({ flow }) => flow)),
    flow_longest_ms: Math.round(Math.max(...rounds.map(({ flow }) => flow))),
    from_page_start_median_ms: median(rounds.map(({ page }) => page)),
  }),
);
