/**
 * The keys of everything a widget says. `data-cap-i18n-KEY` on the element
 * overrides a phrase; the keys are those of the Cap widget.
 */

/** Key of a phrase that every language has. */
export type PhraseKey =
  | "initial-state"
  | "verifying-label"
  | "solved-label"
  | "error-label"
  | "required-label"
  | "troubleshooting-label"
  | "group-aria-label"
  | "verifying-aria-label"
  | "verified-aria-label"
  | "error-aria-label"
  | "wasm-disabled";

/** All phrases of one language. */
export type Phrases = Readonly<Record<PhraseKey, string>>;
