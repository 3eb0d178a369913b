/**
 * Entry of the challenge page: greets the page around, and talks with the server
 * until the flow is over.
 */

import { warn } from "../../core/environment";
import { preferWorkerFile } from "../../core/lane";
import { languageOf } from "../../core/language";
import { Recorder } from "../../telemetry/behavior";
import { Calls } from "./calls";
import { Card } from "./card";
import { paint } from "./colours";
import { Conversation } from "./conversation";
import { documentOf, type Surface } from "./flow";
import { LANGUAGES } from "./locales";
import type { Phrases } from "./locales/phrases";
import { ParentPage } from "./parent";
import { stopped } from "./stop";

function start(): void {
  const recorder = new Recorder();
  const [surface, content] = documentOf(document.getElementById("flow")?.textContent ?? "");
  const phrases = dress(surface);
  const card = new Card(document.body);
  const stop = "outcome" in content;
  const parent = new ParentPage(surface.parentOrigin, stop ? undefined : content.handshake);
  card.show({ sign: "checking", title: phrases.checking });
  if (stop) {
    // For the site's owner; a visitor can do nothing about it.
    warn(`${content.reason}: ${content.message}`);
    stopped(content, card, phrases, parent);
    parent.greet(card.element);
    return;
  }
  parent.greet(card.element);
  if (content.turnstile) parent.askTurnstile();
  preferWorkerFile();
  const { theme } = surface;
  const around = { card, phrases, calls: new Calls(content.flow), parent, recorder, theme };
  new Conversation(around).run(content.step).catch((error) => {
    reportError(error);
    parent.reload();
  });
}

/** Gives the page its language, direction, theme and colours. */
function dress({ language, theme, colours }: Surface): Phrases {
  const root = document.documentElement;
  const wanted = [language, ...navigator.languages].filter(Boolean);
  root.lang = languageOf(wanted, LANGUAGES);
  // A visitor's own direction, also where our words for it are English.
  if (/^(ar|fa|he|ur)\b/i.test(wanted[0] ?? "")) root.dir = "rtl";
  root.dataset.theme = theme;
  paint(root, colours);
  const phrases = LANGUAGES[root.lang];
  document.title = phrases.group;
  return phrases;
}

start();
