/** Our sign on every card: a small portcullis and its name. */

import { html, svg } from "./build_dom";

/** A new emblem, silent to assistive technology. */
export const emblem = (): HTMLElement =>
  html(
    "span",
    { class: "emblem", part: "emblem", "aria-hidden": "true" },
    svg(
      "svg",
      { viewBox: "0 0 24 24" },
      svg("path", { d: "M3 20V11a9 9 0 0 1 18 0v9M7.5 4v18M12 3v20M16.5 4v18M3 10h18M3 16h18" }),
    ),
    "Portcullis",
  );
