/**
 * One widget's way to a token: a try, the token's end, the next try. What of it
 * differs from vendor to vendor is its `Conduct`; whoever made it hears of it as
 * its `Listener`.
 *
 * Each try is a round. What a round started, ends with it; whoever calls the
 * page looks afterwards whether its round is still on, for a callback may reset
 * or remove the widget.
 */

import { cores } from "../core/cores";
import type { Binding, Redeemed } from "../core/protocol";
import { onThemeWish } from "../core/theme";
import type { Conduct, Listener, Refresh } from "./conduct";
import { CalledOff, isFinal, Mistake, TimedOut } from "./endings";
import { Failures } from "./failures";
import type { Phrases } from "./locales/phrases";
import { obtain } from "./obtain";
import type { Place } from "./place";
import type { ResponseFields } from "./response_fields";
import { atEnd, whenSeen } from "./token_life";
import type { View } from "./view";

/** The state of one widget. */
export class Widget {
  readonly place: Place;
  /** How it behaves; what changes counts from the next try on. */
  conduct: Conduct;
  readonly #phrases: Phrases;
  readonly #view: View;
  readonly #fields: ResponseFields;
  readonly #listener: Listener;
  readonly #gone = new AbortController();
  #round = new AbortController();
  /** Of the token that there is. */
  #life = new AbortController();
  #waiting: Waiting[] = [];
  #running = false;
  #token = "";
  #expired = false;
  /** Whether the visitor was asked for this token, and so waits to hear of it. */
  #asked = false;
  readonly #failures = new Failures();
  /** Whether the page knows what it did wrong. */
  #told = false;
  /** Calls of `fresh`. */
  #calls = 0;

  constructor(
    place: Place,
    conduct: Conduct,
    phrases: Phrases,
    view: View,
    fields: ResponseFields,
    listener: Listener,
  ) {
    this.place = place;
    this.conduct = conduct;
    this.#phrases = phrases;
    this.#view = view;
    this.#fields = fields;
    this.#listener = listener;
    const { theme } = conduct;
    onThemeWish(() => {
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      view.theme = theme === "auto" ? (dark ? "dark" : "light") : theme;
    }, this.#gone.signal);
    this.reset();
  }

  /** The token, empty while there is none. */
  get token(): string {
    return this.#token;
  }

  /** Whether there was a token whose time is over. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Aborted when it is removed. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Back to the start, which is a new try unless somebody is to say when. */
  reset(): void {
    this.#stop();
    this.#drop();
    this.#calls++;
    this.#expired = this.#asked = false;
    const { starts, shown, problem } = this.conduct;
    this.#view.visible = shown === "always";
    this.#view.show("idle", this.#phrases.group);
    // What cannot work is told at once; and once only, as wrappers reset what has failed.
    if (problem ? !this.#told : starts === "itself") {
      this.#start(Math.ceil(cores() / 2), this.#failures.left(RESTART_PAUSE));
    } else if (problem) {
      this.#view.show("problem", this.#phrases.forbidden);
    } else if (starts === "clicked") {
      this.#invite(this.#phrases.ask);
    }
  }

  /** Starts, unless it runs. A token it had is given up. */
  begin(): void {
    if (this.#running) return;
    this.#drop();
    // Somebody may be waiting for it.
    this.#start(cores(), Math.min(RESTART_PAUSE, this.#failures.left(RESTART_PAUSE)));
  }

  /** Tells of the token again. */
  repeat(): void {
    this.#listener.solved(this.#token);
  }

  /** Calls off what runs, if anything does. */
  close(): void {
    if (!this.#running) return;
    this.reset();
    this.#listener.closed?.();
  }

  /**
   * What becomes of the present try.
   *
   * @throws what it failed with; {CalledOff} if it was reset or removed before
   */
  outcome(): Promise<string> {
    const outcome = new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    // A page that does not listen heard of it by a callback.
    outcome.catch(() => {});
    return outcome;
  }

  /**
   * A token of its own for each call, beside whatever else the widget does.
   *
   * @throws {Failure} {Mistake} {CalledOff} if the widget is removed before
   */
  async fresh(binding: Binding): Promise<string> {
    const { sitekey, rehearsal, problem } = this.conduct;
    if (problem) throw new Mistake(problem);
    const call = ++this.#calls;
    const end = new AbortController();
    const { signal } = end;
    const removed = () => end.abort();
    this.#gone.signal.addEventListener("abort", removed);
    try {
      const over = new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(new CalledOff()), { once: true });
      });
      const obtained = obtain(sitekey, binding, rehearsal, cores(), signal, () => {});
      const redeemed = await Promise.race([obtained, over]);
      // A later call, or a reset, has made it nobody's but its caller's. What a click earned stays in its field.
      if (call === this.#calls && this.conduct.starts === "told")
        this.#hold(redeemed, () => this.#drop());
      return redeemed.token;
    } finally {
      this.#gone.signal.removeEventListener("abort", removed);
      end.abort();
    }
  }

  /** Ends everything and takes the widget off the page. Harmless when repeated. */
  remove(): void {
    this.#stop();
    this.#gone.abort();
    this.#drop();
    this.place.clear();
  }

  #stop(): void {
    this.#round.abort();
    this.#running = false;
    this.#view.onclicked = () => {};
    for (const each of this.#takeWaiting()) each.reject(new CalledOff());
  }

  #takeWaiting(): Waiting[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }

  #drop(): void {
    this.#life.abort();
    this.#token = "";
    this.#fields.write("");
  }

