/**
 * One widget's way to a token: a try, the token's end, the next try. It works
 * by itself; a visitor is asked only where the page wants that (`manual`), or a
 * test key does.
 *
 * Each try is a round. What a round started, ends with it; whoever calls the
 * page looks afterwards whether its round is still on, for a callback may reset
 * or remove the widget.
 */

import { Attempt } from "../core/attempt";
import { cores } from "../core/cores";
import { serverOrigin, warn } from "../core/environment";
import { Failure } from "../core/failure";
import { languageOf } from "../core/language";
import type { Redeemed } from "../core/protocol";
import { onThemeWish } from "../core/theme";
import { CODES, codeOf, isFinal } from "./error_codes";
import { LANGUAGES } from "./locales";
import type { Phrases } from "./locales/phrases";
import type { Refresh, Settings } from "./parameters";
import { ResponseFields } from "./response_fields";
import { DUMMY_TOKEN, rehearsalOf } from "./test_keys";
import { atEnd, whenSeen } from "./token_life";
import { View } from "./view";

/** The state of one widget. */
export class Widget {
  readonly id: string;
  readonly container: Element;
  readonly #settings: Settings;
  readonly #phrases: Phrases;
  readonly #view: View;
  readonly #fields: ResponseFields;
  readonly #abandoned: (widget: Widget) => void;
  readonly #gone = new AbortController();
  #round = new AbortController();
  #clicked: () => void = () => {};
  #running = false;
  #token: string | undefined;
  #expired = false;
  /** Whether the visitor was asked for this token, and so waits to hear of it. */
  #asked = false;
  #failures = 0;
  /** Whether it was on the page at some time: it may be rendered before its container is. */
  #seen = false;

  /**
   * @param compatible whether the form gets a field of reCAPTCHA's name too
   * @param abandoned  called when it finds itself taken off the page
   */
  constructor(
    id: string,
    container: Element,
    settings: Settings,
    compatible: boolean,
    abandoned: (widget: Widget) => void,
  ) {
    this.id = id;
    this.#abandoned = abandoned;
    this.container = container;
    this.#settings = settings;
    const language = languageOf([settings.language, ...navigator.languages], LANGUAGES);
    this.#phrases = LANGUAGES[language];
    const testing = !!rehearsalOf(settings.sitekey);
    this.#view = new View(id, settings, language, this.#phrases, testing, () => this.#clicked());
    this.#fields = new ResponseFields(this.#view.host, settings.field, compatible);
    onThemeWish(() => {
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      this.#view.theme = settings.theme === "auto" ? (dark ? "dark" : "light") : settings.theme;
    }, this.#gone.signal);
    container.append(this.#view.host);
    this.reset();
  }

  /** The token, `undefined` while there is none. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Whether there was a token whose time is over. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Whether its element still is where it was put. */
  get present(): boolean {
    return this.#view.host.parentNode === this.container;
  }

  /** Back to the start, which is a new try unless the page wants to say when. */
  reset(): void {
    this.#stop();
    this.#drop();
    this.#expired = false;
    this.#failures = 0;
    this.#view.show("idle", this.#phrases.group);
    this.#view.visible = this.#settings.appearance === "always";
    if (this.#settings.execution === "render") this.#start(Math.ceil(cores() / 2));
  }

  /** Starts, unless it runs; with a token in hand, the page is told again. */
  execute(): void {
    if (this.#token) this.#tell("callback", this.#token, false);
    else if (!this.#running) this.#start(cores());
  }

  /** Ends everything and takes the widget off the page. Harmless when repeated. */
  remove(): void {
    this.#stop();
    this.#gone.abort();
    this.#drop();
    this.#view.host.remove();
  }

  #stop(): void {
    this.#round.abort();
    this.#running = false;
    this.#clicked = () => {};
  }

  #drop(): void {
    this.#token = undefined;
    this.#fields.write("");
  }

  #start(lanes: number): void {
    this.#stop();
    this.#round = new AbortController();
    const { signal } = this.#round;
    this.#running = true;
    this.#expired = false;
    this.#check();
    // Not at once: a widget that is removed in the same breath, as React does, asks no server.
    after(0, () => this.#run(lanes, signal), signal);
  }

  async #run(lanes: number, signal: AbortSignal): Promise<void> {
    this.#seen ||= this.#view.host.isConnected;
    try {
      const redeemed = await this.#obtain(lanes, signal);
      if (!signal.aborted) this.#accept(redeemed, signal);
    } catch (error) {
      if (!signal.aborted) this.#fail(error, signal);
    }
  }

  async #obtain(lanes: number, signal: AbortSignal): Promise<Redeemed> {
    const { problem, sitekey, binding } = this.#settings;
    if (problem) throw new Problem(problem);
    const rehearsal = rehearsalOf(sitekey);
    if (rehearsal) {
      if (rehearsal.asks) await this.#ask(this.#phrases.ask, signal, PATIENCE);
      if (!rehearsal.passes) throw new Problem(CODES.refused);
      return { token: DUMMY_TOKEN, deadline: Number.POSITIVE_INFINITY };
    }
    const attempt = new Attempt(`${serverOrigin()}/cap/${sitekey}/`, binding, lanes);
    signal.addEventListener("abort", () => attempt.cancel(), { once: true });
    attempt.onprogress = (share) => this.#view.progress(share);
    return attempt.token();
  }

  #accept({ token, deadline }: Redeemed, signal: AbortSignal): void {
    const now = Date.now();
    this.#running = false;
    this.#failures = 0;
    this.#token = token;
    this.#fields.write(token);
    this.#view.show("done", this.#phrases.verified, false, this.#asked);
    this.#asked = false;
    const life = deadline - now;
    const end = now + Math.min(this.#settings.expiryInterval, life - Math.min(MARGIN, life / 10));
    atEnd(end, () => this.#expire(signal), signal);
    this.#tell("callback", token, false);
  }

  #expire(signal: AbortSignal): void {
    const token = this.#token;
    this.#drop();
    this.#expired = true;
    this.#view.show("problem", this.#phrases.expired);
    this.#tell("expired-callback", token);
    this.#refresh(this.#settings.refreshExpired, signal);
  }

  #fail(error: unknown, signal: AbortSignal): void {
    this.#running = false;
    if (error instanceof TimedOut) {
      this.#view.show("problem", this.#phrases.expired);
      this.#tell("timeout-callback");
      this.#refresh(this.#settings.refreshTimeout, signal);
      return;
    }
    const code = error instanceof Problem ? error.code : codeOf(error);
    const { failed, forbidden } = this.#phrases;
    const final = isFinal(code);
    const { retry, retryInterval } = this.#settings;
    // Nothing goes on by itself: somebody has to see it.
    if (final || retry === "never") this.#view.visible = true;
    this.#view.show("problem", final ? forbidden : failed, !final, retry === "never");
    if (!final) this.#clicked = () => this.#start(cores());
    const handled = this.#tell("error-callback", code);
    if (!handled)
      warn(`turnstile: error ${code}${error instanceof Failure ? `: ${error.message}` : ""}`);
    if (signal.aborted || final || retry === "never") return;
    // A server in trouble is asked less and less often.
    const pause = Math.min(
      retryInterval * 2 ** this.#failures++,
      Math.max(retryInterval, LONGEST_PAUSE),
    );
    after(pause, () => this.#again(signal), signal);
  }

  /** What follows an end, once there is somebody to see it. */
  #refresh(refresh: Refresh, signal: AbortSignal): void {
    if (signal.aborted || refresh === "never") return;
    if (refresh === "auto") {
      this.#again(signal);
      return;
    }
    const restart = () => this.#start(cores());
    // It rejects only with its round.
    this.#ask(this.#phrases.renew, signal).then(restart, () => {});
  }

