/**
 * The pages that show each rung of the ladder: puts the widget into the form,
 * sends the form, and shows what its backend says of the token.
 */

interface Captcha {
  reset(): void;
}

interface Crafy {
  init(
    container: HTMLElement,
    publicKey: string,
    publicToken: string,
    signingPublicKey: string,
    options: object,
    extra?: object,
  ): Captcha;
}

/** An element of the page by its id. The page is ours, so it is there. */
const part = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

const form = part<HTMLFormElement>("ladder-form");
const outcome = part("outcome");
const container = part("captcha");
let captcha: Captcha | undefined;
let sent: URLSearchParams | undefined;

function begin(): void {
  const { siteKey = "", publicToken = "", signingPublicKey = "", kind = "" } = container.dataset;
  const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const options = { optionsUrl: "/demo/options", theme };
  const extra = { fetchOptionsParameters: { kind } };
  const { CrafyCAPTCHA } = window as unknown as { CrafyCAPTCHA: Crafy };
  captcha = CrafyCAPTCHA.init(container, siteKey, publicToken, signingPublicKey, options, extra);
}

async function send(fields: URLSearchParams): Promise<void> {
  const buttons = document.querySelectorAll<HTMLButtonElement>("button");
  for (const button of buttons) button.disabled = true;
  try {
    const response = await fetch(form.action, { method: "POST", body: fields });
    const verdict = await response.json();
    show(verdict.success === true, JSON.stringify(verdict, null, 2));
  } catch {
    show(false, "The server could not be reached.");
  }
  for (const button of buttons) button.disabled = false;
}

function show(success: boolean, verdict: string): void {
  form.hidden = true;
  outcome.hidden = false;
  outcome.dataset.passed = `${success}`;
  part("outcome-title").textContent = success ? "The form went through" : "Refused";
  part("outcome-verdict").textContent = verdict;
}

form.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
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
  captcha?.reset();
  part("name").focus();
});

if ("CrafyCAPTCHA" in window) begin();
else addEventListener("CrafyCAPTCHALoaded", begin, { once: true });
