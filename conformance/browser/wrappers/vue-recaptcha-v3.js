import { createApp, h } from "vue";
import { useReCaptcha, VueReCaptcha } from "vue-recaptcha-v3";
import { serve } from "./app.js";

serve((place, { sitekey, portcullis }, tell) => {
  let recaptcha;
  const app = createApp({
    setup() {
      recaptcha = useReCaptcha();
      recaptcha.recaptchaLoaded().then(() => tell("ready")());
      return () => h("div");
    },
  });
  const customUrl = `${portcullis}/recaptcha/api.js`;
  app.use(VueReCaptcha, { siteKey: sitekey, loaderOptions: { customUrl } });
  app.mount(place);
  return {
    unmount: () => app.unmount(),
    execute: (action) => recaptcha.executeRecaptcha(action),
  };
});
