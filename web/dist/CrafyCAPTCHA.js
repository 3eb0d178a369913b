"use strict";
(() => {
  // src/core/environment.ts
  var settings = () => window;
  function named(address2) {
    scriptAddress ||= [...document.scripts].find(({ src }) => {
      const { hostname, pathname } = Object.assign(document.createElement("a"), { href: src });
      return address2.test(hostname + pathname);
    })?.src;
  }
  var serverOrigin = () => new URL(ownAddress()).origin;
  var ownAddress = () => new URL(scriptAddress || "/assets/widget.js", document.baseURI).href;
  var scriptAddress = document.currentScript?.src;

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

  // node_modules/@noble/ed25519/index.js
  /*! noble-ed25519 - MIT License (c) 2019 Paul Miller (paulmillr.com) */
  var freeze = Object.freeze;
  var P = 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffedn;
  var N = 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn;
  var _d = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
  var Gx = 0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an;
  var Gy = 0x6666666666666666666666666666666666666666666666666666666666666658n;
  var _a = P - 1n;
  var ed25519_CURVE = freeze({
    p: P,
    n: N,
    h: 8n,
    a: _a,
    d: _d,
    Gx,
    Gy
  });
  var LEN = 32;
  var isBytes = (a) => {
    return a instanceof Uint8Array || ArrayBuffer.isView(a) && a.constructor.name === "Uint8Array" && a.BYTES_PER_ELEMENT === 1;
  };
  var abytes = (value, length, title = "") => {
    if (isBytes(value) && (length === void 0 || value.length === length))
      return value;
    const bytes = isBytes(value);
    const ofLen = length !== void 0 ? ` of length ${length}` : "";
    const got = bytes ? `length=${value.length}` : `type=${typeof value}`;
    const message = (title ? `"${title}" ` : "") + "expected Uint8Array" + ofLen + ", got " + got;
    if (!bytes)
      throw new TypeError(message);
    throw new RangeError(message);
  };
  var snapshotBytes = (value, title = "", length) => Uint8Array.from(abytes(value, length, title));
  var padh = (n, pad) => n.toString(16).padStart(pad, "0");
  var bytesToHex = (bytes) => {
    let hex = "";
    for (const byte of abytes(bytes))
      hex += padh(byte, 2);
    return hex;
  };
  var hexToBytes = (hex) => {
    const e = "hex invalid";
    if (typeof hex !== "string")
      throw new TypeError(e);
    if (hex.length % 2 || !/^[\da-f]*$/i.test(hex))
      throw new RangeError(e);
    const array = new Uint8Array(hex.length / 2);
    for (let ai = 0, hi2 = 0; ai < array.length; ai++, hi2 += 2) {
      const n1 = hex.charCodeAt(hi2);
      const n2 = hex.charCodeAt(hi2 + 1);
      array[ai] = ((n1 & 15) + (n1 >> 6) * 9) * 16 + (n2 & 15) + (n2 >> 6) * 9;
    }
    return array;
  };
  var concatBytes = (...arrays) => {
    let sum = 0;
    for (const a of arrays)
      sum += abytes(a).length;
    const res = new Uint8Array(sum);
    let pad = 0;
    for (const a of arrays) {
      res.set(a, pad);
      pad += a.length;
    }
    return res;
  };
  var arange = (n, min, max, msg = "bad number: out of range") => {
    if (typeof n !== "bigint")
      throw new TypeError(msg);
    if (min <= n && n < max)
      return n;
    throw new RangeError(msg);
  };
  var mod = (a, b = P) => (a %= b) >= 0n ? a : b + a;
  var P_MASK = (1n << 255n) - 1n;
  var modP = (num) => {
    if (num < 0n)
      throw new RangeError("negative coordinate");
    let r = (num >> 255n) * 19n + (num & P_MASK);
    r = (r >> 255n) * 19n + (r & P_MASK);
    return r % P;
  };
  var modN = (a) => mod(a, N);
  var invert = (number, modulo) => {
    if (number === 0n)
      throw new Error("invert: expected non-zero number");
    if (modulo <= 1n)
      throw new Error("invert: expected modulus > 1, got " + modulo);
    let a = mod(number, modulo);
    let b = modulo;
    let x = 0n, u = 1n;
    while (a !== 0n) {
      const q = b / a;
      const r = b - a * q;
      const m = x - u * q;
      b = a, a = r, x = u, u = m;
    }
    const gcd = b;
    if (gcd !== 1n)
      throw new Error("invert: does not exist");
    return mod(x, modulo);
  };
  var _hash = (name) => {
    const fn = hashes[name];
    if (typeof fn !== "function")
      throw new Error("hashes." + name + " not set");
    return fn;
  };
  var callHash = (name, ...m) => abytes(_hash(name)(concatBytes(...m)), 64, "digest");
  var apoint = (p) => {
    if (p instanceof Point)
      return p;
    throw new TypeError("Point expected");
  };
  var B256 = 2n ** 256n;
  var Point = class _Point {
    static BASE;
    static ZERO;
    X;
    Y;
    Z;
    T;
    // Constructor only bounds-checks and freezes XYZT coordinates; it does not prove the point is
    // on-curve or that T matches X*Y/Z.
    constructor(X, Y, Z, T) {
      const max = B256;
      this.X = arange(X, 0n, max);
      this.Y = arange(Y, 0n, max);
      this.Z = arange(Z, 1n, max);
      this.T = arange(T, 0n, max);
      freeze(this);
    }
    static CURVE() {
      return ed25519_CURVE;
    }
    static fromAffine(p) {
      return new _Point(p.x, p.y, 1n, modP(p.x * p.y));
    }
    /** RFC8032 5.1.3: Uint8Array to Point. */
    static fromBytes(bytes, zip215 = false) {
      const normed = snapshotBytes(bytes, "point", LEN);
      const lastByte = normed[31];
      normed[31] = lastByte & ~128;
      const y = bytesToNumberLE(normed);
      if (!zip215)
        arange(y, 0n, P);
      const y2 = modP(y * y);
      const u = mod(y2 - 1n);
      const v = modP(_d * y2 + 1n);
      let { isValid, value: x } = uvRatio(u, v);
      if (!isValid)
        throw new Error("bad point: y not sqrt");
      const isLastByteOdd = !!(lastByte & 128);
      if (!zip215 && x === 0n && isLastByteOdd)
        throw new Error("bad point: x==0, isLastByteOdd");
      if (isLastByteOdd !== !!(x & 1n))
        x = mod(-x);
      return new _Point(x, y, 1n, modP(x * y));
    }
    static fromHex(hex, zip215) {
      return _Point.fromBytes(hexToBytes(hex), zip215);
    }
    get x() {
      return this.toAffine().x;
    }
    get y() {
      return this.toAffine().y;
    }
    /** Checks if the point is valid and on-curve. */
    assertValidity() {
      const a = _a;
      const d = _d;
      const p = this;
      if (p.is0())
        throw new Error("bad point: ZERO");
      const { X, Y, Z, T } = p;
      const X2 = modP(X * X);
      const Y2 = modP(Y * Y);
      const Z2 = modP(Z * Z);
      const Z4 = modP(Z2 * Z2);
      const aX2 = modP(X2 * a);
      const left = modP(Z2 * (aX2 + Y2));
      const right = mod(Z4 + modP(d * modP(X2 * Y2)));
      if (left !== right)
        throw new Error("bad point: equation left != right (1)");
      const XY = modP(X * Y);
      const ZT = modP(Z * T);
      if (XY !== ZT)
        throw new Error("bad point: equation left != right (2)");
      return this;
    }
    /** Equality check: compare points P&Q. */
    equals(other) {
      const { X: X1, Y: Y1, Z: Z1 } = this;
      const { X: X2, Y: Y2, Z: Z2 } = apoint(other);
      return modP(X1 * Z2) === modP(X2 * Z1) && modP(Y1 * Z2) === modP(Y2 * Z1);
    }
    is0() {
      return this.equals(I);
    }
    /** Flip point over y coordinate. */
    negate() {
      return new _Point(mod(-this.X), this.Y, this.Z, mod(-this.T));
    }
    /** Point doubling. Complete formula. Cost: `4M + 4S + 1*a + 6add + 1*2`. */
    double() {
      const { X: X1, Y: Y1, Z: Z1 } = this;
      const a = _a;
      const A = modP(X1 * X1);
      const B = modP(Y1 * Y1);
      const C = modP(2n * Z1 * Z1);
      const D = modP(a * A);
      const x1y1 = mod(X1 + Y1);
      const E = mod(modP(x1y1 * x1y1) - A - B);
      const G2 = mod(D + B);
      const F = mod(G2 - C);
      const H = mod(D - B);
      const X3 = modP(E * F);
      const Y3 = modP(G2 * H);
      const T3 = modP(E * H);
      const Z3 = modP(F * G2);
      return new _Point(X3, Y3, Z3, T3);
    }
    /** Point addition. Complete formula. Cost: `9M + 1*a + 1*d + 7add`. */
    add(other) {
      const { X: X1, Y: Y1, Z: Z1, T: T1 } = this;
      const { X: X2, Y: Y2, Z: Z2, T: T2 } = apoint(other);
      const a = _a;
      const d = _d;
      const A = modP(X1 * X2);
      const B = modP(Y1 * Y2);
      const C = modP(modP(T1 * d) * T2);
      const D = modP(Z1 * Z2);
      const E = mod(modP(mod(X1 + Y1) * mod(X2 + Y2)) - A - B);
      const F = mod(D - C);
      const G2 = mod(D + C);
      const H = mod(B - modP(a * A));
      const X3 = modP(E * F);
      const Y3 = modP(G2 * H);
      const T3 = modP(E * H);
      const Z3 = modP(F * G2);
      return new _Point(X3, Y3, Z3, T3);
    }
    subtract(other) {
      return this.add(apoint(other).negate());
    }
    /**
     * Point-by-scalar multiplication. Safe mode requires `1 <= n < CURVE.n`.
     * Unsafe mode additionally permits `n = 0` and returns the identity point for that case.
     * Uses {@link wNAF} for base point.
     * Uses fake point to mitigate side-channel leakage.
     * @param n - scalar by which point is multiplied
     * @param safe - safe mode guards against timing attacks; unsafe mode is faster
     */
    multiply(n, safe = true) {
      if (!safe && n === 0n)
        return I;
      arange(n, 1n, N);
      if (!safe && this.is0())
        return I;
      if (n === 1n)
        return this;
      if (this.equals(G))
        return wNAF(n).p;
      let p = I;
      let f = G;
      let d = this;
      for (let i = 0; safe ? i < 256 : n > 0n; i++) {
        if (n & 1n)
          p = p.add(d);
        else if (safe)
          f = f.add(d);
        d = d.double();
        n >>= 1n;
      }
      return p;
    }
    multiplyUnsafe(scalar) {
      return this.multiply(scalar, false);
    }
    /** Convert point to 2d xy affine point. (X, Y, Z) ∋ (x=X/Z, y=Y/Z) */
    toAffine() {
      const { X, Y, Z } = this;
      if (this.equals(I))
        return { x: 0n, y: 1n };
      const iz = invert(Z, P);
      if (modP(Z * iz) !== 1n)
        throw new Error("invalid inverse");
      return { x: modP(X * iz), y: modP(Y * iz) };
    }
    toBytes() {
      const { x, y } = this.toAffine();
      const b = numTo32bLE(y);
      b[31] |= x & 1n ? 128 : 0;
      return b;
    }
    toHex() {
      return bytesToHex(this.toBytes());
    }
    clearCofactor() {
      return this.multiply(8n, false);
    }
    isSmallOrder() {
      return this.clearCofactor().is0();
    }
    isTorsionFree() {
      return this.multiply(N / 2n, false).double().add(this).is0();
    }
  };
  var G = new Point(Gx, Gy, 1n, mod(Gx * Gy));
  var I = new Point(0n, 1n, 1n, 0n);
  Point.BASE = G;
  Point.ZERO = I;
  var numTo32bLE = (num) => hexToBytes(padh(arange(num, 0n, B256), 64)).reverse();
  var bytesToNumberLE = (b) => BigInt("0x" + bytesToHex(Uint8Array.from(abytes(b)).reverse()));
  var pow2 = (x, power) => {
    let r = x;
    while (power-- > 0) {
      r = modP(r * r);
    }
    return r;
  };
  var pow_2_252_3 = (x) => {
    const x2 = modP(x * x);
    const b2 = modP(x2 * x);
    const b4 = modP(pow2(b2, 2) * b2);
    const b5 = modP(pow2(b4, 1) * x);
    const b10 = modP(pow2(b5, 5) * b5);
    const b20 = modP(pow2(b10, 10) * b10);
    const b40 = modP(pow2(b20, 20) * b20);
    const b80 = modP(pow2(b40, 40) * b40);
    const b160 = modP(pow2(b80, 80) * b80);
    const b240 = modP(pow2(b160, 80) * b80);
    const b250 = modP(pow2(b240, 10) * b10);
    return modP(pow2(b250, 2) * x);
  };
  var RM1 = 0x2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0n;
  var uvRatio = (u, v) => {
    const v3 = modP(v * modP(v * v));
    const v7 = modP(modP(v3 * v3) * v);
    const pow = pow_2_252_3(modP(u * v7));
    let x = modP(u * modP(v3 * pow));
    const vx2 = modP(v * modP(x * x));
    const root1 = x;
    const root2 = modP(x * RM1);
    const useRoot1 = vx2 === u;
    const useRoot2 = vx2 === mod(-u);
    const noRoot = vx2 === mod(-u * RM1);
    if (useRoot1)
      x = root1;
    if (useRoot2 || noRoot)
      x = root2;
    if ((mod(x) & 1n) === 1n)
      x = mod(-x);
    return { isValid: useRoot1 || useRoot2, value: x };
  };
  var modL_LE = (hash) => modN(bytesToNumberLE(hash));
  var hashFinishSync = (res) => res[1](callHash("sha512", res[0]));
  var getZip215 = (options) => {
    if (options === null || typeof options !== "object")
      throw new TypeError("expected valid options object");
    return options.zip215 ?? true;
  };
  var _verify = (sig, msg, publicKey, options) => {
    sig = abytes(sig, 64, "signature");
    msg = abytes(msg, void 0, "message");
    publicKey = abytes(publicKey, LEN, "publicKey");
    const zip215 = getZip215(options);
    const r = sig.subarray(0, LEN);
    const s = bytesToNumberLE(sig.subarray(LEN, 64));
    let A, R, SB;
    let hashable = Uint8Array.of();
    let finished = false;
    try {
      A = Point.fromBytes(publicKey, zip215);
      R = Point.fromBytes(r, zip215);
      SB = G.multiply(s, false);
      hashable = concatBytes(r, publicKey, msg);
      finished = true;
    } catch (error) {
    }
    const finish = (hashed) => {
      if (!finished)
        return false;
      if (!zip215 && A.isSmallOrder())
        return false;
      const k = modL_LE(hashed);
      const RkA = R.add(A.multiply(k, false));
      return RkA.subtract(SB).clearCofactor().is0();
    };
    return [hashable, finish];
  };
  var verify = (signature, message, publicKey, opts = {}) => hashFinishSync(_verify(signature, message, publicKey, opts));
  var hashes = {
    sha512Async: async (message) => {
      const s = globalThis?.crypto?.subtle;
      if (!s)
        throw new Error("crypto.subtle must be defined, consider polyfill");
      return new Uint8Array(await s.digest("SHA-512", concatBytes(message)));
    },
    sha512: void 0
  };
  var precompute = () => {
    const points = [];
    let p = G;
    let b;
    for (let w = 0; w < 33; w++) {
      b = p;
      points.push(b);
      for (let i = 1; i < 128; i++) {
        b = b.add(p);
        points.push(b);
      }
      p = b.double();
    }
    return points;
  };
  var Gpows = void 0;
  var ctneg = (cnd, p) => {
    const n = p.negate();
    return cnd ? n : p;
  };
  var wNAF = (n) => {
    const comp = Gpows || (Gpows = precompute());
    let p = I;
    let f = G;
    for (let w = 0; w < 33; w++) {
      let wbits = Number(n & 255n);
      n >>= 8n;
      if (wbits > 128) {
        wbits -= 256;
        n += 1n;
      }
      const off = w * 128;
      const offP = off + Math.abs(wbits) - 1;
      const isOddW = w % 2 !== 0;
      const isNeg = wbits < 0;
      if (wbits === 0) {
        f = f.add(ctneg(isOddW, comp[off]));
      } else {
        p = p.add(ctneg(isNeg, comp[offP]));
      }
    }
    if (n !== 0n)
      throw new Error("invalid wnaf");
    return { p, f };
  };

  // node_modules/@noble/hashes/_u64.js
  var U32_MASK64 = /* @__PURE__ */ (() => BigInt(2 ** 32 - 1))();
  var _32n = /* @__PURE__ */ BigInt(32);
  function fromBig(n, le = false) {
    if (le)
      return { h: Number(n & U32_MASK64), l: Number(n >> _32n & U32_MASK64) };
    return { h: Number(n >> _32n & U32_MASK64) | 0, l: Number(n & U32_MASK64) | 0 };
  }
  function split(lst, le = false) {
    const len = lst.length;
    let Ah = new Uint32Array(len);
    let Al = new Uint32Array(len);
    for (let i = 0; i < len; i++) {
      const { h, l } = fromBig(lst[i], le);
      [Ah[i], Al[i]] = [h, l];
    }
    return [Ah, Al];
  }
  var fromNumH = (n) => n / 2 ** 32 | 0;
  var fromNumL = (n) => n >>> 0;
  function setU64FromNum(view, byteOffset, n, isLE) {
    const h = fromNumH(n);
    const l = fromNumL(n);
    view.setUint32(byteOffset, isLE ? l : h, isLE);
    view.setUint32(byteOffset + 4, isLE ? h : l, isLE);
  }
  var shrSH = (h, _l, s) => h >>> s;
  var shrSL = (h, l, s) => h << 32 - s | l >>> s;
  var rotrSH = (h, l, s) => h >>> s | l << 32 - s;
  var rotrSL = (h, l, s) => h << 32 - s | l >>> s;
  var rotrBH = (h, l, s) => h << 64 - s | l >>> s - 32;
  var rotrBL = (h, l, s) => h >>> s - 32 | l << 64 - s;
  function add(Ah, Al, Bh, Bl) {
    const l = (Al >>> 0) + (Bl >>> 0);
    return { h: Ah + Bh + (l / 2 ** 32 | 0) | 0, l: l | 0 };
  }
  var add3L = (Al, Bl, Cl) => (Al >>> 0) + (Bl >>> 0) + (Cl >>> 0);
  var add3H = (low, Ah, Bh, Ch) => Ah + Bh + Ch + (low / 2 ** 32 | 0) | 0;
  var add4L = (Al, Bl, Cl, Dl) => (Al >>> 0) + (Bl >>> 0) + (Cl >>> 0) + (Dl >>> 0);
  var add4H = (low, Ah, Bh, Ch, Dh) => Ah + Bh + Ch + Dh + (low / 2 ** 32 | 0) | 0;
  var add5L = (Al, Bl, Cl, Dl, El) => (Al >>> 0) + (Bl >>> 0) + (Cl >>> 0) + (Dl >>> 0) + (El >>> 0);
  var add5H = (low, Ah, Bh, Ch, Dh, Eh) => Ah + Bh + Ch + Dh + Eh + (low / 2 ** 32 | 0) | 0;

  // node_modules/@noble/hashes/utils.js
  function isBytes2(a) {
    return a instanceof Uint8Array || ArrayBuffer.isView(a) && a.constructor.name === "Uint8Array" && "BYTES_PER_ELEMENT" in a && a.BYTES_PER_ELEMENT === 1;
  }
  var atitle = (title) => title ? `"${title}" ` : "";
  function anumber(n, title = "") {
    if (typeof n !== "number")
      throw new TypeError(atitle(title) + "expected number, got " + typeof n);
    if (!Number.isSafeInteger(n) || n < 0)
      throw new RangeError(atitle(title) + "expected integer >= 0, got " + n);
    return n;
  }
  function abytes2(value, length, title = "") {
    if (isBytes2(value) && (length === void 0 || value.length === length))
      return value;
    if (length !== void 0)
      anumber(length, "length");
    const bytes = isBytes2(value);
    const ofLen = length !== void 0 ? ` of length ${length}` : "";
    const got = bytes ? `length=${value.length}` : `type=${typeof value}`;
    const message = atitle(title) + "expected Uint8Array" + ofLen + ", got " + got;
    if (!bytes)
      throw new TypeError(message);
    throw new RangeError(message);
  }
  var aobject = (value, label) => {
    if (value === null || typeof value !== "object" || Array.isArray(value))
      throw new TypeError((label === "object" ? "" : `"${label}" `) + "expected object, got type=" + typeof value);
  };
  var aopts = (value, label) => {
    aobject(value, label);
    const proto = Object.getPrototypeOf(value);
    if (proto !== Object.prototype && proto !== null)
      throw new TypeError(`"${label}" expected plain object`);
    if (Object.hasOwn(value, "__proto__"))
      throw new TypeError(`"${label}.__proto__" is not allowed`);
  };
  function aexists(instance, checkFinished = true) {
    if (instance.destroyed)
      throw new Error("hash was destroyed");
    if (checkFinished && instance.finished)
      throw new Error("digest() was already called");
  }
  function aoutput(out, instance) {
    abytes2(out, void 0, "output");
    const min = instance.outputLen;
    if (!(out.length >= min)) {
      throw new RangeError('"output" expected length >= ' + min);
    }
  }
  function clean(...arrays) {
    for (let i = 0; i < arrays.length; i++) {
      arrays[i].fill(0);
    }
  }
  function createView(arr) {
    return new DataView(arr.buffer, arr.byteOffset, arr.byteLength);
  }
  function checkOpts(defaults, opts, title = "opts") {
    aopts(defaults, "defaults");
    if (opts !== void 0)
      aopts(opts, title);
    const merged = Object.assign(/* @__PURE__ */ Object.create(null), defaults, opts);
    return merged;
  }
  function createHasher(hashCons, info = {}) {
    if (typeof hashCons !== "function")
      throw new TypeError('"hashCons" expected function, got type=' + typeof hashCons);
    info = checkOpts({}, info, "info");
    const hashC = (msg, opts) => hashCons(opts).update(msg).digest();
    const tmp = hashCons(void 0);
    hashC.outputLen = tmp.outputLen;
    hashC.blockLen = tmp.blockLen;
    hashC.canXOF = tmp.canXOF;
    hashC.create = (opts) => hashCons(opts);
    Object.assign(hashC, info);
    return Object.freeze(hashC);
  }
  var oidNist = (suffix) => ({
    // Current NIST hashAlgs suffixes used here fit in one DER subidentifier octet.
    // Larger suffix values would need base-128 OID encoding and a different length byte.
    oid: Uint8Array.from([6, 9, 96, 134, 72, 1, 101, 3, 4, 2, suffix])
  });

  // node_modules/@noble/hashes/_md.js
  var HashMD = class {
    blockLen;
    outputLen;
    canXOF = false;
    padOffset;
    isLE;
    // For partial updates less than block size
    buffer;
    view;
    finished = false;
    length = 0;
    pos = 0;
    destroyed = false;
    constructor(blockLen, outputLen, padOffset, isLE) {
      this.blockLen = blockLen;
      this.outputLen = outputLen;
      this.padOffset = padOffset;
      this.isLE = isLE;
      this.buffer = new Uint8Array(blockLen);
      this.view = createView(this.buffer);
    }
    update(data) {
      aexists(this);
      abytes2(data);
      const { view, buffer, blockLen } = this;
      const len = data.length;
      let processed = false;
      for (let pos = 0; pos < len; ) {
        const take = Math.min(blockLen - this.pos, len - pos);
        if (take === blockLen) {
          const dataView = createView(data);
          for (; blockLen <= len - pos; pos += blockLen)
            this.process(dataView, pos);
          processed = true;
          continue;
        }
        buffer.set(pos === 0 && take === len ? data : data.subarray(pos, pos + take), this.pos);
        this.pos += take;
        pos += take;
        if (this.pos === blockLen) {
          this.process(view, 0);
          this.pos = 0;
          processed = true;
        }
      }
      this.length += data.length;
      if (processed)
        this.roundClean();
      return this;
    }
    digestInto(out) {
      aexists(this);
      aoutput(out, this);
      this.finished = true;
      const { buffer, view, blockLen, isLE } = this;
      let { pos } = this;
      buffer[pos++] = 128;
      buffer.fill(0, pos);
      if (this.padOffset > blockLen - pos) {
        this.process(view, 0);
        buffer.fill(0);
      }
      setU64FromNum(view, blockLen - 8, this.length * 8, isLE);
      this.process(view, 0);
      this.roundClean();
      const oview = out === buffer ? view : createView(out);
      const len = this.outputLen;
      const outLen = len / 4;
      const state = this.get();
      if (len % 4 || outLen > state.length)
        throw new Error("invalid outputLen");
      for (let i = 0; i < outLen; i++)
        oview.setUint32(4 * i, state[i], isLE);
    }
    digest() {
      const { buffer, outputLen } = this;
      this.digestInto(buffer);
      const res = buffer.slice(0, outputLen);
      this.destroy();
      return res;
    }
    _cloneIntoMeta(to) {
      const { buffer, length, finished, destroyed, pos } = this;
      to.destroyed = destroyed;
      to.finished = finished;
      to.length = length;
      to.pos = pos;
      if (pos)
        to.buffer.set(buffer);
      return to;
    }
    clone() {
      return this._cloneInto();
    }
  };
  var SHA512_IV = /* @__PURE__ */ Uint32Array.from([
    1779033703,
    4089235720,
    3144134277,
    2227873595,
    1013904242,
    4271175723,
    2773480762,
    1595750129,
    1359893119,
    2917565137,
    2600822924,
    725511199,
    528734635,
    4215389547,
    1541459225,
    327033209
  ]);

  // node_modules/@noble/hashes/sha2.js
  var K512 = /* @__PURE__ */ (() => split([
    "0x428a2f98d728ae22",
    "0x7137449123ef65cd",
    "0xb5c0fbcfec4d3b2f",
    "0xe9b5dba58189dbbc",
    "0x3956c25bf348b538",
    "0x59f111f1b605d019",
    "0x923f82a4af194f9b",
    "0xab1c5ed5da6d8118",
    "0xd807aa98a3030242",
    "0x12835b0145706fbe",
    "0x243185be4ee4b28c",
    "0x550c7dc3d5ffb4e2",
    "0x72be5d74f27b896f",
    "0x80deb1fe3b1696b1",
    "0x9bdc06a725c71235",
    "0xc19bf174cf692694",
    "0xe49b69c19ef14ad2",
    "0xefbe4786384f25e3",
    "0x0fc19dc68b8cd5b5",
    "0x240ca1cc77ac9c65",
    "0x2de92c6f592b0275",
    "0x4a7484aa6ea6e483",
    "0x5cb0a9dcbd41fbd4",
    "0x76f988da831153b5",
    "0x983e5152ee66dfab",
    "0xa831c66d2db43210",
    "0xb00327c898fb213f",
    "0xbf597fc7beef0ee4",
    "0xc6e00bf33da88fc2",
    "0xd5a79147930aa725",
    "0x06ca6351e003826f",
    "0x142929670a0e6e70",
    "0x27b70a8546d22ffc",
    "0x2e1b21385c26c926",
    "0x4d2c6dfc5ac42aed",
    "0x53380d139d95b3df",
    "0x650a73548baf63de",
    "0x766a0abb3c77b2a8",
    "0x81c2c92e47edaee6",
    "0x92722c851482353b",
    "0xa2bfe8a14cf10364",
    "0xa81a664bbc423001",
    "0xc24b8b70d0f89791",
    "0xc76c51a30654be30",
    "0xd192e819d6ef5218",
    "0xd69906245565a910",
    "0xf40e35855771202a",
    "0x106aa07032bbd1b8",
    "0x19a4c116b8d2d0c8",
    "0x1e376c085141ab53",
    "0x2748774cdf8eeb99",
    "0x34b0bcb5e19b48a8",
    "0x391c0cb3c5c95a63",
    "0x4ed8aa4ae3418acb",
    "0x5b9cca4f7763e373",
    "0x682e6ff3d6b2b8a3",
    "0x748f82ee5defb2fc",
    "0x78a5636f43172f60",
    "0x84c87814a1f0ab72",
    "0x8cc702081a6439ec",
    "0x90befffa23631e28",
    "0xa4506cebde82bde9",
    "0xbef9a3f7b2c67915",
    "0xc67178f2e372532b",
    "0xca273eceea26619c",
    "0xd186b8c721c0c207",
    "0xeada7dd6cde0eb1e",
    "0xf57d4f7fee6ed178",
    "0x06f067aa72176fba",
    "0x0a637dc5a2c898a6",
    "0x113f9804bef90dae",
    "0x1b710b35131c471b",
    "0x28db77f523047d84",
    "0x32caab7b40c72493",
    "0x3c9ebe0a15c9bebc",
    "0x431d67c49c100d4c",
    "0x4cc5d4becb3e42b6",
    "0x597f299cfc657e2a",
    "0x5fcb6fab3ad6faec",
    "0x6c44198c4a475817"
  ].map((n) => BigInt(n))))();
  var SHA512_Kh = /* @__PURE__ */ (() => K512[0])();
  var SHA512_Kl = /* @__PURE__ */ (() => K512[1])();
  var SHA512_W_H = /* @__PURE__ */ new Uint32Array(80);
  var SHA512_W_L = /* @__PURE__ */ new Uint32Array(80);
  var SHA2_64B = class extends HashMD {
    // We cannot use array here since array allows indexing by variable
    // which means optimizer/compiler cannot use registers.
    // h -- high 32 bits, l -- low 32 bits
    // Numeric initializers matter: starting the fields as `undefined` changes
    // V8's field representation and slows hashing down (measured on sha256).
    Ah = 0;
    Al = 0;
    Bh = 0;
    Bl = 0;
    Ch = 0;
    Cl = 0;
    Dh = 0;
    Dl = 0;
    Eh = 0;
    El = 0;
    Fh = 0;
    Fl = 0;
    Gh = 0;
    Gl = 0;
    Hh = 0;
    Hl = 0;
    constructor(outputLen, IV) {
      super(128, outputLen, 16, false);
      this.Ah = IV[0] | 0;
      this.Al = IV[1] | 0;
      this.Bh = IV[2] | 0;
      this.Bl = IV[3] | 0;
      this.Ch = IV[4] | 0;
      this.Cl = IV[5] | 0;
      this.Dh = IV[6] | 0;
      this.Dl = IV[7] | 0;
      this.Eh = IV[8] | 0;
      this.El = IV[9] | 0;
      this.Fh = IV[10] | 0;
      this.Fl = IV[11] | 0;
      this.Gh = IV[12] | 0;
      this.Gl = IV[13] | 0;
      this.Hh = IV[14] | 0;
      this.Hl = IV[15] | 0;
    }
    // prettier-ignore
    get() {
      const { Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl } = this;
      return [Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl];
    }
    // prettier-ignore
    set(Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl) {
      this.Ah = Ah | 0;
      this.Al = Al | 0;
      this.Bh = Bh | 0;
      this.Bl = Bl | 0;
      this.Ch = Ch | 0;
      this.Cl = Cl | 0;
      this.Dh = Dh | 0;
      this.Dl = Dl | 0;
      this.Eh = Eh | 0;
      this.El = El | 0;
      this.Fh = Fh | 0;
      this.Fl = Fl | 0;
      this.Gh = Gh | 0;
      this.Gl = Gl | 0;
      this.Hh = Hh | 0;
      this.Hl = Hl | 0;
    }
    _cloneInto(to) {
      (to ||= new this.constructor()).set(...this.get());
      return this._cloneIntoMeta(to);
    }
    process(view, offset) {
      for (let i = 0; i < 16; i++, offset += 4) {
        SHA512_W_H[i] = view.getUint32(offset);
        SHA512_W_L[i] = view.getUint32(offset += 4);
      }
      for (let i = 16; i < 80; i++) {
        const W15h = SHA512_W_H[i - 15] | 0;
        const W15l = SHA512_W_L[i - 15] | 0;
        const s0h = rotrSH(W15h, W15l, 1) ^ rotrSH(W15h, W15l, 8) ^ shrSH(W15h, W15l, 7);
        const s0l = rotrSL(W15h, W15l, 1) ^ rotrSL(W15h, W15l, 8) ^ shrSL(W15h, W15l, 7);
        const W2h = SHA512_W_H[i - 2] | 0;
        const W2l = SHA512_W_L[i - 2] | 0;
        const s1h = rotrSH(W2h, W2l, 19) ^ rotrBH(W2h, W2l, 61) ^ shrSH(W2h, W2l, 6);
        const s1l = rotrSL(W2h, W2l, 19) ^ rotrBL(W2h, W2l, 61) ^ shrSL(W2h, W2l, 6);
        const SUMl = add4L(s0l, s1l, SHA512_W_L[i - 7], SHA512_W_L[i - 16]);
        const SUMh = add4H(SUMl, s0h, s1h, SHA512_W_H[i - 7], SHA512_W_H[i - 16]);
        SHA512_W_H[i] = SUMh | 0;
        SHA512_W_L[i] = SUMl | 0;
      }
      let { Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl } = this;
      for (let i = 0; i < 80; i++) {
        const sigma1h = rotrSH(Eh, El, 14) ^ rotrSH(Eh, El, 18) ^ rotrBH(Eh, El, 41);
        const sigma1l = rotrSL(Eh, El, 14) ^ rotrSL(Eh, El, 18) ^ rotrBL(Eh, El, 41);
        const CHIh = Eh & Fh ^ ~Eh & Gh;
        const CHIl = El & Fl ^ ~El & Gl;
        const T1ll = add5L(Hl, sigma1l, CHIl, SHA512_Kl[i], SHA512_W_L[i]);
        const T1h = add5H(T1ll, Hh, sigma1h, CHIh, SHA512_Kh[i], SHA512_W_H[i]);
        const T1l = T1ll | 0;
        const sigma0h = rotrSH(Ah, Al, 28) ^ rotrBH(Ah, Al, 34) ^ rotrBH(Ah, Al, 39);
        const sigma0l = rotrSL(Ah, Al, 28) ^ rotrBL(Ah, Al, 34) ^ rotrBL(Ah, Al, 39);
        const MAJh = Ah & Bh ^ Ah & Ch ^ Bh & Ch;
        const MAJl = Al & Bl ^ Al & Cl ^ Bl & Cl;
        Hh = Gh | 0;
        Hl = Gl | 0;
        Gh = Fh | 0;
        Gl = Fl | 0;
        Fh = Eh | 0;
        Fl = El | 0;
        ({ h: Eh, l: El } = add(Dh | 0, Dl | 0, T1h | 0, T1l | 0));
        Dh = Ch | 0;
        Dl = Cl | 0;
        Ch = Bh | 0;
        Cl = Bl | 0;
        Bh = Ah | 0;
        Bl = Al | 0;
        const All = add3L(T1l, sigma0l, MAJl);
        Ah = add3H(All, T1h, sigma0h, MAJh);
        Al = All | 0;
      }
      ({ h: Ah, l: Al } = add(this.Ah | 0, this.Al | 0, Ah | 0, Al | 0));
      ({ h: Bh, l: Bl } = add(this.Bh | 0, this.Bl | 0, Bh | 0, Bl | 0));
      ({ h: Ch, l: Cl } = add(this.Ch | 0, this.Cl | 0, Ch | 0, Cl | 0));
      ({ h: Dh, l: Dl } = add(this.Dh | 0, this.Dl | 0, Dh | 0, Dl | 0));
      ({ h: Eh, l: El } = add(this.Eh | 0, this.El | 0, Eh | 0, El | 0));
      ({ h: Fh, l: Fl } = add(this.Fh | 0, this.Fl | 0, Fh | 0, Fl | 0));
      ({ h: Gh, l: Gl } = add(this.Gh | 0, this.Gl | 0, Gh | 0, Gl | 0));
      ({ h: Hh, l: Hl } = add(this.Hh | 0, this.Hl | 0, Hh | 0, Hl | 0));
      this.set(Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl);
    }
    roundClean() {
      clean(SHA512_W_H, SHA512_W_L);
    }
    destroy() {
      this.destroyed = true;
      clean(this.buffer);
      this.set(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
  };
  var _SHA512 = class extends SHA2_64B {
    constructor() {
      super(64, SHA512_IV);
    }
  };
  var sha512 = /* @__PURE__ */ createHasher(
    () => new _SHA512(),
    /* @__PURE__ */ oidNist(3)
  );

  // src/crafy/signature/ed25519.ts
  /*! noble-hashes - MIT License (c) 2022 Paul Miller (paulmillr.com) */
  function verify2(key, message, signature) {
    hashes.sha512 = sha512;
    try {
      return verify(signature, message, key, { zip215: false });
    } catch {
      return false;
    }
  }

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
      if (!native) return verify2(this.#key, message, proof);
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

  // src/core/language.ts
  function languageOf(tags, spoken) {
    const codes = tags.map((tag) => tag.toLowerCase().split(/[-_]/)[0]);
    return codes.find((code) => Object.hasOwn(spoken, code)) ?? "en";
  }

  // src/core/theme.ts
  function themeOf(container, wanted) {
    if (wanted === "light" || wanted === "dark") return wanted;
    const meta = document.querySelector('meta[name="color-scheme"]')?.content;
    const style = getComputedStyle(container).colorScheme ?? "";
    const page3 = style === "normal" ? meta ?? "" : style;
    if (!page3.includes("dark")) return "light";
    return DARK.matches || !page3.includes("light") ? "dark" : "light";
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
    const root = document.documentElement;
    if (["webdriver", "selenium", "driver"].some((name) => root.hasAttribute(name))) {
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
    const named2 = gl.getExtension("WEBGL_debug_renderer_info");
    const value = (unmasked, masked) => String(gl.getParameter(unmasked ?? masked) ?? "").slice(0, TEXT_MAX2);
    const answer = [
      value(named2?.UNMASKED_VENDOR_WEBGL, gl.VENDOR),
      value(named2?.UNMASKED_RENDERER_WEBGL, gl.RENDERER)
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

  // src/core/patience.ts
  function limited(signal, milliseconds = PATIENCE) {
    const end = AbortSignal.timeout?.(milliseconds);
    if (!signal) return end ?? null;
    return end && AbortSignal.any ? AbortSignal.any([signal, end]) : signal;
  }
  var PATIENCE = 3e4;

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
      signal: limited(signal)
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
      after(PATIENCE2, () => this.#fail("the challenge did not come"));
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
  var PATIENCE2 = 3e4;
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
    form.requestSubmit(submitter?.form === form ? submitter : null);
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
    const response = await fetch(address2, { credentials: "omit", signal: limited(signal) });
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
      setTimeout(fail, PATIENCE3, "no answer");
    });
  }
  function loaded(nonce) {
    const there = page.turnstile;
    const ours = page[OURS]?.turnstile;
    if (there && there !== ours) return Promise.resolve(there);
    loading ??= new Promise((resolve, reject) => {
      const script = html("script", { src: SCRIPT, ...nonce && { nonce } });
      const theirs = besideOurs();
      script.onload = () => {
        const turnstile = theirs();
        if (turnstile && turnstile !== page[OURS]?.turnstile) resolve(turnstile);
        else reject(new Error("Turnstile did not start"));
      };
      script.onerror = () => {
        theirs();
        reject(new Error("Turnstile could not be loaded"));
      };
      document.head.append(script);
    }).catch((error) => {
      loading = void 0;
      throw error;
    });
    return loading;
  }
  function besideOurs() {
    const ours = page.turnstile;
    delete page.turnstile;
    const back = () => {
      const theirs = page.turnstile;
      if (ours) page.turnstile = ours;
      return theirs;
    };
    const late = setTimeout(back, SOON);
    return () => {
      clearTimeout(late);
      return back();
    };
  }
  var OURS = /* @__PURE__ */ Symbol.for("portcullis.turnstile");
  var page = window;
  var loading;
  var SCRIPT = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";
  var PATIENCE3 = 12e4;
  var SOON = 5e3;

  // src/core/adopt_style.ts
  function adoptStyle(root, text2, nonce = settings().CAP_CSS_NONCE) {
    try {
      let sheet = sheets.get(text2);
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(text2);
        sheets.set(text2, sheet);
      }
      root.adoptedStyleSheets = [sheet];
    } catch {
      root.append(html("style", nonce ? { nonce } : {}, text2));
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
  var style_default = 'svg{fill:none;stroke-linecap:round;stroke-linejoin:round}.track{stroke:var(--track)}.emblem{display:grid;flex:none;justify-items:center;gap:2px;color:var(--faint);font-size:9px;line-height:1;letter-spacing:.02em}.emblem svg{width:20px;stroke:currentColor;stroke-width:1.6}.announcement{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}@media(forced-colors:active){.track{stroke:Canvas}}:host{display:block;max-width:326px}.card:before{display:block;height:0;overflow:hidden;visibility:hidden;content:"mm mm mm mm mm mm mm mm mm mm mm mm mm mm mm mm"}.card{--background: var(--page-background, #fff);--ink: var(--page-color, #1c2530);--faint: var(--page-footerColor, #5b6673);--border: var(--page-borderColor, #d3d9e0);--box: #8a94a1;--box-background: #fff;--track: #e3e8ee;--accent: var(--page-primary, #2f5bea);--good: #12805c;--bad: #c8362b;--on-sign: #fff;position:relative;box-sizing:border-box;overflow:clip;background:var(--background);border:1px solid var(--border);border-radius:12px;box-shadow:0 1px 2px #1018280f;color:var(--ink);color-scheme:light;font:500 15px/1.25 system-ui,Segoe UI,Roboto,Noto Sans,sans-serif;text-align:start;-webkit-tap-highlight-color:transparent}.card[data-theme=dark]{--background: var(--page-background, #1b212b);--ink: var(--page-color, #eef1f5);--faint: var(--page-footerColor, #9aa5b3);--border: var(--page-borderColor, #384250);--box: #76818f;--box-background: #242c38;--track: #36404d;--accent: var(--page-primary, #8aa6ff);--good: #3ecf9a;--bad: #ff8177;--on-sign: #12161d;box-shadow:none;color-scheme:dark}.card:focus{outline:none}.card:focus-visible{outline:2px solid var(--accent);outline-offset:2px}.trigger{all:unset;box-sizing:border-box;display:flex;align-items:center;gap:12px;width:100%;min-height:58px;padding:8px 14px;border-radius:11px;cursor:pointer;user-select:none;-webkit-user-select:none}.trigger:not([aria-disabled=true]):hover{background:var(--page-backgroundHover)}.trigger:focus-visible{outline:2px solid var(--accent);outline-offset:-3px}.trigger[aria-disabled=true]{cursor:default}.checkbox{position:relative;flex:none;box-sizing:border-box;width:26px;height:26px;border:1.5px solid var(--box);border-radius:7px;background:var(--box-background)}.trigger:not([aria-disabled=true]):hover .checkbox{border-color:var(--accent)}.card:not([data-sign=""]) .checkbox{border-color:transparent;border-radius:50%}[data-sign=checking] .checkbox{background:none}[data-sign=done] .checkbox{background:var(--good)}[data-sign=problem] .checkbox{background:var(--bad)}.checkbox svg{position:absolute;inset:-1.5px;width:26px;height:26px;visibility:hidden}[data-sign=checking] .ring,[data-sign=done] .mark,[data-sign=problem] .mark{visibility:visible}.ring{stroke-width:3;animation:turn .9s linear infinite}.part{stroke:var(--accent);stroke-dasharray:25 75}.mark{stroke:var(--on-sign);stroke-width:2.5}[data-sign=done] .cross,[data-sign=problem] .tick{display:none}.label{flex:1;min-width:0;overflow-wrap:anywhere}.place{height:0;overflow:hidden;visibility:hidden}[data-open] .place{height:auto;visibility:visible}[data-open] .trigger{display:none}iframe{display:block;width:100%;height:58px;border:0;background:transparent;color-scheme:inherit;transition:height .15s ease-out}.notice{display:block;padding:9px 14px;border-top:1px solid var(--border);color:var(--ink);font-size:13px;font-weight:400;line-height:1.4}.notice:empty{display:none}.attention{border-color:var(--accent);box-shadow:0 0 0 3px color-mix(in srgb,var(--accent) 25%,transparent);animation:nudge .4s}@keyframes turn{to{rotate:360deg}}@keyframes nudge{25%,75%{translate:-4px}50%{translate:4px}}@media(prefers-reduced-motion:reduce){.card,.card *{animation:none!important;transition:none!important}}@media(forced-colors:active){.checkbox{border-color:ButtonText!important;background:Canvas!important}[data-sign=checking] .checkbox{border-color:transparent!important}.mark,.part,.emblem svg{stroke:CanvasText}.attention{border-color:Mark}}';

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
        this.#card.style.setProperty(`--page-${name}`, colour || "initial");
      }
      this.#root = this.#host.attachShadow({ mode: "closed" });
      adoptStyle(this.#root, style_default, settings2.nonce);
      this.#root.append(this.#card);
      container.append(this.#host);
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
      const language = languageOf(navigator.languages, LANGUAGES);
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
      forget(this);
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
      forget(this);
      this.#drop();
      this.#view.show("problem", words, { aloud: true });
    }
    /** Only a new page has new options. */
    #dead() {
      forget(this);
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
      forget(this);
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
      if (this.#link) return;
      this.#drop();
      this.load();
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
  named(/\/assets\/CrafyCAPTCHA\.[^/]*$/);
  var page2 = window;
  if (!page2.CrafyCAPTCHA) {
    CrafyCAPTCHA.recorder = new Recorder();
    page2.CrafyCAPTCHA = CrafyCAPTCHA;
  }
  var announce = () => dispatchEvent(new Event("CrafyCAPTCHALoaded"));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", announce);
  else announce();
})();
