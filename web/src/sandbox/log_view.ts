/**
 * The log of this visit, asked for again and again while somebody looks.
 */

import { html } from "../core/build_dom";

/** What the server tells of one request, as far as it is shown. */
interface Entry {
  id: string;
  createdAt: string | number;
  route: string;
  method: string;
  siteKey?: string;
  ip?: string;
  status: number;
  summary?: string;
  request?: unknown;
  response?: unknown;
}

/** A list that follows the server's log. */
export class LogView {
  readonly #list: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #state: HTMLElement;
  readonly #address: string;
  readonly #known = new Map<string, HTMLElement>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;

  /** @param visit the seal that says whose log it is */
  constructor(list: HTMLElement, empty: HTMLElement, state: HTMLElement, visit: string) {
    this.#list = list;
    this.#empty = empty;
    this.#state = state;
    this.#address = `/api/v1/logs?limit=${LIMIT}&visit=${encodeURIComponent(visit)}`;
  }

  /** Follows the log from now on, except while the page is hidden. */
  start(): void {
    document.addEventListener("visibilitychange", () => this.#follow());
    this.#follow();
  }

  /** Looks once, now. */
  async refresh(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const response = await fetch(this.#address);
      const { logs } = await response.json();
      if (!response.ok || !Array.isArray(logs)) throw new TypeError(`status ${response.status}`);
      this.#show(logs);
      this.#state.textContent = "";
    } catch {
      this.#state.textContent = "The log cannot be read just now.";
    }
    this.#asking = false;
  }

  async #follow(): Promise<void> {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    this.#timer = setTimeout(() => this.#follow(), INTERVAL);
    await this.refresh();
  }

  /** Newest first. Entries that are shown already stay as they are, opened or not. */
  #show(logs: Entry[]): void {
    const items = logs.slice(0, LIMIT).map((entry) => {
      const item = this.#known.get(entry.id) ?? itemOf(entry);
      this.#known.set(entry.id, item);
      return item;
    });
    const wanted = new Set(items);
    for (const [id, item] of this.#known) {
      if (wanted.has(item)) continue;
      item.remove();
      this.#known.delete(id);
    }
    for (const [place, item] of items.entries()) {
      const there = this.#list.children[place];
      if (there !== item) this.#list.insertBefore(item, there ?? null);
    }
    this.#empty.hidden = items.length > 0;
  }
}

function itemOf(entry: Entry): HTMLElement {
  const status = html("span", {
    class: "status",
    "data-kind": `${Math.floor(entry.status / 100)}`,
  });
  status.textContent = String(entry.status);
  const time = new Date(entry.createdAt);
  const summary = html(
    "summary",
    {},
    status,
    html("span", { class: "route" }, `${entry.method} ${entry.route}`),
    html("time", { datetime: stamp(time) }, Number.isNaN(+time) ? "" : time.toLocaleTimeString()),
    html("span", { class: "gist" }, entry.summary ?? ""),
  );
  const facts = [entry.siteKey, entry.ip].filter(Boolean).join(" · ");
  const details = html("details", {}, summary, html("p", { class: "hint" }, facts));
  for (const [name, value] of Object.entries({
    Request: entry.request,
    Response: entry.response,
  })) {
    if (value === undefined || value === null) continue;
    const body = typeof value === "string" ? value : JSON.stringify(value, null, 2);
    const label = `${name} of ${entry.route}`;
    details.append(
      html("h3", {}, name),
      html("pre", { tabindex: "0", role: "region", "aria-label": label }, body),
    );
  }
  return html("li", {}, details);
}

const stamp = (time: Date): string => (Number.isNaN(+time) ? "" : time.toISOString());

const LIMIT = 100;
const INTERVAL = 1600;
