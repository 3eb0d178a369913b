/** A site's backend: the published Python package behind a Node interface. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Starts the backend of a site. */
export async function startBackend(base, site) {
  const python = fileURLToPath(new URL("../python/.venv/bin/python", import.meta.url));
  if (!existsSync(python)) throw new Error(`${python} is missing: conformance/run makes it`);
  const folder = await mkdtemp(join(tmpdir(), "portcullis-crafy-"));
  const script = fileURLToPath(new URL("crafy_backend.py", import.meta.url));
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const backend = new Backend(child, folder);
  const { site_key: public_key, secret_key } = site;
  backend.write({ public_key, secret_key, base: `${base}/api`, folder });
  return backend;
}

class Backend {
  #child;
  #folder;
  #waiting = [];

  constructor(child, folder) {
    this.#child = child;
    this.#folder = folder;
    createInterface({ input: child.stdout }).on("line", (line) =>
      this.#waiting.shift().resolve(JSON.parse(line)),
    );
    child.on("close", (code) => {
      for (const { reject } of this.#waiting) reject(new Error(`the backend ended with ${code}`));
    });
  }

  /** Writes one line to the child. */
  write(content) {
    this.#child.stdin.write(`${JSON.stringify(content)}\n`);
  }

  /** What a call of the package came to: `{returned}`, or `{raised, status}`. */
  outcome(name, ...words) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.write([name, ...words]);
    });
  }

  /** What a call of the package returned. */
  async call(name, ...words) {
    const { returned, raised, status } = await this.outcome(name, ...words);
    if (raised !== undefined) throw new Error(`${name}: ${raised} (${status})`);
    return returned;
  }

  async stop() {
    const ended = new Promise((resolve) => this.#child.on("close", resolve));
    this.#child.stdin.end();
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }
}
