import { serveAngular } from "./angular.js";
import { NgxTurnstileModule } from "ngx-turnstile";

serveAngular({
  imports: [NgxTurnstileModule],
  template: `<ngx-turnstile #wrapper [siteKey]="options.sitekey"
    [action]="options.options?.action" [cData]="options.options?.cData"
    (resolved)="tell($event ? 'token' : 'expired')($event)" (errored)="tell('error')($event)" />`,
  handle: (component) => component,
});
