/**
 * The page inside a frame: hands every token to the page that framed it, and
 * to that page only. The server read the framing page's origin from the
 * request and wrote it here; the seal beside it binds the token to the same.
 */

import { warn } from "../../core/environment";

const container = document.getElementById("astracaph-container") as HTMLElement;
const { parentOrigin = "", sitekey = "" } = container.dataset;

function hand(event: Event): void {
  const { token } = (event as CustomEvent<{ token: string }>).detail;
  const detail = { token, success: true, siteKey: sitekey };
  parent.postMessage({ type: "astracaph-verified", detail }, parentOrigin);
}

if (/^https?:\/\//.test(parentOrigin)) container.addEventListener("astracaph:verified", hand);
else warn('The framing page did not say who it is: give the iframe referrerpolicy="origin"');
