import VueRecaptcha from "vue3-recaptcha2";
import { serveVue } from "./vue.js";

serveVue(VueRecaptcha, ({ sitekey, size }, tell) => ({
  sitekey,
  size,
  onVerify: tell("token"),
  onExpire: tell("expired"),
  onFail: tell("error"),
}));
