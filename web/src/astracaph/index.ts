/**
 * Entry of the AstraCaph loader. Puts a card into every container of the page,
 * once, and leaves nothing on `window`.
 */

import { named, serverOrigin } from "../core/environment";
import { languageOf } from "../core/language";
import { onThemeWish, themeOf } from "../core/theme";
import { whenIdle } from "../core/when_idle";
import { Recorder } from "../telemetry/behavior";
import { telemetryOf } from "../telemetry/visit";
import type { Success } from "./answer";
import { LANGUAGES } from "./locales";
import { TokenField } from "./token_field";
import { Verification } from "./verification";
import { View } from "./view";

named(/\/api\/v1\/widget\.js$/);
const recorder = new Recorder();

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
  const language = languageOf(navigator.languages, LANGUAGES);
  const phrases = LANGUAGES[language];
  const view = new View(container, language, phrases);
  const gone = new AbortController();
  const { signal } = gone;
  mounted.set(view, gone);
  onThemeWish(() => {
    view.theme = themeOf(container, container.getAttribute("data-theme"));
  }, signal);
  view.show({ sign: "checking", title: phrases.checking });
  const surroundings = {
    phrases,
    startPath: () => recorder.startPath(),
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
  const frame = container.getAttribute("data-frame");
  const sandbox = container.getAttribute("data-sandbox-visit");
  return {
    siteKey: container.getAttribute("data-sitekey") || OPEN_SITE,
    ...telemetryOf(recorder),
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

const CONTAINERS = "#astracaph-container, [data-astracaph-container]";
const OPEN_SITE = "pk_open_astracaph_public";
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
