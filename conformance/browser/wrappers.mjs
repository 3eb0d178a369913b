/**
 * Applications with the vendors' published wrappers, as their users build them: bundled from `wrappers/` when a test
 * asks for one, served by somebody's site, and taken through a widget's life.
 */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const FOLDER = fileURLToPath(new URL("wrappers/", import.meta.url));

/** Our address in the manual. A stage that has its host answers it. */
export const OURS = "https://captcha.example.com";

/**
 * The script of an application: `NAME.js` or `NAME.jsx`.
 *
 * @param replaced what is replaced when it is built, as the manual says it: text and what takes its place
 */
export async function bundled(name, replaced = {}) {
  const result = await build({
    entryPoints: [join(FOLDER, name)],
    bundle: true,
    format: "iife",
    // As a developer's build: React's strict mode then mounts everything twice.
    define: { "process.env.NODE_ENV": '"development"', "import.meta.env": "{}" },
    alias: {
      "next/script.js": join(FOLDER, "next_script.jsx"),
      "#imports": join(FOLDER, "nuxt.js"),
      "#nuxt-scripts/utils": join(FOLDER, "nuxt.js"),
    },
    conditions: ["svelte", "browser"],
    jsx: "automatic",
    logLevel: "silent",
    plugins: [components],
    write: false,
  });
  let { text } = result.outputFiles[0];
  for (const [theirs, ours] of Object.entries(replaced)) {
    assert.ok(text.includes(theirs), `${theirs} is not in ${name}`);
    text = text.replaceAll(theirs, () => ours);
  }
  return text;
}

/** Compiles components; what those that come as source need. */
const components = {
  name: "components",
  setup({ onLoad }) {
    onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { compile } = require("svelte/compiler");
      const { js } = compile(await readFile(path, "utf8"), { filename: path, generate: "client" });
      return { contents: js.code };
    });
    onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { compileScript, parse } = require("vue/compiler-sfc");
      const { descriptor } = parse(await readFile(path, "utf8"), { filename: path });
      const { content } = compileScript(descriptor, { id: path, inlineTemplate: true });
      return { contents: content };
    });
  },
};

/**
 * Opens a page with an application.
 *
 * @param name     file in `wrappers/`
 * @param script   address of a script that is in the page before it
 * @param id       of that script
 * @param replaced what is replaced in it
 * @param headers  of the page's reply
 */
export async function openApp(stage, name, { script, id, replaced, headers } = {}) {
  const app = stage.pages.add(await bundled(name, replaced), { suffix: ".js" });
  const first = script ? `<script src="${script}"${id ? ` id="${id}"` : ""}></script>` : "";
  const tags = `${first}<script src="${app}"></script>`;
  const path = stage.pages.add(
    `<!doctype html><html lang="en"><head><title>A page</title></head><body>${tags}</body></html>`,
    { headers },
  );
  const page = await stage.visit("about:blank");
  // Time goes on as ever, and can be put forward.
  await page.clock.install();
  await page.goto(stage.pages.origin + path);
  return page;
}

/** Mounts the wrapper in a form of this name. */
export const mount = (page, name, options) =>
  page.evaluate(([form, given]) => window.app.mount(form, given), [name, options]);

/** Waits for the n-th time that the wrapper told something; what it told. */
export async function toldBy(page, name, event, times = 1) {
  const handle = await page.waitForFunction(
    ([form, wanted, least]) => {
      const found = window.told.filter(([each, what]) => each === form && what === wanted);
      return found.length >= least && { value: found[least - 1][2] };
    },
    [name, event, times],
  );
  return (await handle.jsonValue()).value;
}

const count = (page, name, event) =>
  page.evaluate(
    ([form, wanted]) =>
      window.told.filter(([each, what]) => each === form && what === wanted).length,
    [name, event],
  );

/** What a vendor's widget is to a page and to a backend. */
export class Vendor {
  /**
   * @param field      of the form, with the token
   * @param siteverify path of the backend's question
   */
  constructor(field, siteverify) {
    this.field = field;
    this.siteverify = siteverify;
  }

