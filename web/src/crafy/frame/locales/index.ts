/**
 * Which language the challenge speaks. A language is a file beside this one; adding
 * it to the table is all it takes.
 */

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
