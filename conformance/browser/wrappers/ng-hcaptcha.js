import { serveAngular } from "./angular.js";
import { importProvidersFrom } from "@angular/core";
import { NgHcaptchaModule, NgHcaptchaService } from "ng-hcaptcha";
import { firstValueFrom } from "rxjs";

serveAngular({
  imports: [NgHcaptchaModule],
  template: `@if (options.size) {
    <ng-hcaptcha #wrapper [size]="options.size"
      (verify)="tell('token')($event)" (expired)="tell('expired')()" (error)="tell('error')($event)" />
  }`,
  providers: ({ sitekey }) => [
    importProvidersFrom(NgHcaptchaModule.forRoot({ siteKey: sitekey, languageCode: "de" })),
  ],
  handle: (component, injector) => ({
    reset: () => component.reset(),
    // The service makes a widget for each token, and takes it away as the token comes.
    execute: () => firstValueFrom(injector.get(NgHcaptchaService).verify()),
  }),
});
