/** Loads a module of `src` into Node, for tests that need no browser. */

import { build } from "esbuild";
import { embed, FETCHING, ROOT } from "../scripts/bundle.mjs";

/** The exports of a module, bundled with what it imports. */
export async function load(entry) {
  // `environment.ts` looks for its own script element as it loads.
  globalThis.document ??= { currentScript: null, querySelector: () => null, baseURI: "http://x/" };
  globalThis.window ??= globalThis;
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    target: "es2022",
    // Node starts no workers of a browser's kind.
    plugins: [embed],
    ...FETCHING,
    write: false,
  });
  const code = Buffer.from(result.outputFiles[0].text).toString("base64");
  return import(`data:text/javascript;base64,${code}`);
}
