/**
 * The sandbox page: an editor, its page live in a frame without an origin, the
 * token that comes out, and what the server did about it.
 */

import { LogView } from "./log_view";
import { withNonce } from "./nonce";
import STARTER from "./starter.html";

/** An element of the page by its id. The page is ours, so it is there. */
const part = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

const { visit = "", nonce = "" } = document.documentElement.dataset;
const starter = STARTER.replace("VISIT", visit);
const editor = part<HTMLTextAreaElement>("editor");
const preview = part<HTMLIFrameElement>("preview");
const verify = part<HTMLButtonElement>("verify");
const verdict = part("verdict");
const verdictBody = part("verdict-body");
const log = new LogView(part("log"), part("log-empty"), part("log-state"), visit);
let shown = "";
let token = "";
let typing: ReturnType<typeof setTimeout> | undefined;

function run(): void {
  clearTimeout(typing);
  shown = editor.value;
  hold("");
  preview.srcdoc = withNonce(shown, nonce);
}

function hold(latest: string): void {
  token = latest;
  part<HTMLTextAreaElement>("token").value = latest;
  verify.disabled = !latest;
  verdict.textContent = "";
  verdict.removeAttribute("data-success");
  verdictBody.hidden = true;
}

async function spend(): Promise<void> {
  verify.disabled = true;
  try {
    const response = await fetch("/api/v1/verify", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token, origin: location.origin, sandbox: visit }),
    });
    const reply = await response.json();
    verdict.dataset.success = `${reply.success === true}`;
    verdict.textContent = `${response.status}: ${reply.success ? reply.message : reply.error}`;
    verdictBody.textContent = JSON.stringify(reply, null, 2);
    verdictBody.hidden = false;
  } catch {
    verdict.dataset.success = "false";
    verdict.textContent = "The server could not be reached.";
  }
  // A second try shows that a token is good for one use.
  verify.disabled = !token;
  void log.refresh();
}

editor.value = starter;
editor.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => editor.value !== shown && run(), PAUSE);
});
editor.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  run();
});
part("show").addEventListener("click", run);
part("restore").addEventListener("click", () => {
  editor.value = starter;
  run();
});
verify.addEventListener("click", () => void spend());
addEventListener("message", ({ source, data }) => {
  const latest = data?.type === "astracaph-verified" && data.detail?.token;
  if (source !== preview.contentWindow || typeof latest !== "string") return;
  hold(latest.slice(0, TOKEN_MAX));
  void log.refresh();
});

run();
log.start();

// Milliseconds after the last key: each run costs a challenge.
const PAUSE = 1000;
const TOKEN_MAX = 8192;
