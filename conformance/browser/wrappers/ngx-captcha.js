import { serveAngular } from "./angular.js";
import { NgxCaptchaModule, ReCaptchaV3Service } from "ngx-captcha";

serveAngular({
  imports: [NgxCaptchaModule],
  template: `@switch (options.size) {
    @case ("invisible") {
      <ngx-invisible-recaptcha #wrapper [siteKey]="options.sitekey"
        (success)="tell('token')($event)" (expire)="tell('expired')()" (error)="tell('error')()" />
    }
    @case ("normal") {
      <ngx-recaptcha2 #wrapper [siteKey]="options.sitekey" [hl]="options.language"
        (success)="tell('token')($event)" (expire)="tell('expired')()" (error)="tell('error')()" />
    }
  }`,
  handle: (component, injector, { sitekey }) => ({
    reset: () => component.resetCaptcha(),
    execute: (action) =>
      action
        ? injector.get(ReCaptchaV3Service).executeAsPromise(sitekey, action)
        : component.execute(),
  }),
});
