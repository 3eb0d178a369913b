import HCaptcha from "svelte-hcaptcha";
import { serve } from "./app.js";

serve((target, { sitekey, size, portcullis }, tell) => {
  const component = new HCaptcha({
    target,
    props: { sitekey, size, apihost: `${portcullis}/1/api.js` },
  });
  component.$on("success", ({ detail }) => tell("token")(detail.token));
  component.$on("error", () => tell("error")());
  return {
    unmount: () => component.$destroy(),
    reset: () => component.reset(),
    execute: async () => (await component.execute({ async: true })).response,
  };
});
