/**
 * The preview inherits this page's policy, which allows inline scripts only
 * with a nonce. The visitor's own scripts get it here; whatever somebody might
 * smuggle into this page itself would not have it.
 */

/** The same document with the nonce on every script. Without a nonce, the very same text. */
export function withNonce(page: string, nonce: string): string {
  if (!nonce) return page;
  const parsed = new DOMParser().parseFromString(page, "text/html");
  for (const script of parsed.scripts) script.setAttribute("nonce", nonce);
  const { doctype, documentElement } = parsed;
  return (doctype ? `<!doctype ${doctype.name}>` : "") + documentElement.outerHTML;
}
