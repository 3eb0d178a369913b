/** What a page calls. Names and arguments are those of the published SDK. */

import type { Recorder } from "../telemetry/behavior";
import { complain, debug, setDebugging } from "./log";
import { type Extra, type Options, settingsOf } from "./options";
import { Widget } from "./widget";

/** One widget on a page. */
export class CrafyCAPTCHA {
  /** Watches the page; set by the entry. */
  static recorder: Recorder;
  static #autoLoad = true;
  static readonly #live = new Map<CrafyCAPTCHA, string>();
  readonly #widget: Widget | undefined;

  private constructor(widget: Widget | undefined) {
    this.#widget = widget;
  }

  /**
   * Puts a widget into a container. A widget that was there is replaced. What is
   * wrong with the arguments is told on the console; the page goes on.
   *
   * @param container        the element, or its id
   * @param signingPublicKey an Ed25519 public key in base64
   */
  static init(
    container: string | Element,
    publicKey: string,
    publicToken: string,
    signingPublicKey: string,
    options?: Options,
    extra?: Extra,
  ): CrafyCAPTCHA {
    const element = typeof container === "string" ? byId(container) : container;
    if (!(element instanceof Element)) {
      complain("there is no container", container);
      return new CrafyCAPTCHA(undefined);
    }
    for (const [other] of CrafyCAPTCHA.#live) {
      if (other.#widget?.container === element) other.destroy();
    }
    const keys = [publicKey, publicToken, signingPublicKey] as const;
    const [settings, problem] = settingsOf(keys, options, extra);
    CrafyCAPTCHA.#warnOfTwins(settings.inputName);
    const autoLoad = CrafyCAPTCHA.#autoLoad && !problem;
    const widget = new Widget(element, settings, CrafyCAPTCHA.recorder, autoLoad);
    if (problem) {
      complain(problem);
      widget.refuse();
    }
    const captcha = new CrafyCAPTCHA(widget);
    CrafyCAPTCHA.#live.set(captcha, settings.inputName);
    debug("a widget is in", element);
    return captcha;
  }

  /** Whether widgets made from now on load their challenge before anybody asks. */
  static setAutoLoad(wanted: boolean): void {
    CrafyCAPTCHA.#autoLoad = wanted;
  }

  /** Whether every step is told on the console. */
  static setDebug(wanted: boolean): void {
    setDebugging(wanted);
  }

  /** The same for this widget alone; turning it on later loads the challenge. */
  setAutoLoad(wanted: boolean): void {
    if (this.#widget) this.#widget.autoLoad = wanted;
  }

  /** As the static one: the console is everybody's. */
  setDebug(wanted: boolean): void {
    setDebugging(wanted);
  }

  /** Loads the challenge now. */
  loadIframe(): void {
    this.#widget?.load();
  }

  /** Takes the token out of the form and starts over. */
  reset(): void {
    this.#widget?.reset();
  }

  /** Takes the widget out of the page. */
  destroy(): void {
    this.#widget?.destroy();
    CrafyCAPTCHA.#live.delete(this);
  }

  /** Two fields of one name: a backend would read one of the tokens twice, or neither. */
  static #warnOfTwins(inputName: string): void {
    for (const [other, name] of CrafyCAPTCHA.#live) {
      // Left behind by a page that rebuilt itself.
      if (!other.#widget?.container.isConnected) other.destroy();
      else if (name === inputName) {
        complain(`CRITICAL: two widgets have the inputName "${name}"; give each its own`);
      }
    }
  }
}

const byId = (id: string): Element | null => document.getElementById(id.replace(/^#/, ""));
