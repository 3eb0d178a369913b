/**
 * Entry of `hcaptcha.js`, which stands where a page loads hCaptcha's
 * `/1/api.js`. A second load keeps the widgets of the first, and does what its
 * own address says.
 */

import { kept, loadedFrom, page, whenLoaded } from "../vendor/script";
import { load } from "./api";

const OURS = /^(?!([\w-]+\.)?hcaptcha\.com\/).*\/(1|hcaptcha)\/(secure-)?api\.js$/;
const { searchParams } = loadedFrom("hcaptcha", OURS);
const { hcaptcha, widgets } = kept("hcaptcha", load);
page.hcaptcha = hcaptcha;
// Once it is off it stays off: a wrapper may load the script again with a query of its own.
widgets.compatible &&= searchParams.get("recaptchacompat") !== "off";
if (widgets.compatible) page.grecaptcha ??= hcaptcha;
whenLoaded("hcaptcha", () => {
  const classes = widgets.compatible ? ["h-captcha", "g-recaptcha"] : ["h-captcha"];
  if (searchParams.get("render") !== "explicit") widgets.renderAll(classes, hcaptcha.render);
});
