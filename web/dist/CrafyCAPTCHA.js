"use strict";
(() => {
  // src/telemetry/behavior.ts
  var Recorder = class {
    /** When the visitor last did something, by `performance.now()`. */
    lastAct = 0;
    #start = performance.now();
    #points = [];
    #rhythm = new Rhythm();
    /** Times of the last point that was told, and of the last that is told no more. */
    #told = Number.NEGATIVE_INFINITY;
    #floor = Number.NEGATIVE_INFINITY;
    #keys = 0;
    #moves = 0;
    #focus = 0;
    #clicks = 0;
    #touches = 0;
    constructor() {
      this.#watch("pointermove", (event) => this.#moved(event));
      this.#watch("pointerdown", (event) => {
        if (event.pointerType === "touch") this.#touches++;
      });
      this.#watch("keydown", (event) => {
        if (event.repeat) return;
        this.#keys++;
        this.#rhythm.beat(event.timeStamp);
      });
      this.#watch("click", () => {
        this.#clicks++;
      });
      this.#watch("focusin", () => {
        this.#focus++;
      });
    }
    /**
     * Begins another question: what was told in earlier ones is not told again.
     * The server takes a path that comes twice for a recording.
     */
    startPath() {
      this.#floor = this.#told;
    }
    /** The newest points of the present question's path, oldest first. */
    motion() {
      this.#told = this.#points.at(-1)?.t ?? this.#told;
      return this.#points.filter(({ t }) => t > this.#floor);
    }
    /** Everything counted so far. */
    behavior() {
      const now = performance.now();
      return {
        dwellMs: Math.round(now - this.#start),
        keyPresses: this.#keys,
        pointerMoves: this.#moves,
        focusChanges: this.#focus,
        clickCount: this.#clicks,
        touches: this.#touches,
        ...this.lastAct > 0 && { submitLatencyMs: Math.round(now - this.lastAct) },
        ...this.#rhythm.figures()
      };
    }
    #watch(type, act) {
      const heard = (event) => {
        if (!event.isTrusted) return;
        this.lastAct = event.timeStamp;
        act(event);
      };
      addEventListener(type, heard, { capture: true, passive: true });
    }
    #moved({ clientX, clientY, timeStamp }) {
      this.#moves++;
      this.#points.push({
        x: rounded(clientX),
        y: rounded(clientY),
        t: Math.max(0, rounded(timeStamp - this.#start))
      });
      if (this.#points.length > POINTS_MAX) this.#points.shift();
    }
  };
  var Rhythm = class {
    #last = Number.NaN;
    #count = 0;
    #mean = 0;
    #squares = 0;
    beat(time) {
      const interval = time - this.#last;
      this.#last = time;
      if (!(interval < PAUSE)) return;
      this.#count++;
      const off = interval - this.#mean;
      this.#mean += off / this.#count;
      this.#squares += off * (interval - this.#mean);
    }
    figures() {
      if (this.#count < 2) return {};
      return {
        keyIntervalMs: rounded(this.#mean),
        keyIntervalDeviationMs: rounded(Math.sqrt(this.#squares / this.#count))
      };
    }
  };
  var rounded = (value) => Math.round(value * 10) / 10;
  var POINTS_MAX = 49;
  var PAUSE = 2e3;

  // src/crafy/log.ts
  var debugging = false;
  function setDebugging(wanted) {
    debugging = wanted;
  }
  function debug(...words) {
    if (debugging) console.debug("[CrafyCAPTCHA]", ...words);
  }
  function complain(...words) {
    console.error("[CrafyCAPTCHA]", ...words);
  }

  // src/core/environment.ts
  var settings = () => window;
  var serverOrigin = () => new URL(scriptAddress, document.baseURI).origin;
  var scriptAddress = document.currentScript?.src || document.querySelector(
    'script[src*="widget"],script[src*="Crafy"],script[src*="turnstile/v0/"]'
  )?.src || "/assets/widget.js";
  var assets = scriptAddress.replace(
    /\/(api\/v1\/widget|turnstile\/v0\/(g\/\w+\/)?api)\.js\b.*/,
    "/assets/"
  );

  // src/crafy/signature/sha512.ts
  function sha512(message) {
    const blocks = Math.ceil((message.length + 17) / 128);
    const padded = new Uint8Array(blocks * 128);
    padded.set(message);
    padded[message.length] = 128;
    const view = new DataView(padded.buffer);
    view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
    const state = BigUint64Array.from(INITIAL_STATE);
    for (let at = 0; at < padded.length; at += 128) compress(state, view, at);
    const digest2 = new DataView(new ArrayBuffer(64));
    state.forEach((word, index) => {
      digest2.setBigUint64(index * 8, word);
    });
    return new Uint8Array(digest2.buffer);
  }
  function compress(state, bytes, offset) {
    for (let i = 0; i < 16; i++) SCHEDULE[i] = bytes.getBigUint64(offset + i * 8);
    for (let i = 16; i < 80; i++) {
      const x = SCHEDULE[i - 15];
      const y = SCHEDULE[i - 2];
      const s0 = turned(x, 1n) ^ turned(x, 8n) ^ x >> 7n;
      const s1 = turned(y, 19n) ^ turned(y, 61n) ^ y >> 6n;
      SCHEDULE[i] = SCHEDULE[i - 16] + s0 + SCHEDULE[i - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 80; i++) {
      const s1 = turned(e, 14n) ^ turned(e, 18n) ^ turned(e, 41n);
      const t1 = h + s1 + (e & f ^ ~e & g) + ROUND[i] + SCHEDULE[i];
      const s0 = turned(a, 28n) ^ turned(a, 34n) ^ turned(a, 39n);
      const t2 = s0 + (a & b ^ a & c ^ b & c);
      [h, g, f, e, d, c, b, a] = [g, f, e, low(d + t1), c, b, a, low(t1 + t2)];
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => {
      state[index] += word;
    });
  }
  var low = (value) => BigInt.asUintN(64, value);
  var turned = (word, by) => word >> by | low(word << 64n - by);
  function root(value, power) {
    let guess = 1n << BigInt(value.toString(2).length) / power + 1n;
    for (; ; ) {
      const next = ((power - 1n) * guess + value / guess ** (power - 1n)) / power;
      if (next >= guess) return guess;
      guess = next;
    }
  }
  var fractions = (count, power) => BigUint64Array.from(PRIMES.slice(0, count), (prime) => root(prime << 64n * power, power));
  var PRIMES = [];
  for (let n = 2n; PRIMES.length < 80; n++) {
    if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
  }
  var ROUND = fractions(80, 3n);
  var INITIAL_STATE = fractions(8, 2n);
  var SCHEDULE = new BigUint64Array(80);

  // src/crafy/signature/ed25519.ts
  function verify(key, message, signature) {
    if (key.length !== 32 || signature.length !== 64) return false;
    const signer = decode(key);
    const commitment = signature.subarray(0, 32);
    const scalar = integer(signature.subarray(32));
    if (!signer || scalar >= ORDER) return false;
    const hashed = new Uint8Array(64 + message.length);
    hashed.set(commitment);
    hashed.set(key, 32);
    hashed.set(message, 64);
    const challenge = integer(sha512(hashed)) % ORDER;
    const [x, y, z, t] = multiple(signer, challenge);
    const expected = encode(sum(multiple(BASE, scalar), [P - x, y, z, P - t]));
    return expected.every((byte, index) => byte === commitment[index]);
  }
  function sum([x1, y1, z1, t1], [x2, y2, z2, t2]) {
    const a = (y1 - x1) * (y2 - x2);
    const b = (y1 + x1) * (y2 + x2);
    const c = mod(2n * D * t1) * t2;
    const d = 2n * z1 * z2;
    const [e, f, g, h] = [mod(b - a), mod(d - c), mod(d + c), mod(b + a)];
    return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
  }
  function multiple(point, scalar) {
    let total = [0n, 1n, 1n, 0n];
    let power = point;
    for (let rest = scalar; rest > 0n; rest >>= 1n) {
      if (rest & 1n) total = sum(total, power);
      power = sum(power, power);
    }
    return total;
  }
  function decode(bytes) {
    const number = integer(bytes);
    const odd = number >> 255n;
    const y = number & (1n << 255n) - 1n;
    if (y >= P) return void 0;
    const u = mod(y * y - 1n);
    const v = mod(D * y * y + 1n);
    let x = mod(u * v ** 3n * raised(mod(u * v ** 7n), (P - 5n) / 8n));
    const square = mod(v * x * x);
    if (square !== u) {
      if (square !== mod(-u)) return void 0;
      x = mod(x * ROOT_OF_MINUS_ONE);
    }
    if (x === 0n && odd) return void 0;
    if ((x & 1n) !== odd) x = P - x;
    return [x, y, 1n, mod(x * y)];
  }
  function encode([x, y, z]) {
    const inverse = raised(z, P - 2n);
    const parity = mod(x * inverse) & 1n;
    const number = mod(y * inverse) | parity << 255n;
    return Uint8Array.from(
      { length: 32 },
      (_, index) => Number(number >> BigInt(8 * index) & 255n)
    );
  }
  var integer = (bytes) => bytes.reduceRight((number, byte) => number << 8n | BigInt(byte), 0n);
  var mod = (number) => {
    const rest = number % P;
    return rest < 0n ? rest + P : rest;
  };
  function raised(base, exponent) {
    let result = 1n;
    for (let power = mod(base), rest = exponent; rest > 0n; rest >>= 1n) {
      if (rest & 1n) result = mod(result * power);
      power = mod(power * power);
    }
    return result;
  }
  var P = 2n ** 255n - 19n;
  var ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
  var D = mod(-121665n * raised(121666n, P - 2n));
  var ROOT_OF_MINUS_ONE = raised(2n, (P - 1n) / 4n);
  var BASE = decode(Uint8Array.from({ length: 32 }, (_, index) => index ? 102 : 88));

  // src/crafy/signature/signer.ts
  var Signer = class {
    #key;
    #native;
    /** @param publicKey an Ed25519 public key in standard base64 */
    constructor(publicKey) {
      const key = bytesOf(publicKey);
      if (key?.length === 32) this.#key = key;
    }
    /** Whether the key has the form of one. */
    get sound() {
      return this.#key !== void 0;
    }
    /** Whether this text was signed by the site's server. Never rejects. */
    async signed(text2, signature) {
      const proof = typeof signature === "string" && bytesOf(signature);
      if (!this.#key || typeof text2 !== "string" || text2.length > TEXT_MAX || !proof) return false;
      const message = new TextEncoder().encode(text2);
      this.#native ??= imported(this.#key);
      const native = await this.#native;
      if (!native) return verify(this.#key, message, proof);
      return crypto.subtle.verify("Ed25519", native, proof, message).catch(() => false);
    }
  };
  async function imported(key) {
    try {
      return await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    } catch {
      return void 0;
    }
  }
  function bytesOf(base642) {
    try {
      return Uint8Array.from(atob(base642), (character) => character.charCodeAt(0));
    } catch {
      return void 0;
    }
  }
  var TEXT_MAX = 16384;

  // src/crafy/options.ts
  function settingsOf([publicKey, publicToken, signingPublicKey], options = {}, extra = {}) {
    const signer = new Signer(text(signingPublicKey) ?? "");
    const settings2 = {
      publicKey: text(publicKey) ?? "",
      publicToken: text(publicToken) ?? "",
      signer,
      optionsUrl: text(options.optionsUrl),
      encryptedOptions: text(options.encryptedOptions),
      parameters: extra.fetchOptionsParameters ?? {},
      theme: text(options.theme),
      style: colours(options.style ?? {}),
      inputName: text(options.inputName) ?? DEFAULT_NAME,
      succeeded: (token) => call(options.onSuccess, token),
      expired: () => call(options.onExpire),
      iframeUrl: address(text(options.iframeUrl)),
      nonce: text(options.cspNonce)
    };
    return [settings2, problemOf(settings2)];
  }
  function problemOf(settings2) {
    if (!settings2.publicKey || !settings2.publicToken) return "public key or public token is missing";
    if (!settings2.signer.sound) return "the signing public key is not an Ed25519 key in base64";
    if (!settings2.optionsUrl && !settings2.encryptedOptions) {
      return "either optionsUrl or encryptedOptions is needed";
    }
    if (!/^https?:/.test(settings2.iframeUrl)) return "iframeUrl is not an address";
    return void 0;
  }
  function address(given) {
    try {
      const url = given ? new URL(given, document.baseURI) : new URL("/challenge/", serverOrigin());
      return url.href.replace(/[?#].*|\/*$/gs, "").concat("/");
    } catch {
      return "";
    }
  }
  function colours(style) {
    const colour = (value) => typeof value === "string" && CSS.supports("color", value) ? value : "";
    return {
      background: colour(style.background),
      backgroundHover: colour(style.backgroundHover),
      color: colour(style.color),
      borderColor: colour(style.borderColor),
      primary: colour(style.primary),
      footerColor: colour(style.footerColor)
    };
  }
  function call(own, ...words) {
    if (typeof own !== "function") return;
    try {
      own(...words);
    } catch (error) {
      reportError(error);
    }
  }
  var text = (value) => typeof value === "string" && value ? value : void 0;
  var DEFAULT_NAME = "CrafyCAPTCHA_token";

  // src/core/theme.ts
  function themeOf(container, wanted) {
    if (wanted === "light" || wanted === "dark") return wanted;
    const meta = document.querySelector('meta[name="color-scheme"]')?.content;
    const style = getComputedStyle(container).colorScheme ?? "";
    const page2 = style === "normal" ? meta ?? "" : style;
    if (!page2.includes("dark")) return "light";
    return DARK.matches || !page2.includes("light") ? "dark" : "light";
  }
  function onThemeWish(changed, signal) {
    changed();
    DARK.addEventListener("change", changed, { signal });
  }
  var DARK = matchMedia("(prefers-color-scheme: dark)");

  // src/core/when_idle.ts
  function whenIdle(begin) {
    if (document.hidden) {
      document.addEventListener("visibilitychange", () => whenIdle(begin), { once: true });
      return;
    }
    setTimeout(() => {
      if ("requestIdleCallback" in window) requestIdleCallback(begin, { timeout: IDLE_LIMIT });
      else begin();
    }, SETTLING);
  }
  var SETTLING = 500;
  var IDLE_LIMIT = 300;

  // src/telemetry/automation.ts
  function automationTraces() {
    const found = /* @__PURE__ */ new Set();
    const names = [...Object.getOwnPropertyNames(window), ...Object.getOwnPropertyNames(document)];
    for (const [trace, pattern] of GLOBALS) {
      if (names.some((name) => pattern.test(name))) found.add(trace);
    }
    const root2 = document.documentElement;
    if (["webdriver", "selenium", "driver"].some((name) => root2.hasAttribute(name))) {
      found.add("selenium");
    }
    if (/Headless/.test(navigator.userAgent)) found.add("headless");
    if (webdriverIsPatched()) found.add("webdriver-patched");
    return [...found];
  }
  function webdriverIsPatched() {
    if (Object.hasOwn(navigator, "webdriver")) return true;
    const own = Object.getOwnPropertyDescriptor(Navigator.prototype, "webdriver");
    if (!own) return !!navigator.webdriver;
    return !own.get || !/\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(own.get));
  }
  var GLOBALS = [
    ["cdc", /^\$?cdc_[a-zA-Z0-9]{10,}|^\$chrome_asyncScriptInfo$/],
    ["playwright", /^__(playwright|pw)(_|[A-Z])/],
    ["puppeteer", /^__?puppeteer_/],
    [
      "selenium",
      /^_{0,2}\$?(fxdriver|webdriver|selenium|driver)_(evaluate|unwrapped|script|id)|^_Selenium_IDE_Recorder$|^callSelenium$|^__lastWatir|^__webdriverFunc$/
    ],
    ["phantom", /^(call|_)?[pP]hantom(as)?$/],
    ["nightmare", /^__nightmare$/],
    ["cypress", /^Cypress$/],
    ["dom-automation", /^domAutomation(Controller)?$/]
  ];

  // src/telemetry/fingerprint.ts
  function fingerprint() {
    facts ??= read();
    return facts;
  }
  function read() {
    const { userAgent, language, hardwareConcurrency, maxTouchPoints } = navigator;
    const { platform, deviceMemory } = navigator;
    const [webglVendor, webglRenderer] = quietly(graphics, ["", ""]);
    return {
      userAgent: userAgent.slice(0, TEXT_MAX2),
      language: language ?? "",
      timezone: quietly(() => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "", ""),
      platform: platform ?? "",
      webdriver: navigator.webdriver === true,
      canvas: quietly(drawing, ""),
      webglVendor,
      webglRenderer,
      screen: { width: screen.width, height: screen.height, pixelRatio: devicePixelRatio },
      ...hardwareConcurrency && { hardwareConcurrency },
      ...deviceMemory && { deviceMemory },
      touchPoints: maxTouchPoints ?? 0,
      automation: quietly(automationTraces, [])
    };
  }
  function drawing() {
    const canvas = document.createElement("canvas");
    canvas.width = 240;
    canvas.height = 48;
    const pen = canvas.getContext("2d");
    if (!pen) return "";
    const shade = pen.createLinearGradient(0, 0, 240, 0);
    shade.addColorStop(0, "#3a6");
    shade.addColorStop(1, "#c3a");
    pen.fillStyle = shade;
    pen.fillRect(0, 8, 190, 24);
    pen.globalCompositeOperation = "multiply";
    pen.fillStyle = "#fd7b";
    pen.arc(150, 24, 21, 0, 5.4);
    pen.fill("evenodd");
    pen.globalCompositeOperation = "source-over";
    pen.font = "17px Georgia, 'Noto Serif', serif";
    pen.fillStyle = "#124";
    pen.fillText("Gate 7 ↟ ﬁrst “œuvre” 🏰", 3.3, 30.7);
    return digest(canvas.toDataURL());
  }
  function graphics() {
    const gl = document.createElement("canvas").getContext("webgl");
    if (!gl) return ["", ""];
    const named = gl.getExtension("WEBGL_debug_renderer_info");
    const value = (unmasked, masked) => String(gl.getParameter(unmasked ?? masked) ?? "").slice(0, TEXT_MAX2);
    const answer = [
      value(named?.UNMASKED_VENDOR_WEBGL, gl.VENDOR),
      value(named?.UNMASKED_RENDERER_WEBGL, gl.RENDERER)
    ];
    gl.getExtension("WEBGL_lose_context")?.loseContext();
    return answer;
  }
  function digest(text2) {
    let first = 2166136261;
    let second = 1540483477;
    for (let at = 0; at < text2.length; at++) {
      const code = text2.charCodeAt(at);
      first = Math.imul(first ^ code, 16777619);
      second = Math.imul(second ^ code + at, 16777619);
    }
    return [first, second].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }
  function quietly(look, otherwise) {
    try {
      return look();
    } catch {
      return otherwise;
    }
  }
  var facts;
  var TEXT_MAX2 = 512;

  // src/telemetry/visit.ts
  var telemetryOf = (recorder) => ({
    fingerprint: fingerprint(),
    motion: recorder.motion(),
    behavior: recorder.behavior(),
    page: bare(location.href),
    referrer: bare(document.referrer)
  });
  var bare = (address2) => address2.replace(/[?#].*/s, "").slice(0, 2048);

  // src/crafy/encrypted_options.ts
  var OptionsSource = class {
    #settings;
    #written;
    constructor(settings2) {
      this.#settings = settings2;
      this.#written = settings2.encryptedOptions;
    }
    /** Whether there can be options after the present ones. */
    get renewable() {
      return this.#settings.optionsUrl !== void 0;
    }
    /**
     * Options for a flow; `undefined` where only those of the page are left, and they are too old.
     *
     * @throws if the site's backend cannot be reached or answers something else
     */
    async next(signal) {
      const { optionsUrl, parameters } = this.#settings;
      const eo = this.#written;
      const since = Date.now() - performance.now();
      if (eo && performance.now() < LIFE) {
        if (optionsUrl) this.#written = void 0;
        return { eo, since };
      }
      return optionsUrl ? fetched(optionsUrl, parameters, signal) : void 0;
    }
  };
  async function fetched(address2, parameters, signal) {
    const since = Date.now();
    const response = await fetch(address2, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ action: "get_options", ...parameters }),
      credentials: "same-origin",
      signal
    });
    const { eo } = await response.json() ?? {};
    if (typeof eo !== "string" || !eo) throw new TypeError("The answer for options has no eo");
    return { eo, since };
  }
  var LIFE = 19 * 6e4;

  // src/core/build_dom.ts
  function html(tag, attributes, ...children) {
    return fill(document.createElement(tag), attributes, children);
  }
  function svg(tag, attributes, ...children) {
    return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
  }
  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  // src/crafy/frame_link.ts
  var FrameLink = class {
    /** The frame itself. */
    frame;
    #origin;
    #signer;
    #tell;
    #closed = new AbortController();
    // Signatures take a moment; messages must not overtake each other meanwhile.
    #queue = Promise.resolve();
    #flow;
    #heardOf = false;
    /** Opens the frame in `place`, which has to be in the page. */
    constructor(place, request, tell) {
      this.#origin = new URL(request.address).origin;
      this.#signer = request.signer;
      this.#tell = tell;
      const name = `crafy-${++frames}-${Math.random().toString(36).slice(2)}`;
      this.frame = html("iframe", { name, title: request.title, scrolling: "no" });
      const { signal } = this.#closed;
      addEventListener("message", (event) => this.#heard(event), { signal });
      place.append(this.frame);
      this.#await();
      post(place, name, request);
    }
    /** Says something to the challenge. */
    say(action, payload) {
      this.frame.contentWindow?.postMessage({ action, payload }, this.#origin);
    }
    /** Takes the frame away. */
    close() {
      this.#closed.abort();
      this.frame.remove();
    }
    /** Gives the challenge time to come, and asks once whether it is there. */
    #await() {
      const { signal } = this.#closed;
      const after = (wait, act) => {
        const timer = setTimeout(() => this.#heardOf || act(), wait);
        signal.addEventListener("abort", () => clearTimeout(timer));
      };
      after(PATIENCE, () => this.#fail("the challenge did not come"));
      const arrived = () => {
        if (this.frame.contentDocument?.URL === "about:blank") return;
        after(SILENCE, () => this.say("REQUEST_HANDSHAKE_RETRY", {}));
        after(4 * SILENCE, () => this.#fail("the page in the frame is not a challenge"));
      };
      this.frame.addEventListener("load", arrived, { signal });
    }
    #heard({ data, origin, source }) {
      if (origin !== this.#origin || source !== this.frame.contentWindow || !source) return;
      this.#heardOf = true;
      const message = data ?? {};
      this.#queue = this.#queue.then(async () => {
        if (!this.#closed.signal.aborted) await this.#obey(message);
      });
    }
    async #obey(message) {
      debug("the challenge says", message.action);
      if (message.action === "HANDSHAKE") return this.#shake(message);
      if (message.action === "RESIZE") this.#resize(message.payload);
      else if (message.action === "REQUEST_RELOAD") this.#tell.reload();
      else if (!this.#flow) return;
      else if (message.action === "CHALLENGE_COMPLETE") return this.#complete(message);
      else if (message.action === "REQUEST_TURNSTILE_STATUS") this.#tell.turnstile();
    }
    async #shake({ payload, signature }) {
      const flow = (await this.#read(payload, signature))?.payload;
      if (this.#closed.signal.aborted) return;
      const token = flow && flow.flow_token;
      if (typeof token === "string" && token) this.#flow = token;
      else this.#fail("the handshake is not signed by this site's server");
    }
    async #complete({ payload, signature, server_sign }) {
      const outcome = await this.#read(payload, signature);
      if (this.#closed.signal.aborted) return;
      const { status, flow_token } = outcome ?? {};
      if (status !== "success" || flow_token !== this.#flow || typeof server_sign !== "string") {
        this.#fail("the outcome is not signed by this site's server");
        return;
      }
      this.#tell.completed(base64(JSON.stringify({ payload, server_sign })));
    }
    /** A signed text's content; `undefined` if it is not signed, or no object. */
    async #read(text2, signature) {
      if (!await this.#signer.signed(text2, signature)) return void 0;
      try {
        return JSON.parse(text2) ?? void 0;
      } catch {
        return void 0;
      }
    }
    #resize(payload) {
      const height = Number(payload?.height);
      if (height > 0 && height <= HEIGHT_MAX) this.#tell.resized(Math.ceil(height));
    }
    #fail(why) {
      if (this.#closed.signal.aborted) return;
      complain(why);
      this.#tell.failed(why);
    }
  };
  function post(place, target, { address: address2, fields }) {
    const form = html("form", { action: address2, method: "post", target, hidden: "" });
    for (const [name, value] of Object.entries(fields)) {
      form.append(html("input", { type: "hidden", name, value }));
    }
    place.append(form);
    form.submit();
    form.remove();
  }
  var base64 = (text2) => btoa(String.fromCharCode(...new TextEncoder().encode(text2)));
  var frames = 0;
  var HEIGHT_MAX = 2e3;
  var PATIENCE = 3e4;
  var SILENCE = 1e3;

  // src/crafy/guarded_field.ts
  var GuardedField = class {
    #container;
    #name;
    #field;
    #watch = new MutationObserver(() => this.#repair());
    #token = "";
    #repairs = 0;
    constructor(container, name) {
      this.#container = container;
      this.#name = name;
      this.#field = html("input", { type: "hidden", name, value: "" });
      container.append(this.#field);
      this.#watch.observe(container, { childList: true });
      this.#watch.observe(this.#field, { attributes: true });
    }
    /** Puts a token into the form, or takes it out with an empty text. */
    write(token) {
      this.#token = token;
      this.#field.value = token;
    }
    /** Takes the field away and watches no more. */
    remove() {
      this.#watch.disconnect();
      this.#field.remove();
    }
    #repair() {
      const field = this.#field;
      const wanted = { type: "hidden", name: this.#name, value: this.#token };
      const odd = field.getAttributeNames().filter((name) => !Object.hasOwn(wanted, name));
      const changed = Object.entries(wanted).filter(([name, is]) => field.getAttribute(name) !== is);
      const gone = field.parentNode !== this.#container;
      if (odd.length + changed.length === 0 && !gone) return;
      if (++this.#repairs > REPAIRS) {
        this.#watch.disconnect();
        complain(`something keeps changing the field ${this.#name}`);
        return;
      }
      for (const name of odd) field.removeAttribute(name);
      for (const [name, is] of changed) field.setAttribute(name, is);
      if (gone) this.#container.append(field);
    }
  };
  var REPAIRS = 100;

  // src/crafy/locales/de.ts
  var de = {
    group: "Menschprüfung",
    check: "Ich bin ein Mensch",
    checking: "Prüfung läuft…",
    verified: "Bestätigt",
    expired: "Abgelaufen. Erneut prüfen",
    stale: "Abgelaufen. Bitte die Seite neu laden",
    failed: "Fehlgeschlagen. Noch einmal",
    network: "Die Prüfung ist nicht erreichbar. Noch einmal",
    offline: "Sie sind offline. Die Prüfung geht weiter, sobald Sie zurück sind.",
    unset: "Diese Seite ist für die Prüfung nicht eingerichtet",
    held: "Bitte schließen Sie diese Prüfung ab. Danach wird das Formular gesendet."
  };

  // src/crafy/locales/en.ts
  var en = {
    group: "Human verification",
    check: "I'm human",
    checking: "Verifying…",
    verified: "Verified",
    expired: "Expired. Check again",
    stale: "Expired. Please reload the page",
    failed: "Failed. Try again",
    network: "The check could not be reached. Try again",
    offline: "You are offline. The check goes on once you are back.",
    unset: "This page is not set up for this check",
    held: "Please complete this check. The form is sent afterwards."
  };

  // src/crafy/locales/es.ts
  var es = {
    group: "Verificación humana",
    check: "Soy humano",
    checking: "Verificando…",
    verified: "Verificado",
    expired: "Ha caducado. Verificar de nuevo",
    stale: "Ha caducado. Recarga la página",
    failed: "Ha fallado. Reintentar",
    network: "No se pudo conectar con la verificación. Reintentar",
    offline: "Estás sin conexión. La verificación seguirá cuando vuelvas.",
    unset: "Esta página no está configurada para esta verificación",
    held: "Completa esta verificación. Después se enviará el formulario."
  };

  // src/crafy/locales/fr.ts
  var fr = {
    group: "Vérification humaine",
    check: "Je suis humain",
    checking: "Vérification…",
    verified: "Vérifié",
    expired: "Expiré. Vérifier à nouveau",
    stale: "Expiré. Rechargez la page",
    failed: "Échec. Réessayer",
    network: "La vérification est injoignable. Réessayer",
    offline: "Vous êtes hors ligne. La vérification reprendra à votre retour.",
    unset: "Cette page n'est pas configurée pour cette vérification",
    held: "Terminez cette vérification. Le formulaire sera ensuite envoyé."
  };

  // src/crafy/locales/hi.ts
  var hi = {
    group: "मानव सत्यापन",
    check: "मैं इंसान हूँ",
    checking: "सत्यापन हो रहा है…",
    verified: "सत्यापित",
    expired: "समय समाप्त। फिर से जाँचें",
    stale: "समय समाप्त। कृपया पेज फिर लोड करें",
    failed: "विफल। फिर कोशिश करें",
    network: "जाँच सर्वर से संपर्क नहीं हुआ। फिर कोशिश करें",
    offline: "आप ऑफ़लाइन हैं। कनेक्शन लौटने पर जाँच जारी रहेगी।",
    unset: "यह पेज जाँच के लिए सेट नहीं है",
    held: "कृपया यह जाँच पूरी करें। इसके बाद फ़ॉर्म भेजा जाएगा।"
  };

  // src/crafy/locales/it.ts
  var it = {
    group: "Verifica umana",
    check: "Sono umano",
    checking: "Verifica in corso…",
    verified: "Verificato",
    expired: "Scaduto. Verifica di nuovo",
    stale: "Scaduto. Ricarica la pagina",
    failed: "Non riuscito. Riprova",
    network: "La verifica non è raggiungibile. Riprova",
    offline: "Sei offline. La verifica riprenderà al tuo ritorno.",
    unset: "Questa pagina non è configurata per la verifica",
    held: "Completa questa verifica. Poi il modulo verrà inviato."
  };

  // src/crafy/locales/ja.ts
  var ja = {
    group: "人間であることの確認",
    check: "私は人間です",
    checking: "確認中…",
    verified: "確認済み",
    expired: "期限切れです。もう一度確認",
    stale: "期限切れです。ページを再読み込みしてください",
    failed: "失敗しました。もう一度",
    network: "確認サーバーに接続できません。もう一度",
    offline: "オフラインです。接続が戻ると確認を続けます。",
    unset: "このページは確認用に設定されていません",
    held: "この確認を完了してください。その後フォームが送信されます。"
  };

  // src/crafy/locales/pt.ts
  var pt = {
    group: "Verificação humana",
    check: "Sou humano",
    checking: "A verificar…",
    verified: "Verificado",
    expired: "Expirou. Verificar de novo",
    stale: "Expirou. Recarregue a página",
    failed: "Falhou. Tentar de novo",
    network: "Não foi possível contactar a verificação. Tentar de novo",
    offline: "Está sem ligação. A verificação continua quando voltar.",
    unset: "Esta página não está configurada para esta verificação",
    held: "Conclua esta verificação. O formulário é enviado a seguir."
  };

  // src/crafy/locales/ru.ts
  var ru = {
    group: "Проверка, что вы человек",
    check: "Я человек",
    checking: "Проверка…",
    verified: "Проверено",
    expired: "Срок истёк. Проверить снова",
    stale: "Срок истёк. Обновите страницу",
    failed: "Не удалось. Повторить",
    network: "Сервер проверки недоступен. Повторить",
    offline: "Нет подключения. Проверка продолжится, когда связь вернётся.",
    unset: "Эта страница не настроена для проверки",
    held: "Пройдите проверку. После этого форма будет отправлена."
  };

  // src/crafy/locales/zh.ts
  var zh = {
    group: "人机验证",
    check: "我是人类",
    checking: "正在验证…",
    verified: "已验证",
    expired: "已过期，请重新验证",
    stale: "已过期，请刷新页面",
    failed: "验证失败，请重试",
    network: "无法连接验证服务，请重试",
    offline: "您已离线。恢复连接后将继续验证。",
    unset: "此页面尚未配置验证",
    held: "请完成此验证，随后将提交表单。"
  };

  // src/crafy/locales/index.ts
  var LANGUAGES = {
    en,
    es,
    fr,
    pt,
    de,
    it,
    ru,
    zh,
    ja,
    hi
  };
  function languageOf(tags) {
    const codes = tags.map((tag) => tag.toLowerCase().split("-")[0]);
    return codes.find((code) => Object.hasOwn(LANGUAGES, code)) ?? "en";
  }

  // src/crafy/submission.ts
  function require2(requirement) {
    if (requirements.size === 0) addEventListener("submit", hold, true);
    requirements.add(requirement);
  }
  function release(requirement) {
    requirements.delete(requirement);
    if (requirements.size === 0) removeEventListener("submit", hold, true);
  }
  function solved(requirement) {
    const form = requirement.container.closest("form");
    if (form && held.has(form)) advance(form);
  }
  function forget(requirement) {
    const form = requirement.container.closest("form");
    if (form) held.delete(form);
  }
  function hold(event) {
    const form = event.target;
    if (!waitedFor(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held.set(form, event.submitter);
    advance(form);
  }
  function advance(form) {
    const next = waitedFor(form);
    if (next) {
      next.demand();
      return;
    }
    const submitter = held.get(form);
    held.delete(form);
    const there = submitter instanceof HTMLElement && form.contains(submitter);
    form.requestSubmit(there ? submitter : null);
  }
  function waitedFor(form) {
    const open = [...requirements].filter(
      ({ container, solved: solved2 }) => !solved2 && container.closest("form") === form
    );
    return open.sort((one, other) => precedes(one, other) ? -1 : 1)[0];
  }
  var precedes = (one, other) => !!(one.container.compareDocumentPosition(other.container) & Node.DOCUMENT_POSITION_FOLLOWING);
  var requirements = /* @__PURE__ */ new Set();
  var held = /* @__PURE__ */ new Map();

  // src/crafy/turnstile.ts
  var SKIPPED = "skipped";
  async function turnstileToken(request) {
    const siteKey = await siteKeyOf(request);
    if (!siteKey) return SKIPPED;
    const place = html("div", {});
    request.container.append(place);
    try {
      const turnstile = await loaded(request.nonce);
      return await rendered(turnstile, place, siteKey, request);
    } finally {
      place.remove();
    }
  }
  async function siteKeyOf({ address: address2, signer, signal }) {
    const response = await fetch(address2, { credentials: "omit", signal });
    const { payload, signature } = (await response.json())?.data ?? {};
    if (!await signer.signed(payload, signature)) {
      throw new Error("The Turnstile site key is not signed");
    }
    const { site_key } = JSON.parse(payload).payload ?? {};
    return typeof site_key === "string" && site_key ? site_key : null;
  }
  function rendered(turnstile, place, sitekey, { theme, signal }) {
    return new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`Turnstile: ${why}`));
      const id = turnstile.render(place, {
        sitekey,
        theme,
        appearance: "interaction-only",
        "response-field": false,
        callback: resolve,
        "error-callback": (code) => {
          fail(code);
          return true;
        },
        "timeout-callback": () => fail("timeout"),
        "unsupported-callback": () => fail("unsupported")
      });
      const over = () => {
        turnstile.remove(id);
        fail("over");
      };
      signal.addEventListener("abort", over, { once: true });
      setTimeout(fail, PATIENCE2, "no answer");
    });
  }
  function loaded(nonce) {
    const there = () => window.turnstile;
    const turnstile = there();
    if (turnstile) return Promise.resolve(turnstile);
    loading ??= new Promise((resolve, reject) => {
      const script = html("script", { src: SCRIPT, ...nonce && { nonce } });
      script.onload = () => {
        const ready = there();
        if (ready) resolve(ready);
        else reject(new Error("Turnstile did not start"));
      };
      script.onerror = () => reject(new Error("Turnstile could not be loaded"));
      document.head.append(script);
    }).catch((error) => {
      loading = void 0;
      throw error;
    });
    return loading;
  }
  var loading;
  var SCRIPT = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";
  var PATIENCE2 = 12e4;

  // src/core/adopt_style.ts
  function adoptStyle(root2, text2, nonce = settings().CAP_CSS_NONCE) {
    try {
      let sheet = sheets.get(text2);
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(text2);
        sheets.set(text2, sheet);
      }
      root2.adoptedStyleSheets = [sheet];
    } catch {
      root2.append(html("style", nonce ? { nonce } : {}, text2));
    }
  }
  var sheets = /* @__PURE__ */ new Map();

  // src/core/emblem.ts
  var emblem = () => html(
    "span",
    { class: "emblem", part: "emblem", "aria-hidden": "true" },
    svg(
      "svg",
      { viewBox: "0 0 24 24" },
      svg("path", { d: "M3 20V11a9 9 0 0 1 18 0v9M7.5 4v18M12 3v20M16.5 4v18M3 10h18M3 16h18" })
    ),
    "Portcullis"
  );

  // src/crafy/style.css
  var style_default = ':host{display:block;max-width:326px}.card:before{display:block;height:0;overflow:hidden;visibility:hidden;content:"mm mm mm mm mm mm mm mm mm mm mm mm mm mm mm mm"}.card{--background: var(--page-background, #fff);--ink: var(--page-color, #1c2530);--faint: var(--page-footerColor, #5b6673);--border: var(--page-borderColor, #d3d9e0);--box: #8a94a1;--box-background: #fff;--track: #e3e8ee;--accent: var(--page-primary, #2f5bea);--good: #12805c;--bad: #c8362b;--on-sign: #fff;position:relative;box-sizing:border-box;overflow:clip;background:var(--background);border:1px solid var(--border);border-radius:12px;box-shadow:0 1px 2px #1018280f;color:var(--ink);color-scheme:light;font:500 15px/1.25 system-ui,Segoe UI,Roboto,Noto Sans,sans-serif;text-align:start;-webkit-tap-highlight-color:transparent}.card[data-theme=dark]{--background: var(--page-background, #1b212b);--ink: var(--page-color, #eef1f5);--faint: var(--page-footerColor, #9aa5b3);--border: var(--page-borderColor, #384250);--box: #76818f;--box-background: #242c38;--track: #36404d;--accent: var(--page-primary, #8aa6ff);--good: #3ecf9a;--bad: #ff8177;--on-sign: #12161d;box-shadow:none;color-scheme:dark}.card:focus{outline:none}.card:focus-visible{outline:2px solid var(--accent);outline-offset:2px}.trigger{all:unset;box-sizing:border-box;display:flex;align-items:center;gap:12px;width:100%;min-height:58px;padding:8px 14px;border-radius:11px;cursor:pointer;user-select:none;-webkit-user-select:none}.trigger:not([aria-disabled=true]):hover{background:var(--page-backgroundHover)}.trigger:focus-visible{outline:2px solid var(--accent);outline-offset:-3px}.trigger[aria-disabled=true]{cursor:default}.checkbox{position:relative;flex:none;box-sizing:border-box;width:26px;height:26px;border:1.5px solid var(--box);border-radius:7px;background:var(--box-background)}.trigger:not([aria-disabled=true]):hover .checkbox{border-color:var(--accent)}.card:not([data-sign=""]) .checkbox{border-color:transparent;border-radius:50%}[data-sign=checking] .checkbox{background:none}[data-sign=done] .checkbox{background:var(--good)}[data-sign=problem] .checkbox{background:var(--bad)}svg{fill:none;stroke-linecap:round;stroke-linejoin:round}.checkbox svg{position:absolute;inset:-1.5px;width:26px;height:26px;visibility:hidden}[data-sign=checking] .ring,[data-sign=done] .mark,[data-sign=problem] .mark{visibility:visible}.ring{stroke-width:3;animation:turn .9s linear infinite}.track{stroke:var(--track)}.part{stroke:var(--accent);stroke-dasharray:25 75}.mark{stroke:var(--on-sign);stroke-width:2.5}[data-sign=done] .cross,[data-sign=problem] .tick{display:none}.label{flex:1;min-width:0;overflow-wrap:anywhere}.emblem{display:grid;flex:none;justify-items:center;gap:2px;color:var(--faint);font-size:9px;line-height:1;letter-spacing:.02em}.emblem svg{width:20px;stroke:currentColor;stroke-width:1.6}.place{height:0;overflow:hidden;visibility:hidden}[data-open] .place{height:auto;visibility:visible}[data-open] .trigger{display:none}iframe{display:block;width:100%;height:58px;border:0;background:transparent;color-scheme:inherit;transition:height .15s ease-out}.notice{display:block;padding:9px 14px;border-top:1px solid var(--border);color:var(--ink);font-size:13px;font-weight:400;line-height:1.4}.notice:empty{display:none}.announcement{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}.attention{border-color:var(--accent);box-shadow:0 0 0 3px color-mix(in srgb,var(--accent) 25%,transparent);animation:nudge .4s}@keyframes turn{to{rotate:360deg}}@keyframes nudge{25%,75%{translate:-4px}50%{translate:4px}}@media(prefers-reduced-motion:reduce){.card,.card *{animation:none!important;transition:none!important}}@media(forced-colors:active){.checkbox{border-color:ButtonText!important;background:Canvas!important}[data-sign=checking] .checkbox{border-color:transparent!important}.mark,.part,.emblem svg{stroke:CanvasText}.track{stroke:Canvas}.attention{border-color:Mark}}';

  // src/crafy/view.ts
  var View = class {
    /** The checkbox. */
    trigger;
    /** Where the frame lives. */
    place = html("div", { class: "place" });
    #host = html("div", { "data-crafy-card": "" });
    #root;
    #card;
    #text = html("bdi", {});
    #notice = html("bdi", { class: "notice" });
    #announcement = html("span", { class: "announcement", role: "status" });
    constructor(container, language, phrases, settings2) {
      this.trigger = html(
        "button",
        { type: "button", class: "trigger", role: "checkbox" },
        checkbox(),
        html("span", { class: "label" }, this.#text),
        emblem()
      );
      const content = [this.trigger, this.place, this.#notice, this.#announcement];
      this.#card = html("div", { class: "card", role: "group", tabindex: "-1" }, ...content);
      this.#card.ariaLabel = phrases.group;
      this.#card.lang = language;
      for (const [name, colour] of Object.entries(settings2.style)) {
        if (colour) this.#card.style.setProperty(`--page-${name}`, colour);
      }
      this.#root = this.#host.attachShadow({ mode: "closed" });
      adoptStyle(this.#root, style_default, settings2.nonce);
      this.#root.append(this.#card);
      container.append(this.#host);
    }
    /** Whether the card is still on the page. */
    get present() {
      return this.#host.isConnected;
    }
    set theme(theme) {
      this.#card.dataset.theme = theme;
    }
    /**
     * Shows the checkbox in place of a frame.
     *
     * @param idle  whether it cannot be pressed
     * @param aloud whether assistive technology is told
     */
    show(sign, words, { idle = false, aloud = false } = {}) {
      this.#card.dataset.sign = sign;
      this.#card.toggleAttribute("data-open", false);
      this.#text.textContent = words;
      this.trigger.ariaChecked = `${sign === "done"}`;
      this.trigger.ariaBusy = `${sign === "checking"}`;
      this.trigger.ariaDisabled = `${idle}`;
      this.notice("");
      this.#announcement.textContent = aloud ? words : "";
    }
    /** Takes the focus from a frame that is about to go, or it would fall back to the top of the page. */
    catchFocus() {
      const within = this.#root.activeElement;
      if (within && within !== this.trigger) this.#card.focus({ preventScroll: true });
    }
    /** Shows the frame in place of the checkbox. */
    open(frame, height) {
      const within = this.#root.activeElement;
      const focused = within === this.trigger || within === this.#card;
      frame.style.height = `${height}px`;
      this.#card.toggleAttribute("data-open", true);
      if (focused) frame.focus({ preventScroll: true });
    }
    /** Shows words below, and says them; an empty text takes them away. */
    notice(words) {
      this.#notice.textContent = words;
      this.#announcement.textContent = words;
      this.#card.classList.toggle("attention", false);
    }
    /** Draws eyes to the card: something waits for it. */
    attract(words) {
      this.notice(words);
      void this.#card.offsetWidth;
      this.#card.classList.toggle("attention", true);
      this.#host.scrollIntoView({ block: "nearest" });
      const frame = this.#card.hasAttribute("data-open") && this.place.querySelector("iframe");
      (frame || this.trigger).focus({ preventScroll: true });
    }
    /** Takes the card out of its container. */
    remove() {
      this.#host.remove();
    }
  };
  var checkbox = () => html(
    "span",
    { class: "checkbox", "aria-hidden": "true" },
    svg(
      "svg",
      { class: "ring", viewBox: "0 0 32 32" },
      svg("circle", { class: "track", cx: "16", cy: "16", r: "14" }),
      svg("circle", { class: "part", cx: "16", cy: "16", r: "14", pathLength: "100" })
    ),
    svg(
      "svg",
      { class: "mark", viewBox: "0 0 24 24" },
      svg("path", { class: "tick", d: "m6 12.5 4 4 8-9" }),
      svg("path", { class: "cross", d: "M12 6v7.5M12 17.5v.5" })
    )
  );

  // src/crafy/widget.ts
  var Widget = class {
    container;
    #settings;
    #recorder;
    #phrases;
    #view;
    #field;
    #source;
    #gone = new AbortController();
    #autoLoad;
    #round = new AbortController();
    #link;
    #running = false;
    #token = "";
    /** When this flow's options were made, by the visitor's clock. */
    #since = Number.POSITIVE_INFINITY;
    #reloads = [];
    #refused = false;
    /** @param autoLoad whether the challenge is loaded before anybody asks */
    constructor(container, settings2, recorder, autoLoad) {
      this.container = container;
      this.#settings = settings2;
      this.#recorder = recorder;
      this.#autoLoad = autoLoad;
      this.#source = new OptionsSource(settings2);
      const language = languageOf(navigator.languages);
      this.#phrases = LANGUAGES[language];
      this.#view = new View(container, language, this.#phrases, settings2);
      this.#field = new GuardedField(container, settings2.inputName);
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
      const watch = setInterval(() => this.#look(), 1e3);
      signal.addEventListener("abort", () => clearInterval(watch));
      require2(this);
      this.#rest(this.#phrases.check);
    }
    /** Whether there is a token. */
    get solved() {
      return this.#token !== "";
    }
    /** Says that nothing can come of this widget. */
    refuse() {
      this.#refused = true;
      this.#view.show("problem", this.#phrases.unset, { idle: true });
    }
    set autoLoad(wanted) {
      this.#autoLoad = wanted;
      if (wanted && !this.#running && !this.solved) this.#preload();
    }
    /** Begins, unless it has begun or is done. */
    load() {
      if (this.#running || this.solved || this.#refused || this.#gone.signal.aborted) return;
      this.#running = true;
      this.#view.show("checking", this.#phrases.checking, { idle: true });
      if (!navigator.onLine) this.#disconnected();
      else this.#begin();
    }
    /** Forgets everything and starts over. */
    reset() {
      if (this.#refused || this.#gone.signal.aborted) return;
      forget(this);
      this.#reloads = [];
      this.#drop();
      this.#rest(this.#phrases.check);
    }
    /** Ends everything and leaves the container as it was. */
    destroy() {
      this.#gone.abort();
      release(this);
      this.#drop();
      this.#field.remove();
      this.#view.remove();
    }
    demand() {
      this.load();
      if (!this.solved) this.#view.attract(this.#refused ? "" : this.#phrases.held);
    }
    get #theme() {
      return themeOf(this.container, this.#settings.theme);
    }
    /** Waits to be asked, or for a moment that suits the page. */
    #rest(words) {
      this.#view.show("", words);
      if (this.#autoLoad) this.#preload();
    }
    #preload() {
      const { signal } = this.#round;
      whenIdle(() => {
        if (!signal.aborted) this.load();
      });
    }
    /** Ends the present round and takes its token out of the form. */
    #drop() {
      this.#round.abort();
      this.#round = new AbortController();
      this.#close();
      this.#running = false;
      this.#since = Number.POSITIVE_INFINITY;
      this.#token = "";
      this.#field.write("");
    }
    #close() {
      this.#view.catchFocus();
      this.#link?.close();
      this.#link = void 0;
    }
    async #begin() {
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
    #open(eo) {
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
        parent_origin: location.origin
      };
      const request = { address: iframeUrl, fields, title: this.#phrases.group, signer };
      this.#link = new FrameLink(this.#view.place, request, this.#listener());
    }
    #listener() {
      return {
        resized: (height) => this.#link && this.#view.open(this.#link.frame, height),
        reload: () => this.#reload(),
        turnstile: () => this.#askTurnstile(),
        completed: (token) => this.#accept(token),
        failed: () => this.#problem(this.#phrases.network)
      };
    }
    #accept(token) {
      this.#close();
      this.#running = false;
      this.#token = token;
      this.#reloads = [];
      this.#field.write(token);
      this.#view.show("done", this.#phrases.verified, { idle: true, aloud: true });
      this.container.dispatchEvent(
        new CustomEvent("crafy:success", { detail: token, bubbles: true })
      );
      this.#settings.succeeded(token);
      if (this.solved) solved(this);
    }
    /** The flow is over: the next one begins, unless that never ends. */
    #reload() {
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
    #problem(words) {
      this.#drop();
      this.#view.show("problem", words, { aloud: true });
    }
    /** Only a new page has new options. */
    #dead() {
      this.#drop();
      this.#view.show("problem", this.#phrases.stale, { idle: true, aloud: true });
    }
    async #askTurnstile() {
      const link = this.#link;
      const { iframeUrl, publicKey, signer, nonce } = this.#settings;
      const address2 = new URL("../api/turnstile_site_key.php", iframeUrl);
      address2.searchParams.set("pk", publicKey);
      const asked = { container: this.container, address: address2.href, signer, nonce };
      try {
        const { signal } = this.#round;
        const token = await turnstileToken({ ...asked, theme: this.#theme, signal });
        link?.say("TURNSTILE_SOLVED", { token });
      } catch (error) {
        link?.say("TURNSTILE_ERROR", { message: String(error) });
      }
    }
    /** Whether options or token are too old; then a new round begins, for whoever is there. */
    #look() {
      const late = Date.now() - this.#since >= LIFE;
      if (!late) return;
      const { solved: solved2 } = this;
      const unseen = document.hidden || performance.now() - this.#recorder.lastAct > ATTENTION;
      if (!solved2 && unseen) return;
      debug("expired");
      this.#drop();
      if (!this.#source.renewable) this.#dead();
      else if (this.#autoLoad && !unseen) this.load();
      else this.#view.show("", this.#phrases.expired);
      if (solved2) this.#settings.expired();
    }
    #disconnected() {
      if (this.#running) this.#view.notice(this.#phrases.offline);
    }
    #reconnected() {
      if (!this.#running) return;
      this.#view.notice("");
      if (!this.#link) this.#begin();
    }
  };
  var RELOADS = 4;
  var RELOAD_SPAN = 12e4;
  var ATTENTION = 6e5;

  // src/crafy/captcha.ts
  var CrafyCAPTCHA = class _CrafyCAPTCHA {
    /** Watches the page; set by the entry. */
    static recorder;
    static #autoLoad = true;
    static #live = /* @__PURE__ */ new Map();
    #widget;
    constructor(widget) {
      this.#widget = widget;
    }
    /**
     * Puts a widget into a container. A widget that was there is replaced. What is
     * wrong with the arguments is told on the console; the page goes on.
     *
     * @param container        the element, or its id
     * @param signingPublicKey an Ed25519 public key in base64
     */
    static init(container, publicKey, publicToken, signingPublicKey, options, extra) {
      const element = typeof container === "string" ? byId(container) : container;
      if (!(element instanceof Element)) {
        complain("there is no container", container);
        return new _CrafyCAPTCHA(void 0);
      }
      for (const [other] of _CrafyCAPTCHA.#live) {
        if (other.#widget?.container === element) other.destroy();
      }
      const keys = [publicKey, publicToken, signingPublicKey];
      const [settings2, problem] = settingsOf(keys, options, extra);
      _CrafyCAPTCHA.#warnOfTwins(settings2.inputName);
      const autoLoad = _CrafyCAPTCHA.#autoLoad && !problem;
      const widget = new Widget(element, settings2, _CrafyCAPTCHA.recorder, autoLoad);
      if (problem) {
        complain(problem);
        widget.refuse();
      }
      const captcha = new _CrafyCAPTCHA(widget);
      _CrafyCAPTCHA.#live.set(captcha, settings2.inputName);
      debug("a widget is in", element);
      return captcha;
    }
    /** Whether widgets made from now on load their challenge before anybody asks. */
    static setAutoLoad(wanted) {
      _CrafyCAPTCHA.#autoLoad = wanted;
    }
    /** Whether every step is told on the console. */
    static setDebug(wanted) {
      setDebugging(wanted);
    }
    /** The same for this widget alone; turning it on later loads the challenge. */
    setAutoLoad(wanted) {
      if (this.#widget) this.#widget.autoLoad = wanted;
    }
    /** As the static one: the console is everybody's. */
    setDebug(wanted) {
      setDebugging(wanted);
    }
    /** Loads the challenge now. */
    loadIframe() {
      this.#widget?.load();
    }
    /** Takes the token out of the form and starts over. */
    reset() {
      this.#widget?.reset();
    }
    /** Takes the widget out of the page. */
    destroy() {
      this.#widget?.destroy();
      _CrafyCAPTCHA.#live.delete(this);
    }
    /** Two fields of one name: a backend would read one of the tokens twice, or neither. */
    static #warnOfTwins(inputName) {
      for (const [other, name] of _CrafyCAPTCHA.#live) {
        if (!other.#widget?.container.isConnected) other.destroy();
        else if (name === inputName) {
          complain(`CRITICAL: two widgets have the inputName "${name}"; give each its own`);
        }
      }
    }
  };
  var byId = (id) => document.getElementById(id.replace(/^#/, ""));

  // src/crafy/index.ts
  var page = window;
  if (!page.CrafyCAPTCHA) {
    CrafyCAPTCHA.recorder = new Recorder();
    page.CrafyCAPTCHA = CrafyCAPTCHA;
  }
  var announce = () => dispatchEvent(new Event("CrafyCAPTCHALoaded"));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", announce);
  else announce();
})();
