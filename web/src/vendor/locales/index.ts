/**
 * Which language the card speaks. A language is a file beside this one; adding
 * it to the table is all it takes.
 */

import { languageOf } from "../../core/language";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { fr } from "./fr";
import { hi } from "./hi";
import { it } from "./it";
import { ja } from "./ja";
import type { Phrases } from "./phrases";
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

/** Who speaks to a visitor. */
export interface Speaker {
  /** Code of the language. */
  readonly language: string;
  readonly phrases: Phrases;
}

/** In the language that the page wants, or else the visitor's first that is spoken. */
export function speakerOf(wanted: string): Speaker {
  const language = languageOf([wanted, ...navigator.languages], LANGUAGES);
  return { language, phrases: LANGUAGES[language] };
}
