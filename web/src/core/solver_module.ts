/**
 * The solver module of this page: fetched once, however many widgets need it.
 */

import { beside, settings } from "./environment";
import { loadModule } from "./wasm";

/** The compiled module, or `undefined` where the page has to do without; asked for again after a failure. */
export async function solverModule(): Promise<WebAssembly.Module | undefined> {
  const custom = settings().CAP_CUSTOM_WASM_URL;
  pending ??= loadModule(
    custom ? [custom] : [beside("cap_wasm_bg.wasm"), beside("cap_wasm_scalar.wasm")],
  );
  const module = await pending;
  if (!module) pending = undefined;
  return module;
}

let pending: Promise<WebAssembly.Module | undefined> | undefined;