  /** What a backend does with a token, with the vendor's own library: it is good once. */
  async assertGoodOnce(stage, site, token, more = {}) {
    const first = await this.#ask(stage, site, token);
    const { success, hostname } = first;
    assert.deepEqual({ success, hostname }, { success: true, hostname: "127.0.0.1" });
    for (const [name, value] of Object.entries(more)) assert.equal(first[name], value, name);
    const second = await this.#ask(stage, site, token);
    assert.equal(second.success, false);
    assert.ok(second["error-codes"].length > 0);
    return first;
  }

  async #ask(stage, site, response) {
    const body = new URLSearchParams({ secret: site.secret_key, response });
    return (await fetch(stage.portcullis.base + this.siteverify, { method: "POST", body })).json();
  }

  /** The token in a form. */
  value(page, name) {
    return page.evaluate(([form, field]) => window.app.field(form, field), [name, this.field]);
  }

  /**
   * The life of a widget: a token for callback, field and backend; reset and a second one; another widget beside it;
   * the token's end; unmounted and mounted again; the form sent.
   *
   * @param start begins a try of the widget in this form
   * @param alone     whether the wrapper can have one widget only
   * @param expires   whether the wrapper tells that a token's time is over
   * @param forgiving an error of the wrapper's own making
   */
  async assertLife(stage, page, { site, options, start, alone = false, expires = true, forgiving }) {
    // The token of a widget that starts by itself may come before anything is asked of it.
    const next = async (name, begin) => {
      const before = await count(page, name, "token");
      await begin();
      await start(page, name);
      return toldBy(page, name, "token", before + 1);
    };
    const mounted = (name) => next(name, () => mount(page, name, options));
    const first = await mounted("a");
    assert.equal(await this.value(page, "a"), first);
    await this.assertGoodOnce(stage, site, first);

    const second = await next("a", () => page.evaluate(() => window.app.reset("a")));
    assert.notEqual(second, first);
    assert.equal(await this.value(page, "a"), second);

    if (!alone) {
      const third = await mounted("b");
      assert.equal(await this.value(page, "b"), third);
      assert.equal(await this.value(page, "a"), second, "the other one keeps its own");
      await page.evaluate(() => window.app.unmount("b"));
    }

    const expired = await count(page, "a", "expired");
    await page.clock.fastForward("05:00");
    if (expires) await toldBy(page, "a", "expired", expired + 1);
    await page.waitForFunction(
      ([field, old]) => window.app.field("a", field) !== old,
      [this.field, second],
    );

    await page.evaluate(() => window.app.unmount("a"));
    const last = await mounted("a");
    assertQuiet(page, forgiving);
    await this.#assertSent(stage, page, site, last);
  }

  /** The form brings the token, and a backend finds it good. */
  async #assertSent(stage, page, site, token) {
    let sent;
    const action = stage.pages.handle((body) => {
      sent = new URLSearchParams(body);
      return {};
    });
    await page.evaluate((to) => {
      const form = document.getElementById("a");
      Object.assign(form, { action: to, method: "post" }).submit();
    }, action);
    await page.waitForURL(`**${action}`);
    assert.equal(sent.get(this.field), token);
    await this.assertGoodOnce(stage, site, token);
  }
}

/** A policy as strict as a page may have that has our script in it, with Trusted Types. */
export const strictPolicy = (stage) => ({
  "Content-Security-Policy": `default-src 'none'; script-src 'self' ${stage.portcullis.base} 'wasm-unsafe-eval';
    connect-src ${stage.portcullis.base}; worker-src blob:; require-trusted-types-for 'script';
    trusted-types portcullis vue`.replace(/\s+/g, " "),
});

/** Nothing was thrown but, maybe, this. */
export const assertQuiet = (page, forgiving) =>
  assert.deepEqual(
    page.seen.problems.filter((problem) => !forgiving?.test(problem)),
    [],
  );

/** Starts what waits for a click. */
export const clicks = (page, name) => page.locator(`#${name}`).getByRole("checkbox").click();

const rendered = (page, name) =>
  page.locator(`#${name} textarea`).first().waitFor({ state: "attached" });

/** Starts what waits for a button of the page's, once it is there. */
export const sends = async (page, name) => {
  await rendered(page, name);
  await page.locator(`#${name}`).getByRole("button").click();
};

/** Starts what waits to be told, once it is there. */
export const executes = async (page, name) => {
  await rendered(page, name);
  await page.evaluate((form) => {
    window.app.execute(form);
  }, name);
};

/** Starts what starts by itself. */
export const waits = async () => {};
