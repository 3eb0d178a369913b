/**
 * Join nodes in pairs: by drawing from one to the other, by tapping one and then
 * the other, or by keys. Every node is a button, so whatever can press buttons
 * can answer.
 */

import { html, svg } from "../../../core/build_dom";
import { button } from "../card";
import type { Phrases } from "../locales/phrases";
import { DIRECTIONS, neighbour } from "../neighbours";
import type { ConnectStep } from "../step";
import { Board } from "./board";
import type { Acted, Stage } from "./stage";

/** Waits for the visitor to say that everything is joined. */
export function connect(stage: Stage, step: ConnectStep): Promise<Acted> {
  const { card, phrases, regret } = stage;
  const board = new Board(stage, step.width, step.height, phrases.connectPicture);
  board.picture("board");
  const undo = button("quiet", phrases.undo);
  const count = html("bdi", { class: "count" });
  const net = new Net(step, phrases, (joined, spoken) => {
    board.complete = joined === step.pairs;
    count.textContent = fill(phrases.count, { done: joined, all: step.pairs });
    undo.ariaDisabled = `${joined === 0}`;
    if (spoken) card.say(`${spoken}. ${count.textContent}`);
  });
  board.element.append(net.lines, ...net.nodes);
  undo.addEventListener("click", () => net.undo());
  const tools = html("div", { class: "tools" }, count, undo);
  const body = [board.element, tools, board.confirm, board.other];
  const title = RULES[step.rule]?.(phrases) ?? phrases.sameShape;
  const hint = phrases.connectHint;
  card.show({ sign: "asking", title, hint, regret, body, focus: net.nodes[0] });
  return new Promise((resolve) => {
    board.confirm.addEventListener("click", () => {
      if (board.answerable) resolve({ answer: { pairs: net.pairs } });
    });
    board.other.addEventListener("click", () => resolve("alternative"));
  });
}

/** The nodes and what is joined. */
class Net {
  readonly nodes: readonly HTMLButtonElement[];
  readonly lines: SVGSVGElement;
  readonly #step: ConnectStep;
  readonly #phrases: Phrases;
  readonly #changed: (joined: number, spoken: string) => void;
  readonly #draft = svg("path", { class: "draft" });
  #pairs: (readonly [number, number])[] = [];
  #selected: number | undefined;
  #dragged = false;

