/**
 * Entry of the challenge page: greets the page around, and talks with the server
 * until the flow is over.
 */

import { preferWorkerFile } from "../../core/lane";
import { Recorder } from "../../telemetry/behavior";
import { Calls } from "./calls";
import { Card } from "./card";
import { paint } from "./colours";
import { Conversation } from "./conversation";
import { flowOf } from "./flow";
import { LANGUAGES, languageOf } from "./locales";
import { ParentPage } from "./parent";

function start(): void {
  const flow = flowOf(document.getElementById("flow")?.textContent ?? "");
  const root = document.documentElement;
  const language = languageOf([flow.language, ...navigator.languages].filter(Boolean));
  const phrases = LANGUAGES[language];
  root.lang = language;
  // A visitor's own direction, also where our words for it are English.
  if (/^(ar|fa|he|ur)\b/i.test(flow.language || navigator.language)) root.dir = "rtl";
  root.dataset.theme = flow.theme;
  paint(root, flow.colours);
  const card = new Card(document.body);
  document.title = phrases.group;
  const parent = new ParentPage(flow.parentOrigin, flow.handshake);
  const around = { card, phrases, calls: new Calls(flow.flow), parent, recorder: new Recorder() };
  card.show({ sign: "checking", title: phrases.checking });
  parent.greet(card.element);
  if (flow.turnstile) parent.askTurnstile();
  preferWorkerFile();
  new Conversation(around, flow).run(flow.step).catch((error) => {
    reportError(error);
    parent.reload();
  });
}

start();
