/** Light or dark: what the page says, else what suits both page and visitor. */

/** A theme of a card. */
export type Theme = "light" | "dark";

/**
 * What the page wants decides if it is `light` or `dark`. Otherwise the
 * visitor's wish does, on a page that says it can be both (`color-scheme`).
 */
export function themeOf(container: Element, wanted?: unknown): Theme {
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