  /** Keeps a token until it is over. */
  #hold({ token, deadline }: Redeemed, over: () => void): void {
    this.#life.abort();
    this.#life = new AbortController();
    this.#token = token;
    this.#fields.write(token);
    const now = Date.now();
    const life = deadline - now;
    const end = now + Math.min(this.conduct.life, life - Math.min(MARGIN, life / 10));
    atEnd(end, over, this.#life.signal);
  }

  /** @param pause milliseconds to wait; whoever clicks meanwhile waits no longer */
  #start(lanes: number, pause = 0): void {
    this.#stop();
    if (this.#gone.signal.aborted) return;
    this.#round = new AbortController();
    const { signal } = this.#round;
    this.#running = true;
    this.#expired = false;
    if (pause > 0) this.#offer();
    else this.#check();
    const run = () => {
      if (pause > 0) this.#check();
      this.#view.onclicked = () => {};
      this.#run(lanes, signal);
    };
    // Never at once: a widget that is removed in the same breath, as React does, asks no server.
    after(pause, run, signal);
  }

  /** Shows that it failed, and that a click tries again. */
  #offer(aloud = false): void {
    this.#view.show("problem", this.#phrases.failed, true, aloud);
    this.#view.onclicked = () => this.#start(cores());
  }

  async #run(lanes: number, signal: AbortSignal): Promise<void> {
    this.place.look();
    try {
      const redeemed = await this.#obtain(lanes, signal);
      if (!signal.aborted) this.#accept(redeemed, signal);
    } catch (error) {
      if (!signal.aborted) this.#fail(error, signal);
    }
  }

  async #obtain(lanes: number, signal: AbortSignal): Promise<Redeemed> {
    const { problem, sitekey, binding, rehearsal } = this.conduct;
    if (problem) throw new Mistake(problem);
    this.#listener.started?.();
    signal.throwIfAborted();
    if (rehearsal?.asks) await this.#ask(this.#phrases.ask, signal, PATIENCE);
    const progressed = (share: number) => this.#view.progress(share);
    return obtain(sitekey, binding, rehearsal, lanes, signal, progressed);
  }

  #accept(redeemed: Redeemed, signal: AbortSignal): void {
    this.#running = false;
    this.#failures.end();
    this.#hold(redeemed, () => this.#expire(signal));
    this.#view.show("done", this.#phrases.verified, false, this.#asked);
    this.#asked = false;
    const { token } = redeemed;
    const waiting = this.#takeWaiting();
    this.#listener.solved(token);
    for (const each of waiting) each.resolve(token);
  }

  #expire(signal: AbortSignal): void {
    const token = this.#token;
    this.#drop();
    this.#expired = true;
    this.#view.show("problem", this.#phrases.expired);
    this.#listener.expired(token);
    this.#refresh(this.conduct.refreshExpired, signal);
  }

  #fail(error: unknown, signal: AbortSignal): void {
    this.#running = false;
    const waiting = this.#takeWaiting();
    if (error instanceof TimedOut) {
      this.#view.show("problem", this.#phrases.expired);
      this.#listener.timedOut?.();
      this.#refresh(this.conduct.refreshTimeout, signal);
    } else {
      this.#tellFailure(error, signal);
    }
    for (const each of waiting) each.reject(error);
  }

  #tellFailure(error: unknown, signal: AbortSignal): void {
    const final = isFinal(error);
    const { problem, retryInterval, shown } = this.conduct;
    const stays = final || !retryInterval;
    this.#told = !!problem;
    this.#failures.add();
    // Nothing goes on by itself: somebody has to see it.
    if (stays) this.#view.visible = shown !== "never";
    if (final) this.#view.show("problem", this.#phrases.forbidden, false, !retryInterval);
    else this.#offer(!retryInterval);
    this.#listener.failed(error);
    if (signal.aborted || stays) return;
    after(this.#failures.left(retryInterval), () => this.#again(signal), signal);
  }

  /** What follows an end, once there is somebody to see it. */
  #refresh(refresh: Refresh, signal: AbortSignal): void {
    if (signal.aborted || refresh === "never") return;
    if (refresh === "auto") this.#again(signal);
    else this.#invite(this.#phrases.renew, true);
  }

  #again(signal: AbortSignal): void {
    whenSeen(() => {
      // A page that took it away without a word does not want it back.
      if (this.place.lost) this.remove();
      else if (this.place.look()) this.#start(Math.ceil(cores() / 2));
      // It was never on the page so far, and waits for somebody to see it.
      else this.#invite(this.#phrases.renew);
    }, signal);
  }

  /** Asks for a click, without a limit, and starts with it. */
  #invite(title: string, aloud = false): void {
    this.#stop();
    this.#round = new AbortController();
    const { signal } = this.#round;
    this.#ask(title, signal, undefined, aloud).then(
      () => signal.aborted || this.#start(cores()),
      // It has no end but its round's.
      () => {},
    );
  }

  /**
   * Waits for a click.
   *
   * @param patience milliseconds
   * @param aloud    whether assistive technology is told at once
   * @throws {TimedOut} when they are over
   */
  #ask(title: string, signal: AbortSignal, patience?: number, aloud = true): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#view.visible = this.conduct.shown !== "never";
      this.#view.show("asking", title, true, aloud);
      if (patience) after(patience, () => reject(new TimedOut()), signal);
      this.#view.onclicked = () => {
        this.#view.onclicked = () => {};
        this.#asked = true;
        this.#check();
        this.#listener.answered?.();
        if (!signal.aborted) resolve();
      };
      this.#listener.asked?.();
    });
  }

  #check(): void {
    const { shown } = this.conduct;
    this.#view.visible = shown === "always" || shown === "started";
    this.#view.show("checking", this.#phrases.checking, false, this.#asked);
  }
}

/** Somebody who wants to hear how a try ends. */
interface Waiting {
  resolve(token: string): void;
  reject(why: unknown): void;
}

function after(milliseconds: number, act: () => void, signal: AbortSignal): void {
  const timer = setTimeout(act, milliseconds);
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
}

// Milliseconds a visitor has for a click.
const PATIENCE = 120_000;
// Milliseconds of a token's life left for the form to arrive.
const MARGIN = 10_000;
// Milliseconds after a first failure, where the page starts anew.
const RESTART_PAUSE = 1000;
