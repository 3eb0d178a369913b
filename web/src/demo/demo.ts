/**
 * The demo page without a page load. Without this script the form posts as any
 * form does.
 */

import type { CapWidget } from "../cap-widget/element";
import { onVerdict, part } from "./verdict";

const form = part<HTMLFormElement>("message-form");
const widget = form.querySelector("cap-widget") as CapWidget;

const words = {
  passed: "The message went through",
  because: (success: boolean) =>
    success
      ? "The server verified the token and has now spent it."
      : "The server did not accept this token.",
};

onVerdict(form, words, () => {
  widget.reset();
  part("message").focus();
});
