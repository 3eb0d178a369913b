import { serveNgRecaptcha } from "./ng_recaptcha.js";
import * as wrapper from "ng-recaptcha-2";

serveNgRecaptcha(wrapper);
