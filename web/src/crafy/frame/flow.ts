/** The document that the server writes into the page: a flow, or why there is none. */

import type { Signed } from "./parent";
import { type Step, stepOf } from "./step";

/** What every page knows. */
export interface Surface {
  /** Origin of the page around; absent where nobody knows who that is. */
  readonly parentOrigin: string | undefined;
  /** What the site wants its visitors to read; may be empty. */
  readonly language: string;
  readonly theme: "light" | "dark";
  /** Colours of the page around, as far as it has a wish. */
  readonly colours: Readonly<Record<string, string>>;
}

/** One flow, as it begins. */
export interface Flow {
  readonly handshake: Signed;
  readonly flow: string;
  readonly step: Step;
  /** Whether a Turnstile token is wanted. */
  readonly turnstile: boolean;
}

/** Nothing is asked. */
export interface Stop {
  /** `reload` where new options help, `denied` for this visitor, `refused` for now or for this site. */
  readonly outcome: string;
  /** The server's code for why. */
  readonly reason: string;
  /** The same in a sentence, for the site's owner. */
  readonly message: string;
}

/**
 * Reads the document.
 *
 * @throws if it is missing or makes no sense
 */
export function documentOf(text: string): [surface: Surface, content: Flow | Stop] {
  const { parentOrigin, language, theme, colours, ...content } = JSON.parse(text);
  const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const surface: Surface = {
    parentOrigin: /^https?:\/\//.test(parentOrigin) ? parentOrigin : undefined,
    language: String(language ?? ""),
    theme: dark ? "dark" : "light",
    colours: colours ?? {},
  };
  const { handshake, flow, step, turnstile, outcome, reason, message } = content;
  if (outcome) return [surface, { outcome, reason, message }];
  if (!surface.parentOrigin) {
    return [surface, { outcome: "refused", reason: "no_parent", message: "No page is around" }];
  }
  const began = { handshake, flow: String(flow), step: stepOf(step) };
  return [surface, { ...began, turnstile: turnstile === true }];
}
