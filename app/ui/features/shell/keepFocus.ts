import { focusWithin } from './regions.ts';

/** Which region gets a focus that is nowhere any more, best first: where one types, else where one chooses. */
const heirs = ['form', 'tool', 'editor', 'sidebar', 'start'];

/**
 * Gives the focus on where what had it was taken away or disabled, for a page whose focus is nowhere has no keyboard. Whoever
 * gives it back to a place of its own does so first; what the user left by a click on nothing stays left. Returns what
 * ends it.
 */
export function keepFocus(page: Document): () => void {
  /** What had the focus last, and what it stood in. */
  let last: HTMLElement | undefined;
  let around: HTMLElement[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const focused = ({ target }: FocusEvent): void => {
    if (!(target instanceof HTMLElement)) return;
    last = target;
    around = ancestorsOf(target);
  };
  const look = (): void => {
    timer = undefined;
    if (!last || !isNowhere(page)) return;
    if (isFocusable(last)) last = undefined;
    else if (!page.querySelector('dialog[open]')) pass(page, around);
  };
  const soon = (): void => {
    timer ??= setTimeout(look);
  };
  // Browsers do not agree on whether the focus of a removed element tells that it goes. Whether an element is visible costs
  // a layout of the page, so it is asked only where something was hidden or disabled, not at each row that scrolls by.
  const observer = new MutationObserver((records) => {
    const mayHide = records.some(({ type }) => type === 'attributes');
    if (last && (mayHide ? !isFocusable(last) : isNowhere(page))) soon();
  });
  observer.observe(page.body, { subtree: true, childList: true, attributeFilter: ['disabled', 'hidden'] });
  page.addEventListener('focusin', focused);
  page.addEventListener('focusout', soon);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    page.removeEventListener('focusin', focused);
    page.removeEventListener('focusout', soon);
  };
}

/** A form is gone on with where it was left. */
function pass(page: Document, around: readonly HTMLElement[]): void {
  const form = around.find((each) => each.isConnected && each.matches('form, [data-region="form"]'));
  const near = around.filter((each) => each.isConnected && form?.contains(each));
  const regions = heirs.flatMap((name) => [...page.querySelectorAll<HTMLElement>(`[data-region="${name}"]`)]);
  for (const each of [...near, ...regions]) if (focusWithin(each)) return;
}

/** A disabled element keeps the focus for a moment, and hears no key. */
const isNowhere = ({ activeElement, body }: Document): boolean =>
  !activeElement || activeElement === body || activeElement.matches(':disabled');

const isFocusable = (element: HTMLElement): boolean =>
  element.isConnected && !element.matches(':disabled') && element.checkVisibility();

function ancestorsOf(element: HTMLElement): HTMLElement[] {
  const { parentElement } = element;
  return parentElement ? [parentElement, ...ancestorsOf(parentElement)] : [];
}
