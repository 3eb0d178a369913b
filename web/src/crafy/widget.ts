/**
 * One widget's way to a token: options, the challenge in its frame, and the
 * token's end after nineteen minutes, when it starts over.
 */

import { languageOf } from "../core/language";
import { onThemeWish, themeOf } from "../core/theme";
import { whenIdle } from "../core/when_idle";
import type { Recorder } from "../telemetry/behavior";
import { telemetryOf } from "../telemetry/visit";
import { LIFE, OptionsSource } from "./encrypted_options";
import { FrameLink, type FrameListener } from "./frame_link";
import { GuardedField } from "./guarded_field";
import { LANGUAGES } from "./locales";
import type { Phrases } from "./locales/phrases";
import { complain, debug } from "./log";
import type { Settings } from "./options";
import { forget, type Requirement, release, require, solved } from "./submission";
import { turnstileToken } from "./turnstile";
import { View } from "./view";

/** The state of one widget. */
export class Widget implements Requirement {
  readonly container: Element;
  readonly #settings: Settings;
  readonly #recorder: Recorder;
  readonly #phrases: Phrases;
  readonly #view: View;
  readonly #field: GuardedField;
  readonly #source: OptionsSource;
  readonly #gone = new AbortController();
  #autoLoad: boolean;
  #round = new AbortController();
  #link: FrameLink | undefined;
  #running = false;
  #token = "";
  /** When this flow's options were made, by the visitor's clock. */
  #since = Number.POSITIVE_INFINITY;
  #reloads: number[] = [];
  #refused = false;

