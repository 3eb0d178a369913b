/** What the two packages of ng-recaptcha are mounted by: versions 2 and 3 of reCAPTCHA. */

import { serveAngular } from "./angular.js";
import { importProvidersFrom } from "@angular/core";
import { firstValueFrom } from "rxjs";

/** @param wrapper the package */
export function serveNgRecaptcha(wrapper) {
  const {
    RECAPTCHA_BASE_URL,
    RECAPTCHA_V3_SITE_KEY,
    ReCaptchaV3Service,
    RecaptchaModule,
    RecaptchaV3Module,
  } = wrapper;
  serveAngular({
    imports: [RecaptchaModule],
    template: `@if (options.size) {
      <re-captcha #wrapper [siteKey]="options.sitekey" [size]="options.size" errorMode="handled"
        (resolved)="tell($event ? 'token' : 'expired')($event)" (errored)="tell('error')()" />
    }`,
    providers: ({ size, sitekey, portcullis }) => [
      importProvidersFrom(RecaptchaV3Module),
      { provide: RECAPTCHA_BASE_URL, useValue: `${portcullis}/recaptcha/api.js` },
      size ? [] : { provide: RECAPTCHA_V3_SITE_KEY, useValue: sitekey },
    ],
    handle: (component, injector) => ({
      reset: () => component.reset(),
      execute: (action) =>
        action
          ? firstValueFrom(injector.get(ReCaptchaV3Service).execute(action))
          : component.execute(),
    }),
  });
}
