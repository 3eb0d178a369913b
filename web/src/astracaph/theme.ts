/** Light or dark: what the page says, else what suits both page and visitor. */

/** A theme of the card. */
export type Theme = "light" | "dark";

/**
 * `data-theme` of the container decides if it is `light` or `dark`. Otherwise
 * the visitor's wish does, on a page that says it can be both (`color-scheme`).
 */
export function themeOf(container: Element): Theme {
  const wanted = container.getAttribute("data-theme");
  if (wanted === "light" || wanted === "dark") return wanted;
  const meta = document.querySelector<HTMLMetaElement>('meta[name="color-scheme"]')?.content;
  const style = getComputedStyle(container).colorScheme ?? "";
  const page = style === "normal" ? (meta ?? "") : style;
  if (!page.includes("dark")) return "light";
  return DARK.matches || !page.includes("light") ? "dark" : "light";
}

/** Calls back now and whenever the visitor's wish changes. */
export function onThemeWish(changed: () => void, signal: AbortSignal): void {
  changed();
  DARK.addEventListener("change", changed, { signal });
}

const DARK = matchMedia("(prefers-color-scheme: dark)");
