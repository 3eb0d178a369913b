/**
 * Starts a Portcullis on a fresh data folder and drives its command line, as an operator would.
 *
 * Nothing here knows the server from within: the flags, the JSON of `site add` and the line that says where the
 * server listens are the whole interface, so the suites run against any binary that has them.
 */

import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Starts a server on a free port of the loopback.
 *
 * @param environment settings beside the defaults, as `PORTCULLIS_…` variables
 * @param clock       whether its clock can be moved with `moveClock`
 */
export async function startPortcullis({ environment = {}, clock = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-conformance-"));
  const clockFile = join(folder, "clock");
  const env = { ...clean(process.env), ...environment };
  if (clock) await writeFile(clockFile, "+0");
  const data = join(folder, "data");
  const child = spawn(binary(), ["serve", "--listen", "127.0.0.1:0", "--data", data], {
    env: clock ? { ...env, ...fakeClock(clockFile) } : env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (text) => {
    log += text;
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  const base = await listening(child, ended, () => log).catch(async (error) => {
    // What is left running would keep the tests from ending.
    child.kill();
    await ended;
    throw error;
  });
  const server = new Portcullis({ base, data, env, clock: clock && clockFile });
  server.stop = async () => {
    child.kill("SIGTERM");
    const code = await ended;
    await rm(folder, { recursive: true, force: true });
    server.refuseBadLog(log);
    if (code !== 0) throw new Error(`the server ended with ${code}:\n${log}`);
  };
  return server;
}

class Portcullis {
  #data;
  #env;
  #clock;
  #secrets = [];

  constructor({ base, data, env, clock }) {
    /** Where it listens, without a slash at the end. */
    this.base = base;
    this.#data = data;
    this.#env = env;
    this.#clock = clock;
  }

  /** Runs a command on the data folder and answers its JSON. */
  command(...words) {
    return this.#run(...words, "--json");
  }

  /** The answer to the picture of a step: what a person sees, for tests that cannot see. */
  puzzleAnswer(step) {
    return this.#run("puzzle", "answer", step);
  }

  /** Adds a site and waits until the running server knows it. */
  async addSite(name, ...flags) {
    const site = await this.command("site", "add", name, ...flags);
    this.#secrets.push(site.secret_key);
    await this.#noticed(site.site_key, (status) => status !== 404);
    return site;
  }

  /** The address that a widget is given for a site. */
  endpoint(site) {
    return `${this.base}/cap/${site.site_key}/`;
  }

  /** Cap's own siteverify for this site: status and verdict. */
  async siteverify(site, token) {
    const response = await fetch(`${this.base}/${site.site_key}/siteverify`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ secret: site.secret_key, response: token }),
    });
    return { status: response.status, ...(await response.json()) };
  }

  /** Moves the server's clock so many seconds ahead of this machine's, and makes sure that it went. */
  async moveClock(seconds) {
    await writeFile(this.#clock, `+${seconds}`);
    const { expires } = await (
      await fetch(`${this.base}/cap/challenge`, { method: "POST" })
    ).json();
    const ahead = expires - Date.now() - CHALLENGE_LIFE_MS;
    if (Math.abs(ahead - seconds * 1000) > 60_000) {
      throw new Error(
        `the server's clock is ${ahead} ms ahead: libfaketime cannot reach a static binary`,
      );
    }
  }

  /** Throws where the log tells of a defect, or of a secret. */
  refuseBadLog(log) {
    if (/\bERROR\b|internal error|panicked/.test(log))
      throw new Error(`the server logged an error:\n${log}`);
    if (this.#secrets.some((secret) => log.includes(secret)))
      throw new Error("a secret key is in the log");
  }

  async #run(...words) {
    const { stdout } = await run(binary(), [...words, "--data", this.#data], { env: this.#env });
    return JSON.parse(stdout);
  }

  async #noticed(siteKey, isNew) {
    const deadline = Date.now() + 60_000;
    for (;;) {
      // A preflight costs nothing and tells whether the server knows the site.
      const { status } = await fetch(`${this.base}/cap/${siteKey}/challenge`, {
        method: "OPTIONS",
      });
      if (isNew(status)) return;
      if (Date.now() > deadline) throw new Error("the running server did not notice the new site");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The binary to test: `PORTCULLIS_BIN`, or the debug build. */
export function binary() {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  return process.env.PORTCULLIS_BIN ?? join(target, "debug", "portcullis");
}

/** The library that moves a process's clock (Debian package `faketime`); its folder is named after the machine. */
export function faketime() {
  const folders = existsSync("/usr/lib") ? readdirSync("/usr/lib") : [];
  const files = folders.map((folder) => join("/usr/lib", folder, "faketime/libfaketime.so.1"));
  const found = files.find((file) => existsSync(file));
  if (!found) throw new Error("libfaketime is missing; install the Debian package faketime");
  return found;
}

/** This process's environment without settings that were meant for another server. */
function clean(env) {
  const meant = ([name]) => !name.startsWith("PORTCULLIS_");
  return Object.fromEntries(Object.entries(env).filter(meant));
}

/** The wall clock follows the file from call to call; timers, which measure how long something took, do not. */
function fakeClock(file) {
  return {
    LD_PRELOAD: faketime(),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    DONT_FAKE_MONOTONIC: "1",
  };
}

/** Waits for the line that names the address. */
async function listening(child, ended, log) {
  let said = "";
  const address = new Promise((resolve) => {
    child.stdout.on("data", (text) => {
      said += text;
      const found = said.match(/http:\/\/127\.0\.0\.1:\d+/);
      if (found) resolve(found[0]);
    });
  });
  const failed = (what) => () => {
    throw new Error(`the server ${what}:\n${said}${log()}`);
  };
  const late = new Promise((resolve) => setTimeout(resolve, 60_000).unref());
  return Promise.race([
    address,
    ended.then(failed("ended early")),
    late.then(failed("did not start")),
  ]);
}

/** What a challenge lives where nothing else was set. */
const CHALLENGE_LIFE_MS = 600_000;
