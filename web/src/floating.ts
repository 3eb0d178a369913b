/**
 * Floating mode: `<button data-cap-floating="#captcha">` shows its widget only
 * when it is clicked, solves, and then does what the click was meant to do.
 * The names of attributes are those of Cap's floating script.
 */

import type { CapWidget } from "./cap-widget/element";

/** Binds every trigger in a part of the page, once. */
function bind(root: Element): void {
  const selector = "[data-cap-floating]";
  const triggers = [...root.querySelectorAll<HTMLElement>(selector)];
  if (root.matches(selector)) triggers.push(root as HTMLElement);
  for (const trigger of triggers) {
    if (bound.has(trigger)) continue;
    bound.add(trigger);
    bindTrigger(trigger);
  }
}

function bindTrigger(trigger: HTMLElement): void {
  const widget = document.querySelector<CapWidget>(
    trigger.getAttribute("data-cap-floating") || "cap-widget",
  );
  if (!widget) {
    console.error("[cap] no widget for the floating trigger", trigger);
    return;
  }
  widget.style.display = "none";
  let waiting = false;
  let through = false;
  const solved = (event: Event): void => {
    if (!waiting) return;
    waiting = false;
    trigger.setAttribute("data-cap-token", (event as CustomEvent<{ token: string }>).detail.token);
    trigger.setAttribute("data-cap-progress", "done");
    setTimeout(() => {
      hide(widget);
      through = true;
      trigger.click();
      through = false;
    }, LINGER);
  };
  const clicked = (event: Event): void => {
    if (through) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = true;
    trigger.removeAttribute("data-cap-progress");
    show(widget, trigger);
    // After a failure the widget stays: a click on it or on the trigger tries again.
    void customElements.whenDefined("cap-widget").then(() => widget.solve().catch(() => {}));
  };
  const dismissed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !waiting) return;
    waiting = false;
    hide(widget);
    widget.reset();
  };
  widget.addEventListener("solve", solved);
  trigger.addEventListener("click", clicked, true);
  document.addEventListener("keydown", dismissed);
}

function show(widget: CapWidget, trigger: HTMLElement): void {
  Object.assign(widget.style, {
    display: "block",
    position: "absolute",
    zIndex: "99999",
    left: "0",
    top: "0",
  });
  const gap = Number.parseInt(trigger.getAttribute("data-cap-floating-offset") ?? "", 10);
  const below = trigger.getAttribute("data-cap-floating-position") === "bottom";
  const at = trigger.getBoundingClientRect();
  // Where the browser put it at 0,0 tells what its coordinates are relative to.
  const box = widget.getBoundingClientRect();
  const offset = Number.isNaN(gap) ? OFFSET : gap;
  const left = clamp(at.left + (at.width - box.width) / 2, innerWidth - box.width);
  const top = clamp(
    below ? at.bottom + offset : at.top - box.height - offset,
    innerHeight - box.height,
  );
  widget.style.left = `${left - box.left}px`;
  widget.style.top = `${top - box.top}px`;
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
    widget.animate?.(
      { opacity: [0, 1], transform: [`translateY(${below ? -4 : 4}px)`, "none"] },
      { duration: 160, easing: "ease-out" },
    );
  }
}

function hide(widget: CapWidget): void {
  widget.style.display = "none";
}

const clamp = (value: number, most: number): number => Math.max(EDGE, Math.min(value, most - EDGE));

const bound = new WeakSet<Element>();
// Gap between trigger and widget, and between widget and the window's edge, in px.
const OFFSET = 8;
const EDGE = 4;
// How long the visitor sees that it worked, in ms.
const LINGER = 500;

function start(): void {
  bind(document.body);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node instanceof Element) bind(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
}

if (document.body) start();
else document.addEventListener("DOMContentLoaded", start);
