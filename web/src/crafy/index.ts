/**
 * Entry of CrafyCAPTCHA.js: the one name it leaves on `window`, and the event
 * that says so.
 */

import { named } from "../core/environment";
import { Recorder } from "../telemetry/behavior";
import { CrafyCAPTCHA } from "./captcha";

named(/\/assets\/CrafyCAPTCHA\.[^/]*$/);
const page = window as { CrafyCAPTCHA?: unknown };

// A second copy of the script keeps the widgets of the first.
if (!page.CrafyCAPTCHA) {
  CrafyCAPTCHA.recorder = new Recorder();
  page.CrafyCAPTCHA = CrafyCAPTCHA;
}

const announce = () => dispatchEvent(new Event("CrafyCAPTCHALoaded"));

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", announce);
else announce();