  #again(signal: AbortSignal): void {
    whenSeen(() => {
      this.#seen ||= this.#view.host.isConnected;
      // A page that took it away without a word does not want it back.
      if (this.#seen && !this.#view.host.isConnected) this.#abandoned(this);
      else this.#start(Math.ceil(cores() / 2));
    }, signal);
  }

  /**
   * Waits for a click.
   *
   * @param patience milliseconds
   * @throws {TimedOut} when they are over
   */
  #ask(title: string, signal: AbortSignal, patience?: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#view.visible = true;
      this.#view.show("asking", title, true, true);
      this.#asked = true;
      if (patience) after(patience, () => reject(new TimedOut()), signal);
      this.#clicked = () => {
        this.#clicked = () => {};
        this.#check();
        this.#tell("after-interactive-callback");
        if (!signal.aborted) resolve();
      };
      this.#tell("before-interactive-callback");
    });
  }

  #check(): void {
    this.#view.visible = this.#settings.appearance !== "interaction-only";
    this.#view.show("checking", this.#phrases.checking);
  }

  /** Calls the page. What it throws is its own error, and stops nothing here. */
  #tell(name: string, ...values: unknown[]): unknown {
    const callback = this.#settings.callback(name);
    if (typeof callback !== "function") return false;
    try {
      return callback(...values);
    } catch (error) {
      reportError(error);
      return false;
    }
  }
}

/** No token, for a reason that has a code of its own. */
class Problem extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** The visitor did not click in time. */
class TimedOut extends Error {}

function after(milliseconds: number, act: () => void, signal: AbortSignal): void {
  const timer = setTimeout(act, milliseconds);
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
}

// Milliseconds a visitor has for a click.
const PATIENCE = 120_000;
// Milliseconds of a token's life left for the form to arrive.
const MARGIN = 10_000;
const LONGEST_PAUSE = 300_000;
