/**
 * One container's way to a token: ask, do what the server wants, ask again;
 * then keep the token fresh.
 */

import { clock } from "../core/clock";
import { serverOrigin, warn } from "../core/environment";
import { Worker } from "../core/work";
import { type Answer, ask, type Refusal, type Step, type Success } from "./answer";
import type { Phrases } from "./locales/phrases";
import { confirmation, holding, type Interaction } from "./steps";
import type { TokenField } from "./token_field";
import { TokenKeeper } from "./token_keeper";
import type { Look, View } from "./view";

/** What a verification needs to know of its page. */
export interface Surroundings {
  readonly phrases: Phrases;
  /** Begins another question: what the pointer did before was told already. */
  startPath(): void;
  /** A fresh request body, without an interaction. */
  telemetry(): Record<string, unknown>;
  /** Whether somebody seems to be in front of the page. */
  attended(): boolean;
  /** Told of every token. */
  verified(success: Success): void;
}

/** The state of one container. */
export class Verification {
  readonly #view: View;
  readonly #around: Surroundings;
  readonly #keeper: TokenKeeper;
  readonly #worker: Worker;
  #stop = new AbortController();
  #restarts = 0;
  #asked = 0;
  #countdown: ReturnType<typeof setInterval> | undefined;

  /** @param gone ends everything */
  constructor(view: View, field: TokenField, around: Surroundings, gone: AbortSignal) {
    this.#view = view;
    this.#around = around;
    this.#worker = new Worker((share) => view.progress(share));
    const owner = {
      attended: around.attended,
      renew: () => this.#run(true),
      expired: (attended: boolean) => this.#expired(attended),
    };
    this.#keeper = new TokenKeeper(field, owner, gone);
    gone.addEventListener("abort", () => {
      this.#stop.abort();
      this.#worker.forget();
      clearInterval(this.#countdown);
    });
  }

  /** Starts over: whatever runs ends, the field is emptied. */
  begin(): void {
    this.#keeper.drop();
    this.#view.show({ sign: "checking", title: this.#around.phrases.checking });
    this.#run(false);
  }

  /** @param quiet whether the visitor is neither told nor asked for anything */
  #run(quiet: boolean): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    clearInterval(this.#countdown);
    const { signal } = this.#stop;
    this.#worker.forget();
    const failed = (error: unknown): Refusal => ({
      outcome: "refusal",
      why: "unreachable",
      message: String(error),
    });
    this.#converse(quiet, signal)
      .catch(failed)
      .then((answer) => {
        if (!signal.aborted) this.#conclude(answer, quiet);
      });
  }

  /** Asks until there is no step left. */
  async #converse(quiet: boolean, signal: AbortSignal): Promise<Answer> {
    this.#around.startPath();
    let body = this.#around.telemetry();
    for (let round = 0; ; round++) {
      const answer = await this.#post(body, signal);
      if (answer.outcome !== "step" || round === ROUNDS) return answer;
      if (answer.work) this.#worker.begin(answer.work);
      if (answer.kind === "work") {
        body = { ...body, interaction: await this.#interaction(answer, {}) };
        continue;
      }
      if (quiet) return answer;
      const acted = await this.#visitor(answer, signal);
      if (isRefusal(acted)) return acted;
      this.#view.show({ sign: "checking", title: this.#around.phrases.checking });
      this.#worker.hurry();
      const interaction = await this.#interaction(answer, acted);
      body = { ...this.#around.telemetry(), interaction };
    }
  }

  #post(body: unknown, signal: AbortSignal): Promise<Answer> {
    this.#asked = Date.now();
    return ask(`${serverOrigin()}/api/v1/challenge`, body, signal);
  }

  async #interaction({ challengeId }: Step, acted: Interaction): Promise<Interaction> {
    const work = await this.#worker.solved;
    return { confirmed: true, challengeId, ...acted, ...(work && { work }) };
  }

  #visitor(step: Step, signal: AbortSignal): Promise<Interaction | Refusal> {
    const stage = { view: this.#view, phrases: this.#around.phrases, signal };
    if (step.kind === "confirm") return confirmation(stage);
    return holding(stage, step, () => {
      const interaction = { phase: "start", challengeId: step.challengeId };
      return this.#post({ ...this.#around.telemetry(), interaction }, signal);
    });
  }

  #conclude(answer: Answer, quiet: boolean): void {
    if (answer.outcome === "success") this.#accept(answer, quiet);
    else if (quiet) this.#postpone(answer);
    else if (answer.outcome === "refusal") this.#refuse(answer);
    else this.#refuse({ outcome: "refusal", why: "unreachable", message: "no end of steps" });
  }

  #accept(success: Success, quiet: boolean): void {
    this.#restarts = 0;
    this.#keeper.hold(success.token, success.life, this.#asked);
    if (!quiet) {
      this.#view.show({ sign: "done", title: this.#around.phrases.verified, aloud: true });
    }
    this.#around.verified(success);
  }

  /** A quiet renewal came to nothing: what is there still lives for a while. */
  #postpone(answer: Answer): void {
    if (answer.outcome !== "refusal" || answer.why !== "unreachable") this.#keeper.rest();
  }

  #expired(attended: boolean): void {
    const { step, confirm } = this.#around.phrases;
    if (attended) this.begin();
    else this.#offer({ sign: "asking", title: step, action: confirm });
  }

  #refuse({ why, message, wait = 0 }: Refusal): void {
    const { phrases } = this.#around;
    if (why === "stale" && this.#restarts < RESTARTS) {
      this.#restarts++;
      this.begin();
      return;
    }
    warn(`${why}: ${message}`);
    if (why === "limited") this.#wait(wait);
    else if (why === "forbidden") this.#view.show(problem(phrases.forbidden));
    else this.#offer(this.#retry(why === "unreachable" ? phrases.network : phrases.rejected));
  }

  #retry(title: string): Look {
    return { ...problem(title), action: this.#around.phrases.retry };
  }

  /** Counts down to the next attempt. */
  #wait(wait: number): void {
    const { phrases } = this.#around;
    const end = Date.now() + wait;
    const words = () => phrases.again.replace("{time}", clock(end - Date.now()));
    this.#view.show({ ...this.#retry(phrases.limited), hint: words(), waiting: true });
    this.#countdown = setInterval(() => {
      this.#view.hint(words());
      if (Date.now() < end) return;
      clearInterval(this.#countdown);
      this.#offer(this.#retry(phrases.limited));
    }, 500);
  }

  /** Shows something whose button starts over. */
  #offer(look: Look): void {
    this.#view.show(look);
    const retry = () => {
      this.#restarts = 0;
      this.begin();
    };
    const { signal } = this.#stop;
    this.#view.button.addEventListener("click", retry, { once: true, signal });
  }
}

const problem = (title: string) => ({ sign: "problem", title, aloud: true }) as const;

const isRefusal = (acted: Interaction | Refusal): acted is Refusal => acted.outcome === "refusal";

// More steps in a row than any policy asks for.
const ROUNDS = 12;
const RESTARTS = 2;
