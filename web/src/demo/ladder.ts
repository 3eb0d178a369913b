/**
 * The pages that show each rung of the ladder: puts the widget into the form,
 * sends the form, and shows what its backend says of the token.
 */

import { onVerdict, part } from "./verdict";

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

const form = part<HTMLFormElement>("ladder-form");
const container = part("captcha");
let captcha: Captcha | undefined;

function begin(): void {
  const { siteKey = "", publicToken = "", signingPublicKey = "", kind = "" } = container.dataset;
  const options = { optionsUrl: "/demo/options" };
  const extra = { fetchOptionsParameters: { kind } };
  const { CrafyCAPTCHA } = window as unknown as { CrafyCAPTCHA: Crafy };
  captcha = CrafyCAPTCHA.init(container, siteKey, publicToken, signingPublicKey, options, extra);
}

onVerdict(form, { passed: "The form went through" }, () => {
  captcha?.reset();
  part("name").focus();
});

if ("CrafyCAPTCHA" in window) begin();
else addEventListener("CrafyCAPTCHALoaded", begin, { once: true });
