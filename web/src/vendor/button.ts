/** A button of the page that is itself the widget: its click works for a token first. */

import type { Widget } from "./widget";

/** Whether a container is a button. */
export const isButton = (container: Element): container is HTMLElement =>
  container instanceof HTMLButtonElement ||
  (container instanceof HTMLInputElement && /^(submit|button|image)$/.test(container.type));

/** Starts a widget with each click on its button, which then does nothing else: the page's callback sends the form. */
export function bindButton(button: Element, widget: Widget): void {
  const start = (event: Event) => {
    event.preventDefault();
    widget.begin();
  };
  button.addEventListener("click", start, { signal: widget.gone });
}