  /** @param autoLoad whether the challenge is loaded before anybody asks */
  constructor(container: Element, settings: Settings, recorder: Recorder, autoLoad: boolean) {
    this.container = container;
    this.#settings = settings;
    this.#recorder = recorder;
    this.#autoLoad = autoLoad;
    this.#source = new OptionsSource(settings);
    const language = languageOf(navigator.languages, LANGUAGES);
    this.#phrases = LANGUAGES[language];
    this.#view = new View(container, language, this.#phrases, settings);
    this.#field = new GuardedField(container, settings.inputName);
    const { signal } = this.#gone;
    onThemeWish(() => {
      this.#view.theme = this.#theme;
    }, signal);
    this.#view.trigger.addEventListener("click", () => {
      if (this.#view.trigger.ariaDisabled !== "true") this.load();
    });
    addEventListener("offline", () => this.#disconnected(), { signal });
    addEventListener("online", () => this.#reconnected(), { signal });
    document.addEventListener("visibilitychange", () => this.#look(), { signal });
    // A timer set for the very moment would stand still while a device sleeps.
    const watch = setInterval(() => this.#look(), 1000);
    signal.addEventListener("abort", () => clearInterval(watch));
    require(this);
    this.#rest(this.#phrases.check);
  }

  /** Whether there is a token. */
  get solved(): boolean {
    return this.#token !== "";
  }

  /** Says that nothing can come of this widget. */
  refuse(): void {
    this.#refused = true;
    this.#view.show("problem", this.#phrases.unset, { idle: true });
  }

  set autoLoad(wanted: boolean) {
    this.#autoLoad = wanted;
    if (wanted && !this.#running && !this.solved) this.#preload();
  }

  /** Begins, unless it has begun or is done. */
  load(): void {
    if (this.#running || this.solved || this.#refused || this.#gone.signal.aborted) return;
    this.#running = true;
    this.#view.show("checking", this.#phrases.checking, { idle: true });
    if (!navigator.onLine) this.#disconnected();
    else this.#begin();
  }

  /** Forgets everything and starts over. */
  reset(): void {
    if (this.#refused || this.#gone.signal.aborted) return;
    forget(this);
    this.#reloads = [];
    this.#drop();
    this.#rest(this.#phrases.check);
  }

  /** Ends everything and leaves the container as it was. */
  destroy(): void {
    this.#gone.abort();
    forget(this);
    release(this);
    this.#drop();
    this.#field.remove();
    this.#view.remove();
  }

  demand(): void {
    this.load();
    if (!this.solved) this.#view.attract(this.#refused ? "" : this.#phrases.held);
  }

  get #theme(): string {
    return themeOf(this.container, this.#settings.theme);
  }

  /** Waits to be asked, or for a moment that suits the page. */
  #rest(words: string): void {
    this.#view.show("", words);
    if (this.#autoLoad) this.#preload();
  }

  #preload(): void {
    const { signal } = this.#round;
    whenIdle(() => {
      if (!signal.aborted) this.load();
    });
  }

  /** Ends the present round and takes its token out of the form. */
  #drop(): void {
    this.#round.abort();
    this.#round = new AbortController();
    this.#close();
    this.#running = false;
    this.#since = Number.POSITIVE_INFINITY;
    this.#token = "";
    this.#field.write("");
  }

  #close(): void {
    this.#view.catchFocus();
    this.#link?.close();
    this.#link = undefined;
  }

  async #begin(): Promise<void> {
    const { signal } = this.#round;
    try {
      const options = await this.#source.next(signal);
      if (signal.aborted) return;
      if (options) {
        this.#since = options.since;
        this.#open(options.eo);
      } else this.#dead();
    } catch (error) {
      if (signal.aborted) return;
      complain("options could not be had:", error);
      this.#problem(this.#phrases.network);
    }
  }

  #open(eo: string): void {
    const { publicToken, iframeUrl, style, signer } = this.#settings;
    debug("loading", iframeUrl);
    this.#recorder.startPath();
    const fields = {
      pt: publicToken,
      cdweo: JSON.stringify({ eo, ...telemetryOf(this.#recorder) }),
      theme: this.#theme,
      bg: style.background,
      text: style.color,
      primary: style.primary,
      border: style.borderColor,
      parent_origin: location.origin,
    };
    const request = { address: iframeUrl, fields, title: this.#phrases.group, signer };
    this.#link = new FrameLink(this.#view.place, request, this.#listener());
  }

  #listener(): FrameListener {
    return {
      resized: (height) => this.#link && this.#view.open(this.#link.frame, height),
      reload: () => this.#reload(),
      turnstile: () => this.#askTurnstile(),
      completed: (token) => this.#accept(token),
      failed: () => this.#problem(this.#phrases.network),
    };
  }

  #accept(token: string): void {
    this.#close();
    this.#running = false;
    this.#token = token;
    this.#reloads = [];
    this.#field.write(token);
    this.#view.show("done", this.#phrases.verified, { idle: true, aloud: true });
    this.container.dispatchEvent(
      new CustomEvent("crafy:success", { detail: token, bubbles: true }),
    );
    this.#settings.succeeded(token);
    // The page may have reset it meanwhile.
    if (this.solved) solved(this);
  }

  /** The flow is over: the next one begins, unless that never ends. */
  #reload(): void {
    const now = Date.now();
    this.#reloads = [...this.#reloads.filter((time) => now - time < RELOAD_SPAN), now];
    const most = this.#source.renewable ? RELOADS : 1;
    if (this.#reloads.length <= most) {
      this.#drop();
      this.load();
    } else if (this.#source.renewable) this.#problem(this.#phrases.failed);
    else this.#dead();
  }

  /** Says what is wrong on the checkbox, which tries again. */
  #problem(words: string): void {
    forget(this);
    this.#drop();
    this.#view.show("problem", words, { aloud: true });
  }

  /** Only a new page has new options. */
  #dead(): void {
    forget(this);
    this.#drop();
    this.#view.show("problem", this.#phrases.stale, { idle: true, aloud: true });
  }

  async #askTurnstile(): Promise<void> {
    const link = this.#link;
    const { iframeUrl, publicKey, signer, nonce } = this.#settings;
    const address = new URL("../api/turnstile_site_key.php", iframeUrl);
    address.searchParams.set("pk", publicKey);
    const asked = { container: this.container, address: address.href, signer, nonce };
    try {
      const { signal } = this.#round;
      const token = await turnstileToken({ ...asked, theme: this.#theme, signal });
      link?.say("TURNSTILE_SOLVED", { token });
    } catch (error) {
      link?.say("TURNSTILE_ERROR", { message: String(error) });
    }
  }

  /** Whether options or token are too old; then a new round begins, for whoever is there. */
  #look(): void {
    const late = Date.now() - this.#since >= LIFE;
    if (!late) return;
    const { solved } = this;
    const unseen = document.hidden || performance.now() - this.#recorder.lastAct > ATTENTION;
    // What is open may be left as it is until somebody looks; a token may not.
    if (!solved && unseen) return;
    debug("expired");
    forget(this);
    this.#drop();
    if (!this.#source.renewable) this.#dead();
    else if (this.#autoLoad && !unseen) this.load();
    else this.#view.show("", this.#phrases.expired);
    if (solved) this.#settings.expired();
  }

  #disconnected(): void {
    if (this.#running) this.#view.notice(this.#phrases.offline);
  }

  #reconnected(): void {
    if (!this.#running) return;
    this.#view.notice("");
    if (this.#link) return;
    // What was begun without network may still come: only one may go on.
    this.#drop();
    this.load();
  }
}

// As many reloads in so many milliseconds as a person may need.
const RELOADS = 4;
const RELOAD_SPAN = 120_000;
// Milliseconds without a sign of life after which a page counts as left.
const ATTENTION = 600_000;
