import VueTurnstile from "vue-turnstile";
import { serveVue } from "./vue.js";

serveVue(VueTurnstile, ({ sitekey, options }, tell, model) => ({
  siteKey: sitekey,
  ...options,
  modelValue: model.value,
  "onUpdate:modelValue"(token) {
    model.value = token;
    if (token) tell("token")(token);
  },
  onExpired: tell("expired"),
  onError: tell("error"),
}));
