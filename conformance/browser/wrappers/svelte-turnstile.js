import { mount, unmount } from "svelte";
import { Turnstile } from "svelte-turnstile";
import { serve } from "./app.js";

serve((target, { sitekey, options }, tell) => {
  const component = mount(Turnstile, {
    target,
    props: { siteKey: sitekey, ...options },
    events: {
      callback: ({ detail }) => tell("token")(detail.token),
      expired: tell("expired"),
      error: ({ detail }) => tell("error")(detail.code),
    },
  });
  return { unmount: () => unmount(component), reset: () => component.reset() };
});
