/**
 * Makes every file of `dist` in memory. `build.mjs` writes what this returns,
 * `check.mjs` compares with it: one description of the outputs, two uses.
 */

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const DIST = join(ROOT, "dist");
export const LOCK = "web.lock.json";

/** Largest allowed size of an output, gzip -9, in bytes. */
export const GZIP_LIMITS = {
  "widget.js": 12 * 1024,
  "floating.js": 2 * 1024,
  "cap_worker.js": 3 * 1024,
  "astracaph.js": 14.5 * 1024,
  "turnstile.js": 14 * 1024,
  "hcaptcha.js": 14 * 1024,
  "recaptcha.js": 14 * 1024,
  "CrafyCAPTCHA.min.js": 20 * 1024,
  "challenge.js": 20 * 1024,
};

/** Every output by its name in `dist`, the lock file last. */
export async function outputs() {
  const files = {
    "widget.js": await script("src/cap-widget/index.ts"),
    "floating.js": await script("src/floating.ts"),
    "cap_worker.js": await script("src/core/worker.ts"),
    "astracaph.js": await script("src/astracaph/index.ts", FETCHING),
    "turnstile.js": await script("src/turnstile/index.ts"),
    "hcaptcha.js": await script("src/hcaptcha/index.ts"),
    "recaptcha.js": await script("src/recaptcha/index.ts"),
    "astracaph_frame.js": await script("src/astracaph/frame/frame.ts"),
    "astracaph_frame.css": await style("src/astracaph/frame/astracaph_frame.css"),
    "astracaph_frame.html": await source("src/astracaph/frame/astracaph_frame.html"),
    "CrafyCAPTCHA.js": await script("src/crafy/index.ts", { ...FETCHING, minify: false }),
    "CrafyCAPTCHA.min.js": await script("src/crafy/index.ts", FETCHING),
    "challenge.js": await script("src/crafy/frame/main.ts", FETCHING),
    "challenge.css": await style("src/crafy/frame/challenge.css"),
    "challenge.html": await source("src/crafy/frame/challenge.html"),
    "sandbox.js": await script("src/sandbox/sandbox.ts"),
    "sandbox.css": await style("src/sandbox/sandbox.css"),
    "sandbox.html": await source("src/sandbox/sandbox.html"),
    "demo.js": await script("src/demo/demo.ts"),
    "demo_ladder.js": await script("src/demo/ladder.ts"),
    "ladder.html": await source("src/demo/ladder.html"),
    "demo.css": await style("src/demo/demo.css"),
    "index.html": await source("src/demo/index.html"),
    "result.html": await source("src/demo/result.html"),
    "favicon.svg": await source("src/demo/favicon.svg"),
  };
  files[LOCK] = await lock(files);
  return files;
}

/** Bytes of a text under the strongest gzip, as a server would send it. */
export const gzipSize = (text) => gzipSync(text, { level: 9 }).length;

const OPTIONS = {
  loader: { ".html": "text" },
  absWorkingDir: ROOT,
  bundle: true,
  charset: "utf8",
  define: { FETCHES_PROGRAM: "false" },
  format: "iife",
  // The notices of what others wrote have to stay in what we bundle of theirs.
  legalComments: "inline",
  logLevel: "warning",
  minify: true,
  target: "es2022",
  write: false,
};

/** For scripts that fetch the worker's program. */
export const FETCHING = { define: { FETCHES_PROGRAM: "true" } };

/** @param options further ones of esbuild's */
async function script(entry, options) {
  const result = await build({ ...OPTIONS, entryPoints: [entry], plugins: [embed], ...options });
  return result.outputFiles[0].text;
}

/** A style sheet with those that it imports. */
async function style(file) {
  const result = await build({ ...OPTIONS, entryPoints: [file] });
  return result.outputFiles[0].text;
}

const source = (file) => readFile(join(ROOT, file), "utf8");

/** Texts inside scripts: the worker's program for `blob:` workers, minified style sheets, pages. */
export const embed = {
  name: "embed",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^worker:program$/ }, ({ path }) => ({ path, namespace: "embed" }));
    onLoad({ filter: /.*/, namespace: "embed" }, async () => ({
      contents: (await script("src/core/worker.ts")).trim(),
      loader: "text",
    }));
    onLoad({ filter: /\.css$/ }, async ({ path }) => ({
      contents: (await style(relative(ROOT, path))).trim(),
      loader: "text",
    }));
  },
};

/** What the outputs were made from and what they are, so that a check without Node can tell. */
async function lock(files) {
  const inputs = await sources();
  const digests = (entries) =>
    Object.fromEntries(entries.map(([name, text]) => [name, sha256(text)]));
  const body = {
    about: "sha256 of what dist was built from and of what was built; run `npm run build` in web/",
    inputs: digests(inputs),
    outputs: digests(Object.entries(files)),
  };
  return `${JSON.stringify(body, null, 2)}\n`;
}

async function sources() {
  const found = ["package.json", "package-lock.json"];
  for (const folder of ["src", "scripts"]) {
    const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      found.push(relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join("/"));
    }
  }
  return Promise.all(found.sort().map(async (name) => [name, await source(name)]));
}

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
