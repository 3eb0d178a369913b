// The module's own exports name no file of its run time, which Nuxt takes from the folder.
import NuxtTurnstile from "../node_modules/@nuxtjs/turnstile/dist/runtime/components/NuxtTurnstile.vue";
import { serveVue } from "./vue.js";

serveVue(NuxtTurnstile, ({ sitekey, options }, tell) => ({
  siteKey: sitekey,
  options: { ...options, "error-callback": tell("error") },
  "onUpdate:modelValue": tell("token"),
}));
