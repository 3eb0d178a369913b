import { VueRecaptcha } from "vue-recaptcha";
import { serveVue } from "./vue.js";

serveVue(VueRecaptcha, ({ sitekey, size, portcullis }, tell) => ({
  sitekey,
  size,
  recaptchaHost: new URL(portcullis).host,
  onRender: tell("ready"),
  onVerify: tell("token"),
  onExpired: tell("expired"),
  onError: tell("error"),
}));