  /** @param changed told how many pairs there are, and what is to be said of the change */
  constructor(
    step: ConnectStep,
    phrases: Phrases,
    changed: (joined: number, spoken: string) => void,
  ) {
    this.#step = step;
    this.#phrases = phrases;
    this.#changed = changed;
    const viewBox = `0 0 ${step.width} ${step.height}`;
    this.lines = svg("svg", { class: "lines", viewBox, "aria-hidden": "true" });
    this.nodes = step.nodes.map(([x, y], index) => {
      const node = html("button", { type: "button", class: "node" });
      node.style.left = `${(x / step.width) * 100}%`;
      node.style.top = `${(y / step.height) * 100}%`;
      node.addEventListener("click", () => this.#tap(index));
      node.addEventListener("keydown", (event) => this.#key(event, index));
      node.addEventListener("pointerdown", (event) => this.#drag(event, index));
      return node;
    });
    this.#draw("");
  }

  /** What is joined, the lower node of a pair first. */
  get pairs(): readonly (readonly [number, number])[] {
    return this.#pairs;
  }

  /** Lets go of what is selected, else takes back the last pair. */
  undo(): void {
    if (this.#selected === undefined) this.#pairs = this.#pairs.slice(0, -1);
    this.#selected = undefined;
    this.#draw(this.#phrases.undone);
  }

  #tap(node: number): void {
    // The click after a line was drawn.
    if (this.#dragged) this.#dragged = false;
    else if (this.#selected === undefined) this.#select(node);
    else if (this.#selected === node) this.#select(undefined);
    else this.#join(this.#selected, node);
  }

  #select(node: number | undefined): void {
    this.#selected = node;
    this.#draw(node === undefined ? "" : `${this.#name(node)}, ${this.#phrases.selected}`);
  }

  #join(one: number, other: number): void {
    this.#selected = undefined;
    this.#detach(one);
    this.#detach(other);
    this.#pairs = [...this.#pairs, [Math.min(one, other), Math.max(one, other)]];
    this.#draw(this.#describe(one));
  }

  #detach(node: number): void {
    this.#pairs = this.#pairs.filter((pair) => !pair.includes(node));
  }

  #key(event: KeyboardEvent, from: number): void {
    const direction = DIRECTIONS[event.key];
    if (direction) {
      const next = neighbour(this.#step.nodes, from, direction);
      if (next !== undefined) this.nodes[next].focus({ preventScroll: true });
    } else if (event.key === "Backspace" || event.key === "Delete") this.undo();
    else if (event.key === "Escape" && this.#selected !== undefined) this.#select(undefined);
    else return;
    event.preventDefault();
  }

  /** Draws a line after the pointer, which may end at another node. */
  #drag(event: PointerEvent, from: number): void {
    if (event.button !== 0 || !event.isPrimary) return;
    this.#dragged = false;
    const node = this.nodes[from];
    const over = new AbortController();
    const { signal } = over;
    node.setPointerCapture(event.pointerId);
    const [startX, startY] = [event.clientX, event.clientY];
    const follow = ({ clientX, clientY }: PointerEvent) => {
      this.#dragged ||= Math.hypot(clientX - startX, clientY - startY) > SLIP;
      if (!this.#dragged) return;
      const box = this.lines.getBoundingClientRect();
      const scale = this.#step.width / box.width;
      const [x, y] = this.#step.nodes[from];
      const end = `${(clientX - box.left) * scale} ${(clientY - box.top) * scale}`;
      this.#draft.setAttribute("d", `M${x} ${y}L${end}`);
    };
    const drop = ({ clientX, clientY }: PointerEvent) => {
      over.abort();
      this.#draft.removeAttribute("d");
      if (!this.#dragged) return;
      const target = document.elementFromPoint(clientX, clientY)?.closest("button");
      const to = this.nodes.indexOf(target as HTMLButtonElement);
      if (to >= 0 && to !== from) this.#join(from, to);
      // A click follows only where pointer and node are the same; it has no meaning here.
      setTimeout(() => {
        this.#dragged = false;
      });
    };
    node.addEventListener("pointermove", follow, { signal });
    node.addEventListener("pointerup", drop, { signal });
    node.addEventListener(
      "pointercancel",
      () => {
        over.abort();
        this.#draft.removeAttribute("d");
      },
      { signal },
    );
  }

  #draw(spoken: string): void {
    const paths = this.#pairs.flatMap(([one, other]) => {
      const d = this.#line(one, other);
      return [svg("path", { class: "halo", d }), svg("path", { class: "line-between", d })];
    });
    this.lines.replaceChildren(...paths, this.#draft);
    this.nodes.forEach((node, index) => {
      node.ariaLabel = this.#describe(index);
      node.ariaPressed = `${this.#selected === index}`;
      node.toggleAttribute("data-joined", this.#partner(index) !== undefined);
    });
    this.#changed(this.#pairs.length, spoken);
  }

  /** From rim to rim, so that no line covers what a node shows. */
  #line(one: number, other: number): string {
    const [[ax, ay], [bx, by]] = [this.#step.nodes[one], this.#step.nodes[other]];
    const length = Math.hypot(bx - ax, by - ay) || 1;
    const [dx, dy] = [((bx - ax) / length) * RIM, ((by - ay) / length) * RIM];
    return `M${ax + dx} ${ay + dy}L${bx - dx} ${by - dy}`;
  }

  #partner(node: number): number | undefined {
    const pair = this.#pairs.find((pair) => pair.includes(node));
    return pair?.find((end) => end !== node);
  }

  #describe(node: number): string {
    const partner = this.#partner(node);
    if (partner === undefined) return this.#name(node);
    return `${this.#name(node)}, ${fill(this.#phrases.joined, { number: partner + 1 })}`;
  }

  #name(node: number): string {
    return fill(this.#phrases.node, { number: node + 1 });
  }
}

/** Puts numbers into the places of a phrase. */
const fill = (phrase: string, numbers: Readonly<Record<string, number>>): string =>
  phrase.replaceAll(/\{(\w+)\}/g, (_, name) => `${numbers[name]}`);

const RULES: Readonly<Record<string, (phrases: Phrases) => string>> = {
  same_shape: ({ sameShape }) => sameShape,
  as_many_dots: ({ asManyDots }) => asManyDots,
  one_dot_more: ({ oneDotMore }) => oneDotMore,
  one_dot_fewer: ({ oneDotFewer }) => oneDotFewer,
  makes_ten: ({ makesTen }) => makesTen,
};
// CSS pixels: a finger that slips is not drawing.
const SLIP = 8;
// A node's rim, from its middle.
const RIM = 19;
