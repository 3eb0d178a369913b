/** Mounts Vue components. */

import { createApp, h, ref } from "vue";
import { serve } from "./app.js";

/**
 * @param component the wrapper's
 * @param propsOf   its properties, of the options and `tell`
 */
export function serveVue(component, propsOf) {
  serve((place, options, tell) => {
    const inside = ref(null);
    const model = ref("");
    const app = createApp({
      render: () => h(component, { ref: inside, ...propsOf(options, tell, model) }),
    });
    app.mount(place);
    return {
      unmount: () => app.unmount(),
      reset: () => inside.value.reset(),
      execute: () => inside.value.execute(),
    };
  });
}
