/**
 * A person who sees the answer of a puzzle, and gives it by pointer, by keyboard alone, or by single taps.
 *
 * Each is a table from the kind of step to a function of `{page, frame, step, answer}`.
 */

import { solved } from "./crafy_shop.mjs";

/** Drags and clicks. */
export const byPointer = {
  async checkbox({ frame }) {
    await frame.waitForTimeout(LOOK);
    await frame.getByRole("checkbox").click();
  },
  async press_hold({ page, frame }) {
    await frame.locator("button.hold").hover();
    await page.mouse.down();
    // Longer than it takes: the frame is gone before the button is let go of.
    await solved(page);
    await page.mouse.up();
  },
  /** Drags the handle near the place, and moves the piece on by the buttons. */
  async slider({ page, frame, step, answer }) {
    await ready(frame);
    const handle = frame.getByRole("slider");
    await still(handle);
    const box = await handle.boundingBox();
    const at = (travel) => box.x + THUMB / 2 + travel * (box.width - THUMB);
    const y = box.y + box.height / 2;
    await drag(page, [at(0), y], [at(answer.travel), y]);
    await approach(frame, step, answer, (forward) =>
      frame.getByRole("button", { name: forward ? /on a little/ : /back a little/ }).click(),
    );
    await frame.getByRole("button", { name: "Confirm" }).click();
  },
  async connect({ page, frame, answer }) {
    await ready(frame);
    for (const [one, other] of answer.pairs) {
      await still(node(frame, one));
      await drag(page, await middle(node(frame, one)), await middle(node(frame, other)));
    }
    await frame.getByRole("button", { name: "Confirm" }).click();
  },
};

/** Tab, arrows, Enter and Space. */
export const byKeys = {
  async checkbox({ page, frame }) {
    await frame.waitForTimeout(LOOK);
    await tabTo(page, frame.getByRole("checkbox"));
    await page.keyboard.press("Space");
  },
  async press_hold({ page, frame }) {
    await tabTo(page, frame.locator("button.hold"));
    await page.keyboard.down("Space");
    await solved(page);
    await page.keyboard.up("Space");
  },
  async slider({ page, frame, step, answer }) {
    await ready(frame);
    await tabTo(page, frame.getByRole("slider"));
    await approach(frame, step, answer, (forward, far) => {
      const [on, back] = far ? ["PageUp", "PageDown"] : ["ArrowRight", "ArrowLeft"];
      return page.keyboard.press(forward ? on : back);
    });
    await page.keyboard.press("Enter");
  },
  async connect({ page, frame, answer }) {
    await ready(frame);
    for (const end of answer.pairs.flat()) {
      await tabTo(page, node(frame, end));
      await page.keyboard.press("Enter");
    }
    await tabTo(page, frame.getByRole("button", { name: "Confirm" }));
    await page.keyboard.press("Enter");
  },
};

/** Single taps, nothing dragged or held. */
export const byTaps = {
  async checkbox({ frame }) {
    await frame.waitForTimeout(LOOK);
    await frame.getByRole("checkbox").tap();
  },
  async press_hold({ frame }) {
    const button = frame.locator("button.hold");
    await button.tap();
    await frame.getByRole("button", { name: "Tap to finish" }).tap();
  },
  /** Taps the picture where the piece's middle belongs, then the buttons. */
  async slider({ page, frame, step, answer }) {
    await ready(frame);
    const board = frame.locator("div.board");
    await still(board);
    const box = await board.boundingBox();
    const scale = box.width / step.width;
    const [x, y] = placeAt(step.path, answer.travel);
    await page.touchscreen.tap(
      box.x + (x + step.piece.width / 2) * scale,
      box.y + (y + step.piece.height / 2) * scale,
    );
    await approach(frame, step, answer, (forward) =>
      frame.getByRole("button", { name: forward ? /on a little/ : /back a little/ }).tap(),
    );
    await frame.getByRole("button", { name: "Confirm" }).tap();
  },
  async connect({ frame, answer }) {
    await ready(frame);
    for (const end of answer.pairs.flat()) await node(frame, end).tap();
    await frame.getByRole("button", { name: "Confirm" }).tap();
  },
};

/** Waits until pictures are there, and for as long as a look takes. */
async function ready(frame) {
  await frame.locator("div.board[data-ready]").first().waitFor();
  await frame.waitForTimeout(LOOK);
}

/** Waits until an element lies still: the frame grows for a moment. */
const still = (element) => element.hover({ trial: true });

const node = (frame, index) => frame.locator("button.node").nth(index);

async function middle(element) {
  const { x, y, width, height } = await element.boundingBox();
  return [x + width / 2, y + height / 2];
}

/** Drags as a hand does: in a bow, slower towards the end. */
async function drag(page, [fromX, fromY], [toX, toY]) {
  await page.mouse.move(fromX, fromY, { steps: 12 });
  await page.mouse.down();
  for (let part = 1; part <= 25; part++) {
    const share = Math.sin(((part / 25) * Math.PI) / 2);
    const bow = Math.sin(share * Math.PI) * 6;
    await page.mouse.move(fromX + (toX - fromX) * share, fromY + (toY - fromY) * share + bow);
    await page.waitForTimeout(6 + ((part * 7) % 11));
  }
  await page.mouse.up();
}

/** Moves the piece on or back until it is where it belongs, as near as the eye can tell. */
async function approach(frame, { path }, { travel }, move) {
  const handle = frame.getByRole("slider");
  const goal = placeAt(path, travel);
  const now = async () => Number(await handle.inputValue()) / FINE;
  const distance = (at) => Math.hypot(...placeAt(path, at).map((axis, i) => axis - goal[i]));
  for (let moves = 0; moves < 400; moves++) {
    const at = await now();
    if (distance(at) <= 1.2) return;
    await move(at < travel, Math.abs(at - travel) > 0.1);
  }
  throw new Error("the piece does not come near its place");
}

/** Presses Tab, or Shift and Tab, until an element within the frame has the focus. */
async function tabTo(page, element) {
  const where = () =>
    element.evaluate((target) => {
      const active = target.ownerDocument.activeElement;
      if (active === target) return "here";
      const after = active?.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING;
      return after || active === target.ownerDocument.body ? "Tab" : "Shift+Tab";
    });
  await page.locator("body").evaluate((body) => {
    // From where somebody who fills in the form comes.
    if (body.ownerDocument.activeElement === body) body.querySelector("input[name=name]").focus();
  });
  for (let presses = 0; presses < 80; presses++) {
    const key = await where();
    if (key === "here") return;
    await page.keyboard.press(key);
  }
  throw new Error("no number of tabs leads there");
}

/** Where the piece is for a travel of the handle. */
function placeAt(path, travel) {
  const at = Math.min(Math.max(travel, 0), 1) * (path.length - 1);
  const before = Math.min(Math.floor(at), path.length - 2);
  return path[before].map((axis, i) => axis + (path[before + 1][i] - axis) * (at - before));
}

/** Milliseconds of a look at a step: who answers before anybody could have read it is taken for a program. */
const LOOK = 1000;

/** Positions of the handle from one end to the other, and the width of its thumb in CSS pixels. */
const FINE = 10_000;
const THUMB = 32;
