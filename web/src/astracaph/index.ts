/**
 * Entry of the AstraCaph loader. Puts a card into every container of the page,
 * once, and leaves nothing on `window`.
 */

import { serverOrigin } from "../core/environment";
import type { Success } from "./answer";
import { Recorder } from "./behavior";
import { type Fingerprint, fingerprint } from "./fingerprint";
import { LANGUAGES, languageOf } from "./locales";
import { onThemeWish, themeOf } from "./theme";
import { TokenField } from "./token_field";
import { Verification } from "./verification";
import { View } from "./view";

const recorder = new Recorder();
let facts: Fingerprint | undefined;

const mounted = new Map<View, AbortController>();

/** Puts cards into the containers that have none, and ends those whose container has left the page. */
function mountAll(): void {
  for (const [view, gone] of mounted) {
    if (view.present) continue;
    gone.abort();
    // A container that comes back starts over.
    view.remove();
    mounted.delete(view);
  }
  for (const container of document.querySelectorAll(CONTAINERS)) {
    if (!container.querySelector(":scope > [data-astracaph-card]")) mount(container);
  }
}

function mount(container: Element): void {
  const language = languageOf(navigator.languages);
  const phrases = LANGUAGES[language];
  const view = new View(container, language, phrases);
  const gone = new AbortController();
  const { signal } = gone;
  mounted.set(view, gone);
  onThemeWish(() => {
    view.theme = themeOf(container);
  }, signal);
  view.show({ sign: "checking", title: phrases.checking });
  const surroundings = {
    phrases,
    telemetry: () => telemetry(container),
    attended,
    verified: (success: Success) => announce(container, success),
  };
  const field = new TokenField(container, signal);
  const verification = new Verification(view, field, surroundings, signal);
  const begin = () => signal.aborted || verification.begin();
  whenIdle(begin);
  // Back from another page with what was there before: the token is old, or spent.
  addEventListener("pageshow", ({ persisted }) => persisted && begin(), { signal });
}

function telemetry(container: Element): Record<string, unknown> {
  facts ??= fingerprint();
  const frame = container.getAttribute("data-frame");
  const sandbox = container.getAttribute("data-sandbox-visit");
  return {
    siteKey: container.getAttribute("data-sitekey") || OPEN_SITE,
    fingerprint: facts,
    motion: recorder.motion(),
    behavior: recorder.behavior(),
    page: bare(location.href),
    referrer: bare(document.referrer),
    ...(frame && { frame }),
    ...(sandbox && { sandbox }),
  };
}

function announce(container: Element, { detail }: Success): void {
  container.dispatchEvent(new CustomEvent("astracaph:verified", { detail }));
  if (container.hasAttribute("data-sandbox-visit") && parent !== window) {
    parent.postMessage({ type: "astracaph-verified", detail }, serverOrigin());
  }
}

function attended(): boolean {
  return !document.hidden && performance.now() - recorder.lastAct < ATTENTION;
}

/** Once the page is seen, has settled, and there was time for the visitor to show. */
function whenIdle(begin: () => void): void {
  if (document.hidden) {
    document.addEventListener("visibilitychange", () => whenIdle(begin), { once: true });
    return;
  }
  setTimeout(() => {
    if ("requestIdleCallback" in window) requestIdleCallback(begin, { timeout: IDLE_LIMIT });
    else begin();
  }, SETTLING);
}

/** An address without what may be private in it, nor longer than the server reads. */
const bare = (address: string): string => address.replace(/[?#].*/s, "").slice(0, 2048);

const CONTAINERS = "#astracaph-container, [data-astracaph-container]";
const OPEN_SITE = "pk_open_astracaph_public";
const SETTLING = 500;
const IDLE_LIMIT = 300;
// Milliseconds without a sign of life after which a page counts as left.
const ATTENTION = 600_000;

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mountAll);
else mountAll();

// Pages that build themselves later. A burst of changes is looked at once.
let looking = false;
new MutationObserver(() => {
  if (looking || document.readyState === "loading") return;
  looking = true;
  setTimeout(() => {
    looking = false;
    mountAll();
  }, 50);
}).observe(document, { childList: true, subtree: true });
