/**
 * Entry of `hcaptcha.js`, which stands where a page loads hCaptcha's
 * `/1/api.js`. A second load keeps the widgets of the first, and does what its
 * own address says.
 */

import { named } from "../core/environment";
import { kept, page, query, whenLoaded } from "../vendor/script";
import { load } from "./api";

named("/1/api.js");
named("/hcaptcha/api.js");
const { hcaptcha, widgets } = kept("hcaptcha", load);
page.hcaptcha = hcaptcha;
widgets.compatible = query.get("recaptchacompat") !== "off";
if (widgets.compatible) page.grecaptcha ??= hcaptcha;
whenLoaded("hcaptcha", () => {
  const classes = widgets.compatible ? ["h-captcha", "g-recaptcha"] : ["h-captcha"];
  if (query.get("render") !== "explicit") widgets.renderAll(classes, hcaptcha.render);
});
