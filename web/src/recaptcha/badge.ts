/**
 * The badge of a client without a card. Its elements are named and nested as the
 * vendor's: pages hide the badge by its class, and wrappers remove its parent.
 */

import { html } from "../core/build_dom";
import type { Corner } from "./parameters";

/** The elements of a badge. */
export interface Badge {
  /** What is put into the page. */
  readonly wrapper: HTMLElement;
  /** Where the response field is. */
  readonly badge: HTMLElement;
}

/** A badge around a card. At a corner only its nearest part is seen, until the pointer is there. */
export function badgeAround(card: HTMLElement, corner: Corner): Badge {
  card.dataset.corner = corner;
  const badge = html(
    "div",
    { class: "grecaptcha-badge", "data-style": corner },
    html("div", { class: "grecaptcha-logo" }, card),
    html("div", { class: "grecaptcha-error" }),
  );
  const { style } = badge;
  style.width = card.style.width;
  style.height = card.style.height;
  if (corner !== "inline") slide(badge, corner === "bottomleft" ? "left" : "right");
  return { wrapper: html("div", {}, badge), badge };
}

function slide(badge: HTMLElement, side: "left" | "right"): void {
  const { style } = badge;
  style.position = "fixed";
  style.bottom = "14px";
  style[side] = HIDDEN;
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) style.transition = `${side} 0.3s`;
  badge.addEventListener("pointerenter", () => {
    style[side] = "4px";
  });
  badge.addEventListener("pointerleave", () => {
    style[side] = HIDDEN;
  });
}

// What stays in sight is as wide as the vendor's.
const HIDDEN = "-186px";
