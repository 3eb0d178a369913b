// The committed WebAssembly modules, called the way the published widget's worker calls them.
// Run with `node --test crates/portcullis-solver/tests/`; the oracle is Node's own SHA-256.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

const NOT_SOLVED = 2n ** 64n - 1n;

/** A module as the widget sees it: strings in, nonce out. */
class Solver {
  constructor(file) {
    const bytes = readFileSync(new URL(`../../../web/dist/${file}`, import.meta.url));
    this.module = new WebAssembly.Module(bytes);
    const imports = { wbg: { __wbindgen_init_externref_table: () => assert.fail("nothing is imported") } };
    this.exports = new WebAssembly.Instance(this.module, imports).exports;
    this.exports.__wbindgen_start();
  }

  /** wasm-bindgen's way: one byte per character, and a second attempt if that was too little. */
  pass(string) {
    const { memory, __wbindgen_malloc, __wbindgen_realloc } = this.exports;
    const ascii = /^[\0-\x7f]*/.exec(string)[0];
    let address = __wbindgen_malloc(string.length, 1) >>> 0;
    new Uint8Array(memory.buffer).set(Buffer.from(ascii), address);
    const rest = Buffer.from(string.slice(ascii.length));
    if (rest.length > 0) {
      const most = ascii.length + (string.length - ascii.length) * 3;
      address = __wbindgen_realloc(address, string.length, most, 1) >>> 0;
      new Uint8Array(memory.buffer).set(rest, address + ascii.length);
      address = __wbindgen_realloc(address, most, ascii.length + rest.length, 1) >>> 0;
    }
    return [address, ascii.length + rest.length];
  }

  solve(salt, target) {
    const strings = [...this.pass(salt), ...this.pass(target)];
    return BigInt.asUintN(64, this.exports.solve_pow(...strings));
  }
}

/** Hex digits that depend on nothing but `seed`. */
function hex(seed, length) {
  let digits = "";
  for (let block = 0; digits.length < length; block++) {
    digits += createHash("sha256").update(`${seed} ${block}`).digest("hex");
  }
  return digits.slice(0, length);
}

function assertSolved(salt, target, nonce) {
  const digest = createHash("sha256").update(salt).update(nonce.toString()).digest("hex");
  assert.equal(digest.slice(0, target.length), target.toLowerCase(), `salt ${salt}, nonce ${nonce}`);
  assert.ok(Number.isSafeInteger(Number(nonce)), `${nonce} is not exact in JavaScript`);
}

for (const file of ["cap_wasm_bg.wasm", "cap_wasm_scalar.wasm"]) {
  describe(file, () => {
    const solver = new Solver(file);

    test("has the widget's exports and wants nothing from it", () => {
      assert.deepEqual(WebAssembly.Module.imports(solver.module), []);
      const names = WebAssembly.Module.exports(solver.module).map(({ name }) => name);
      for (const name of ["memory", "solve_pow", "__wbindgen_malloc", "__wbindgen_realloc"]) {
        assert.ok(names.includes(name), name);
      }
    });

    for (const digits of [1, 2, 3, 4, 5]) {
      test(`solves targets of ${digits} digits with salts of 1 to 64`, () => {
        for (let length = 1; length <= 64; length++) {
          const salt = hex(`salt ${length}`, length);
          const target = hex(`target ${length} ${digits}`, digits);
          assertSolved(salt, target, solver.solve(salt, target));
        }
      });
    }

    test("solves targets of 6 digits", () => {
      const salt = hex("six", 32);
      assertSolved(salt, "c0ffee", solver.solve(salt, "c0ffee"));
    });

    test("solves longer salts", () => {
      for (const length of [...Array(200).keys()].map((more) => 65 + more).concat(512, 1024)) {
        const salt = hex(`salt ${length}`, length);
        assertSolved(salt, "4e", solver.solve(salt, "4e"));
      }
    });

    test("takes text of any kind for a salt, and targets of either case", () => {
      for (const salt of ["é", "salt €", "🏰 gate", "\0", "a b"]) {
        assertSolved(salt, "BeE", solver.solve(salt, "BeE"));
      }
    });

    test("answers invalid input with 2^64 - 1", () => {
      const salt = hex("salt", 32);
      for (const target of ["", "g", "0x0", "-1", " 0", "é", "\0", "0".repeat(9), "0".repeat(65), "f".repeat(5000)]) {
        assert.equal(solver.solve(salt, target), NOT_SOLVED, `target ${target}`);
      }
      assert.equal(solver.solve("", "0"), NOT_SOLVED);
      assert.equal(solver.solve("a".repeat(1025), "0"), NOT_SOLVED);
      assert.notEqual(solver.solve(salt, "0"), NOT_SOLVED);
    });

    test("answers addresses that it never handed out with 2^64 - 1", () => {
      const [address, length] = solver.pass(hex("salt", 32));
      const [target, digits] = solver.pass("0");
      const end = solver.exports.memory.buffer.byteLength;
      const strange = [0, 1, address - 100000, end - 4, end, 2 ** 31 - 1, -1, -32, -(2 ** 31)];
      for (const elsewhere of strange) {
        assert.equal(solver.exports.solve_pow(elsewhere, length, target, digits), -1n);
        assert.equal(solver.exports.solve_pow(address, length, elsewhere, digits), -1n);
      }
      for (const far of [8193, end, 2 ** 31 - 1, -1, -(2 ** 31)]) {
        assert.equal(solver.exports.solve_pow(address, far, target, digits), -1n);
        assert.equal(solver.exports.solve_pow(address, length, target, far), -1n);
      }
      assert.notEqual(solver.exports.solve_pow(address, length, target, digits), -1n);
    });

    test("refuses to hand out more memory than it has, and goes on", () => {
      const { __wbindgen_malloc, __wbindgen_realloc, memory } = solver.exports;
      for (const size of [8193, 2 ** 31 - 1, -1]) {
        assert.throws(() => __wbindgen_malloc(size, 1), WebAssembly.RuntimeError);
        assert.throws(() => __wbindgen_realloc(__wbindgen_malloc(1, 1), 1, size, 1), WebAssembly.RuntimeError);
      }
      const salt = hex("salt", 32);
      assertSolved(salt, "abc", solver.solve(salt, "abc"));
      assert.ok(memory.buffer.byteLength <= 131072);
    });

    test("keeps its memory over 100,000 puzzles and 100,000 forgotten strings", () => {
      const { memory } = solver.exports;
      const before = memory.buffer;
      const salt = hex("salt", 32);
      const nonce = solver.solve(salt, "a");
      for (let call = 0; call < 100_000; call++) assert.equal(solver.solve(salt, "a"), nonce);
      for (let call = 0; call < 100_000; call++) {
        const [address, length] = solver.pass(salt);
        assert.ok(address + length <= before.byteLength);
      }
      assert.equal(memory.buffer, before, "the memory never grew");
      assert.equal(solver.solve(salt, "a"), nonce);
    });
  });
}

test("both modules find the same nonce", () => {
  const [simd, scalar] = ["cap_wasm_bg.wasm", "cap_wasm_scalar.wasm"].map((file) => new Solver(file));
  for (let length = 1; length <= 64; length++) {
    const salt = hex(`same ${length}`, length);
    assert.equal(simd.solve(salt, "0f"), scalar.solve(salt, "0f"));
  }
});
