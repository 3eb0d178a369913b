/**
 * One flow from its first step to its end: show the step, solve its work
 * meanwhile, send both, go on with what the server says.
 */

import { clock } from "../../core/clock";
import { pause } from "../../core/lane";
import { Worker } from "../../core/work";
import type { Recorder } from "../../telemetry/behavior";
import type { Answer, Calls, Submission } from "./calls";
import { button, type Card } from "./card";
import type { Phrases } from "./locales/phrases";
import type { ParentPage } from "./parent";
import type { Step } from "./step";
import { checkbox } from "./views/checkbox";
import { connect } from "./views/connect";
import { hold } from "./views/hold";
import { slider } from "./views/slider";
import type { Acted, Stage } from "./views/stage";

/** What a conversation needs of its page. */
export interface Surroundings {
  readonly card: Card;
  readonly phrases: Phrases;
  readonly calls: Calls;
  readonly parent: ParentPage;
  readonly recorder: Recorder;
  readonly theme: string;
}

/** The talk about one flow. */
export class Conversation {
  readonly #around: Surroundings;
  readonly #worker: Worker;
  #waiting = false;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#worker = new Worker((share) => this.#waiting && around.card.progress(share));
  }

  /** Goes on until the flow is over. */
  async run(first: Step): Promise<void> {
    let step = first;
    let reason = "";
    for (;;) {
      const answer = await this.#step(step, reason);
      if (answer.outcome === "step") ({ step, reason } = answer);
      else if (answer.outcome === "waiting") reason = "waiting";
      else {
        this.#conclude(answer);
        return;
      }
    }
  }

  /** Shows a step, and sends what became of it. */
  async #step(step: Step, reason: string): Promise<Answer> {
    const { calls, card, phrases } = this.#around;
    this.#waiting = false;
    this.#worker.begin(step.work);
    const acted = await this.#act(step, reason);
    if (acted !== "alternative" && "answer" in acted) return this.#send(step, acted.answer, reason);
    card.show({ sign: "checking", title: phrases.checking });
    if (acted === "alternative") return this.#insist(() => calls.alternative(step));
    // The call was made; if it failed, the visitor begins anew.
    const said: Answer[] = [acted];
    return this.#insist(async () => said.pop() ?? { outcome: "step", step, reason });
  }

  #act(step: Step, reason: string): Promise<Acted | Answer> | Acted {
    const { card, phrases, calls, theme } = this.#around;
    const stage: Stage = {
      card,
      phrases,
      regret: this.#regret(step, reason),
      picture: (part) => calls.picture(step, part, theme),
    };
    switch (step.kind) {
      case "work":
        return { answer: {} };
      case "checkbox":
        return checkbox(stage);
      case "press_hold":
        return hold(stage, step, () => calls.begin(step));
      case "slider":
        return slider(stage, step);
      case "connect":
        return connect(stage, step);
    }
  }

  #regret({ kind }: Step, reason: string): string {
    const { wrong, tooShort } = this.#around.phrases;
    if (reason === "waiting") return tooShort;
    return reason === "wrong" && kind !== "work" ? wrong : "";
  }

  async #send(step: Step, answer: Submission["answer"], reason: string): Promise<Answer> {
    const { card, phrases, calls, parent, recorder } = this.#around;
    // Work that somebody asked for, or that came in place of a picture, takes its time.
    const long = step.kind === "work" && reason !== "" && reason !== "more";
    const words = long
      ? { title: phrases.otherTitle, hint: phrases.otherHint }
      : { title: phrases.checking };
    card.show({ sign: "checking", ...words });
    this.#waiting = true;
    this.#worker.hurry();
    const solved = await this.#worker.solved;
    const turnstile = await parent.turnstile();
    return this.#insist(() => {
      // The server takes a path that comes twice for a recording.
      recorder.startPath();
      return calls.answer(step, {
        solutions: solved?.solutions ?? [],
        answer,
        behavior: recorder.behavior(),
        motion: recorder.motion(),
        ...(turnstile && { turnstile }),
      });
    });
  }

  /** Makes a call; if the network fails or the server wants a pause, the visitor may make it again. */
  async #insist(call: () => Promise<Answer>): Promise<Answer> {
    const { phrases } = this.#around;
    for (let tries = 0; ; tries++) {
      const answer = await call();
      if (answer.outcome === "unreachable") {
        // Once by itself: phones drop calls.
        if (tries > 0) await this.#offer(phrases.network);
        else await pause(RETRY);
      } else if (answer.outcome === "limited") await this.#offer(phrases.limited, answer.wait);
      else return answer;
      this.#around.card.show({ sign: "checking", title: phrases.checking });
    }
  }

  #conclude(answer: Answer): void {
    const { card, phrases, parent } = this.#around;
    if (answer.outcome === "complete") {
      card.show({ sign: "done", title: phrases.verified });
      parent.complete({ ...answer.message });
    } else if (answer.outcome === "denied") {
      this.#offer(phrases.rejected).then(() => this.#restart());
    } else this.#restart();
  }

  #restart(): void {
    const { card, phrases, parent } = this.#around;
    card.show({ sign: "checking", title: phrases.restarting });
    parent.reload();
  }

  /** Says what is wrong, and waits until the visitor wants to go on, and may. */
  async #offer(title: string, wait = 0): Promise<void> {
    const { card, phrases } = this.#around;
    const retry = button("primary", phrases.retry);
    const end = performance.now() + wait;
    const rest = () => Math.max(0, end - performance.now());
    const words = () => (wait ? phrases.again.replace("{time}", clock(rest())) : "");
    card.show({ sign: "problem", title, hint: words(), body: [retry], focus: retry });
    retry.ariaDisabled = `${wait > 0}`;
    while (rest() > 0) {
      await pause(Math.min(rest(), 500));
      card.hint(words());
    }
    card.hint("");
    retry.ariaDisabled = "false";
    await new Promise((resolve) => retry.addEventListener("click", resolve, { once: true }));
  }
}

// Milliseconds before a call is made again by itself.
const RETRY = 1500;
