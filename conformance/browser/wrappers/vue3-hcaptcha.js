import VueHcaptcha from "@hcaptcha/vue3-hcaptcha";
import { serveVue } from "./vue.js";

serveVue(VueHcaptcha, ({ sitekey, size, portcullis }, tell) => ({
  sitekey,
  size,
  apiEndpoint: `${portcullis}/1/api.js`,
  onRendered: tell("ready"),
  onVerify: tell("token"),
  onExpired: tell("expired"),
  onError: tell("error"),
}));
