import "@hcaptcha/vanilla-hcaptcha";
import { serve } from "./app.js";

serve((place, { sitekey, size, portcullis }, tell) => {
  const element = document.createElement("h-captcha");
  element.setAttribute("site-key", sitekey);
  element.setAttribute("jsapi", `${portcullis}/1/api.js`);
  if (size) element.setAttribute("size", size);
  element.addEventListener("verified", ({ token, eKey }) => [tell("token")(token), tell("key")(eKey)]);
  element.addEventListener("expired", tell("expired"));
  element.addEventListener("error", ({ error }) => tell("error")(error));
  element.addEventListener("loaded", () => tell("ready")());
  place.append(element);
  return {
    unmount: () => element.remove(),
    reset: () => element.reset(),
    execute: async () => (await element.executeAsync()).response,
  };
});
