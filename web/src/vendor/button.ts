/** A button of the page that is itself the widget: its click works for a token first. */

import type { Widget } from "./widget";

/** Whether a container is a button. */
export const isButton = (container: Element): container is HTMLElement =>
  container instanceof HTMLButtonElement ||
  (container instanceof HTMLInputElement && /^(submit|button|image)$/.test(container.type));

/** Puts an element into a container; behind it, if that is a button, for what is in one is not sent with a form. */
export function putInto(container: Element, element: HTMLElement): void {
  if (isButton(container) && container.parentNode) container.after(element);
  else container.append(element);
}

/** Starts a widget with each click on its button, which then does nothing else: the page's callback sends the form. */
export function bindButton(button: Element, widget: Widget): void {
  const start = (event: Event) => {
    event.preventDefault();
    widget.begin();
  };
  button.addEventListener("click", start, { signal: widget.gone });
}
