import { load } from "recaptcha-v3";
import { serve } from "./app.js";

serve((_place, { sitekey, portcullis, inside }, tell) => {
  const explicit = inside && { explicitRenderParameters: { badge: "bottomleft" } };
  const loading = load(sitekey, {
    customUrl: `${portcullis}/recaptcha/api.js`,
    autoHideBadge: !inside,
    ...explicit,
  });
  loading.then(() => tell("ready")());
  return {
    unmount() {},
    execute: async (action) => (await loading).execute(action),
  };
});
