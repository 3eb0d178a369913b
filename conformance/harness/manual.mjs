/** Code of the manual, taken out of it as a reader would copy it. */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Addresses that the manual writes: the Portcullis of an example, and the page that uses it. */
export const EXAMPLE = {
  portcullis: "https://captcha.example.com",
  page: "https://www.example.com",
};

/** The text of a page of the manual. */
export const page = (name) =>
  readFile(fileURLToPath(new URL(`../../docs/manual/${name}`, import.meta.url)), "utf8");

/** The one block of code in this language that has this text in it. */
export async function snippet(name, language, text) {
  const blocks = (await page(name)).matchAll(/^```(\w+)\n(.*?)^```$/gms);
  const found = [...blocks].filter(([, tag, code]) => tag === language && code.includes(text));
  if (found.length !== 1)
    throw new Error(`${name} has ${found.length} blocks of ${language} with ${text}`);
  return found[0][2];
}

/** The backend of the page about open mode, for Node: its `passed`. `adapt` may change the addresses in it. */
export async function backend(adapt = (code) => code) {
  const code = adapt(await snippet("open-mode.md", "js", "/public/api/v1/verify"));
  const { passed } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return passed;
}

/** Writes the addresses of a test where the manual has those of its example. */
export const settled = (code, { portcullis, page }) =>
  code.replaceAll(EXAMPLE.portcullis, portcullis).replaceAll(EXAMPLE.page, page);
