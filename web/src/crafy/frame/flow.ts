/** The document that the server writes into the page. */

import type { Signed } from "./parent";
import { type Step, stepOf } from "./step";

/** One flow, as it begins. */
export interface Flow {
  readonly handshake: Signed;
  /** Origin of the page around. */
  readonly parentOrigin: string;
  /** What the site or the server thinks the visitor reads; may be empty. */
  readonly language: string;
  readonly theme: "light" | "dark";
  /** Colours of the page around; empty where it has no wish. */
  readonly colours: Readonly<Record<"background" | "text" | "primary" | "border", string>>;
  readonly flow: string;
  readonly step: Step;
  /** Whether a Turnstile token is wanted. */
  readonly turnstile: boolean;
}

/**
 * Reads the document.
 *
 * @throws if it is missing or makes no sense
 */
export function flowOf(text: string): Flow {
  const { handshake, parentOrigin, language, theme, colours, flow, step, turnstile } =
    JSON.parse(text);
  if (!/^https?:\/\//.test(parentOrigin)) throw new TypeError("No page is around this one");
  return {
    handshake,
    parentOrigin,
    language: String(language ?? ""),
    theme: theme === "dark" ? "dark" : "light",
    colours: colours ?? {},
    flow: String(flow),
    step: stepOf(step),
    turnstile: turnstile === true,
  };
}
