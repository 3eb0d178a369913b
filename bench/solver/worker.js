// Runs in the browser, as a worker's whole program. One glue for every module, like that of the published widget, so
// that only the modules differ.

const solvers = {};

function instantiate(bytes) {
  let wasm;
  const imports = {
    wbg: {
      __wbindgen_init_externref_table() {
        const table = wasm.__wbindgen_export_0;
        const offset = table.grow(4);
        table.set(0, undefined);
        [undefined, null, true, false].forEach((value, at) => {
          table.set(offset + at, value);
        });
      },
    },
  };
  wasm = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
  wasm.__wbindgen_start?.();
  const pass = (string) => {
    const address = wasm.__wbindgen_malloc(string.length, 1) >>> 0;
    const memory = new Uint8Array(wasm.memory.buffer);
    for (let at = 0; at < string.length; at++) memory[address + at] = string.charCodeAt(at);
    return [address, string.length];
  };
  return (salt, target) => BigInt.asUintN(64, wasm.solve_pow(...pass(salt), ...pass(target)));
}

self.onmessage = ({ data: { name, bytes, puzzles } }) => {
  const start = performance.now();
  solvers[name] ??= instantiate(bytes);
  const nonces = puzzles.map(([salt, target]) => solvers[name](salt, target));
  self.postMessage({ milliseconds: performance.now() - start, nonces: nonces.map(String) });
};
