/**
 * `onsolve="…"`, `onprogress="…"`, `onerror="…"` and `onreset="…"` attributes.
 * Deprecated, kept for pages written for Cap. The value is the name of a global
 * function, or code; code is compiled by the browser as the inline handler it
 * is, so the page's policy on inline handlers holds. No `eval` of ours.
 */

/** Calls what the widget's attribute says for an event. */
export function callInlineHandler(widget: HTMLElement, event: Event): void {
  const code = widget.getAttribute(`on${event.type}`);
  if (!code) return;
  const named = (window as unknown as Record<string, unknown>)[code.trim()];
  try {
    if (typeof named === "function") named.call(widget, event);
    else if (event.type === "solve") compile(code)?.call(widget, event as PointerEvent);
  } catch (error) {
    reportError(error);
  }
  // The browser itself runs the code of the other three: their names are HTML's own.
}

function compile(code: string): HTMLElement["onclick"] {
  const carrier = document.createElement("i");
  try {
    carrier.setAttribute("onclick", code);
  } catch {
    // A page with Trusted Types takes no code from attributes.
  }
  return carrier.onclick;
}
