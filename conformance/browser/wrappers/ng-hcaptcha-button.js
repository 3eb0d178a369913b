import { serveAngular } from "./angular.js";
import { importProvidersFrom } from "@angular/core";
import { NgHcaptchaInvisibleButtonDirective, NgHcaptchaModule } from "ng-hcaptcha";

serveAngular({
  imports: [NgHcaptchaModule],
  template: `<button type="button" ngHcaptchaInvisibleButton
    (verify)="tell('token')($event)" (expired)="tell('expired')()" (error)="tell('error')($event)">Send</button>`,
  find: NgHcaptchaInvisibleButtonDirective,
  providers: ({ sitekey }) => [importProvidersFrom(NgHcaptchaModule.forRoot({ siteKey: sitekey }))],
  handle: (button) => ({ reset: () => button.reset() }),
});
