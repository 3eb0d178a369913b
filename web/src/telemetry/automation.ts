/**
 * Traces that automation leaves in a page. Finding one proves little about a
 * visitor who hides; finding none proves nothing. Developer tools and assistive
 * technology leave none of these.
 */

/** Names of the traces found, each once; the list is short by construction. */
export function automationTraces(): string[] {
  const found = new Set<string>();
  const names = [...Object.getOwnPropertyNames(window), ...Object.getOwnPropertyNames(document)];
  for (const [trace, pattern] of GLOBALS) {
    if (names.some((name) => pattern.test(name))) found.add(trace);
  }
  const root = document.documentElement;
  if (["webdriver", "selenium", "driver"].some((name) => root.hasAttribute(name))) {
    found.add("selenium");
  }
  if (/Headless/.test(navigator.userAgent)) found.add("headless");
  if (webdriverIsPatched()) found.add("webdriver-patched");
  return [...found];
}

/** Whether somebody replaced `navigator.webdriver`, which no honest page needs. */
function webdriverIsPatched(): boolean {
  if (Object.hasOwn(navigator, "webdriver")) return true;
  const own = Object.getOwnPropertyDescriptor(Navigator.prototype, "webdriver");
  if (!own) return !!navigator.webdriver;
  return !own.get || !/\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(own.get));
}

const GLOBALS: readonly [trace: string, pattern: RegExp][] = [
  ["cdc", /^\$?cdc_[a-zA-Z0-9]{10,}|^\$chrome_asyncScriptInfo$/],
  ["playwright", /^__(playwright|pw)(_|[A-Z])/],
  ["puppeteer", /^__?puppeteer_/],
  [
    "selenium",
    /^_{0,2}\$?(fxdriver|webdriver|selenium|driver)_(evaluate|unwrapped|script|id)|^_Selenium_IDE_Recorder$|^callSelenium$|^__lastWatir|^__webdriverFunc$/,
  ],
  ["phantom", /^(call|_)?[pP]hantom(as)?$/],
  ["nightmare", /^__nightmare$/],
  ["cypress", /^Cypress$/],
  ["dom-automation", /^domAutomation(Controller)?$/],
];
