/** Which of the languages that a card speaks its visitor gets. */

/**
 * Code of the first of these language tags that is spoken; English if none. Regions are ignored.
 *
 * @param spoken what there is, by its code
 */
export function languageOf(
  tags: readonly string[],
  spoken: Readonly<Record<string, unknown>>,
): string {
  const codes = tags.map((tag) => tag.toLowerCase().split(/[-_]/)[0]);
  return codes.find((code) => Object.hasOwn(spoken, code)) ?? "en";
}
