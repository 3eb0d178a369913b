/**
 * Forms wait until every widget in them is solved. A held form asks for its
 * widgets one after the other and then goes on its way as it was sent.
 */

/** What a form needs to know of a widget in it. */
export interface Requirement {
  readonly container: Element;
  readonly solved: boolean;
  /** The form waits for this one: it should begin, and be seen. */
  demand(): void;
}

/** Makes a form wait for a widget. */
export function require(requirement: Requirement): void {
  // Before every handler of the page, which would otherwise send an empty token.
  if (requirements.size === 0) addEventListener("submit", hold, true);
  requirements.add(requirement);
}

/** Lets forms go without this widget. */
export function release(requirement: Requirement): void {
  requirements.delete(requirement);
  if (requirements.size === 0) removeEventListener("submit", hold, true);
}

/** A widget is solved: the form it held goes, or asks for the next one. */
export function solved(requirement: Requirement): void {
  const form = requirement.container.closest("form");
  if (form && held.has(form)) advance(form);
}

/** A widget was put back, has failed, or its time is over: whatever it held is not sent by itself. */
export function forget(requirement: Requirement): void {
  const form = requirement.container.closest("form");
  if (form) held.delete(form);
}

function hold(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (!waitedFor(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  held.set(form, event.submitter);
  advance(form);
}

function advance(form: HTMLFormElement): void {
  const next = waitedFor(form);
  if (next) {
    next.demand();
    return;
  }
  const submitter = held.get(form) as HTMLButtonElement | HTMLInputElement | null;
  held.delete(form);
  // The page may have taken its button away meanwhile. One outside the form may be of it.
  form.requestSubmit(submitter?.form === form ? submitter : null);
}

/** The first widget of a form, in the order of the page, that is not solved. */
function waitedFor(form: HTMLFormElement): Requirement | undefined {
  const open = [...requirements].filter(
    ({ container, solved }) => !solved && container.closest("form") === form,
  );
  return open.sort((one, other) => (precedes(one, other) ? -1 : 1))[0];
}

const precedes = (one: Requirement, other: Requirement): boolean =>
  !!(one.container.compareDocumentPosition(other.container) & Node.DOCUMENT_POSITION_FOLLOWING);

const requirements = new Set<Requirement>();
const held = new Map<HTMLFormElement, HTMLElement | null>();
