/**
 * Which language a widget speaks. A language is a file beside this one; adding
 * it to the table is all it takes.
 */

import { settings } from "../../core/environment";
import { languageOf as firstSpoken } from "../../core/language";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { fr } from "./fr";
import { hi } from "./hi";
import { it } from "./it";
import { ja } from "./ja";
import type { PhraseKey, Phrases } from "./phrases";
import { pt } from "./pt";
import { ru } from "./ru";
import { zh } from "./zh";

/** Every language there is, by its code. */
export const LANGUAGES: Readonly<Record<string, Phrases>> = {
  en,
  es,
  fr,
  pt,
  de,
  it,
  ru,
  zh,
  ja,
  hi,
};

/**
 * Code of the language of a widget: the page's `CAP_LANG`, else its own
 * `data-cap-lang`, else the first of the visitor's languages that we speak.
 * Regions are ignored. English if none fits.
 */
export function languageOf(widget: Element): string {
  const forced = settings().CAP_LANG || widget.getAttribute("data-cap-lang");
  const wanted = forced ? [forced] : navigator.languages;
  return firstSpoken(wanted, LANGUAGES);
}

/** A phrase of a widget in its language, or the words its page gave it. */
export function phrase(widget: Element, key: PhraseKey): string {
  return widget.getAttribute(`data-cap-i18n-${key}`) || LANGUAGES[languageOf(widget)][key];
}
