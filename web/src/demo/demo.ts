/**
 * The demo page without a page load: sends the form, shows the server's
 * verdict, and offers to send the same token again to see it refused. Without
 * this script the form posts as any form does.
 */

import type { CapWidget } from "../cap-widget/element";

/** An element of the page by its id. The page is ours, so it is there. */
const part = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

const form = part<HTMLFormElement>("message-form");
const outcome = part("outcome");
const widget = form.querySelector("cap-widget") as CapWidget;
let sent: URLSearchParams | undefined;

async function send(fields: URLSearchParams): Promise<void> {
  const buttons = document.querySelectorAll<HTMLButtonElement>("button");
  for (const button of buttons) button.disabled = true;
  try {
    const headers = { Accept: "application/json" };
    const response = await fetch(form.action, { method: "POST", body: fields, headers });
    const verdict = await response.text();
    show(passed(verdict), pretty(verdict));
  } catch {
    show(false, "The server could not be reached.");
  }
  for (const button of buttons) button.disabled = false;
}

function show(success: boolean, verdict: string): void {
  form.hidden = true;
  outcome.hidden = false;
  outcome.dataset.passed = `${success}`;
  part("outcome-title").textContent = success ? "The message went through" : "Refused";
  part("outcome-text").textContent = success
    ? "The server verified the token and has now spent it."
    : "The server did not accept this token.";
  part("outcome-verdict").textContent = verdict;
}

function passed(verdict: string): boolean {
  try {
    return JSON.parse(verdict).success === true;
  } catch {
    return false;
  }
}

function pretty(verdict: string): string {
  try {
    return JSON.stringify(JSON.parse(verdict), null, 2);
  } catch {
    return verdict;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  sent = new URLSearchParams();
  for (const [name, value] of new FormData(form)) sent.append(name, String(value));
  void send(sent);
});

part("replay").addEventListener("click", () => {
  if (sent) void send(sent);
});

part("again").addEventListener("click", () => {
  outcome.hidden = true;
  form.hidden = false;
  widget.reset();
  part("message").focus();
});
