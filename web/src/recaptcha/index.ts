/**
 * Entry of `recaptcha.js`, which stands where a page loads reCAPTCHA's
 * `/recaptcha/api.js` or `/recaptcha/enterprise.js`. A second load keeps the
 * clients of the first, and does what its own address says.
 */

import { isSiteKey } from "../vendor/parameters";
import { kept, loadedFrom, page, whenLoaded } from "../vendor/script";
import { configuration, load } from "./api";

const OURS = /^(?!(www\.)?(google\.com|recaptcha\.net)\/).*\/recaptcha\/(api|enterprise)\.js$/;
const { pathname, searchParams } = loadedFrom("recaptcha", OURS);
const loaded = kept("recaptcha", load);
const { methods, clients, sitekeys } = loaded;

// The page's own stub stays the object it is. What another vendor's script has put there does not become ours.
const there = page.grecaptcha as Record<string, unknown> | undefined;
const foreign =
  typeof there !== "object" || !there || (there.render && there.render !== methods.render);
const grecaptcha = foreign ? {} : there;
Object.assign(grecaptcha, methods, { enterprise: { ...methods } });
page.grecaptcha = grecaptcha;
page.__google_recaptcha_client = true;

const render = searchParams.get("render") || "onload";
if (render !== "explicit" && render !== "onload" && isSiteKey(render)) sitekeys.add(render);
const settings = configuration();
settings.render ??= [];
settings.render.push(render);
settings.onload = searchParams.get("onload");
settings.enterprise = pathname.endsWith("/enterprise.js");
for (const callback of settings.fns.splice(0)) methods.ready(callback as () => void);

whenLoaded("recaptcha", () => {
  loaded.begin();
  if (render === "onload")
    clients.renderAll(["g-recaptcha"], (container) => methods.render(container));
});
