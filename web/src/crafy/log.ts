/** Words for the page's author on the console. */

let debugging = false;

/** Turns the steps of every widget on or off; problems are always told. */
export function setDebugging(wanted: boolean): void {
  debugging = wanted;
}

/** A step on the way, for whoever asked to see them. */
export function debug(...words: unknown[]): void {
  if (debugging) console.debug("[CrafyCAPTCHA]", ...words);
}

/** Something that keeps a widget from working. */
export function complain(...words: unknown[]): void {
  console.error("[CrafyCAPTCHA]", ...words);
}
