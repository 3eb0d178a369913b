/**
 * What the demo pages share: a form is sent without a page load, the server's
 * verdict is shown, and the same token may be sent again to see it refused.
 */

/** An element of the page by its id. The page is ours, so it is there. */
export const part = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

/** What a page says of a verdict. */
interface Words {
  readonly passed: string;
  /** A sentence for each verdict, where the page has a place for it. */
  readonly because?: (success: boolean) => string;
}

/**
 * Takes a form over.
 *
 * @param again puts the page's own parts back for another try
 */
export function onVerdict(form: HTMLFormElement, words: Words, again: () => void): void {
  const outcome = part("outcome");
  let sent: URLSearchParams | undefined;
  const show = (success: boolean, verdict: string) => {
    form.hidden = true;
    outcome.hidden = false;
    outcome.dataset.passed = `${success}`;
    part("outcome-title").textContent = success ? words.passed : "Refused";
    if (words.because) part("outcome-text").textContent = words.because(success);
    part("outcome-verdict").textContent = verdict;
  };
  const send = async () => {
    const buttons = document.querySelectorAll<HTMLButtonElement>("button");
    for (const button of buttons) button.disabled = true;
    try {
      const headers = { Accept: "application/json" };
      const response = await fetch(form.action, { method: "POST", body: sent ?? null, headers });
      const verdict = await response.text();
      show(...read(verdict));
    } catch {
      show(false, "The server could not be reached.");
    }
    for (const button of buttons) button.disabled = false;
  };
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    sent = new URLSearchParams();
    for (const [name, value] of new FormData(form)) sent.append(name, String(value));
    void send();
  });
  part("replay").addEventListener("click", () => void (sent && send()));
  part("again").addEventListener("click", () => {
    outcome.hidden = true;
    form.hidden = false;
    again();
  });
}

/** Whether it passed, and the verdict as it is shown: indented if it is JSON. */
function read(verdict: string): [success: boolean, text: string] {
  try {
    const json = JSON.parse(verdict);
    return [json.success === true, JSON.stringify(json, null, 2)];
  } catch {
    return [false, verdict];
  }
}
