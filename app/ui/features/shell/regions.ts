/** Where the focus goes within a region, best first. */
const inner = [
  ':is([role="tree"], [role="listbox"]) [tabindex="0"]',
  '.cm-content',
  '[role="grid"]',
  'input',
  'button',
  '[tabindex="0"]',
];

/** Moves the focus to the next region (F6) or the one before; regions are marked with `data-region`, in page order. */
export function focusNextRegion(root: ParentNode, step: 1 | -1): void {
  const regions = [...root.querySelectorAll<HTMLElement>('[data-region]')].filter(isVisible);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const start = at < 0 && step < 0 ? 0 : at;
  for (let tried = 1; tried <= regions.length; tried += 1) {
    const region = regions[(start + step * tried + regions.length * 2) % regions.length];
    if (region && focusWithin(region)) return;
  }
}

/** Puts the focus at the best place within an element; false where there is none. */
export function focusWithin(region: HTMLElement): boolean {
  for (const selector of inner)
    for (const element of region.querySelectorAll<HTMLElement>(selector)) {
      if (!isVisible(element)) continue;
      element.focus();
      if (region.contains(document.activeElement)) return true;
    }
  return false;
}

const isVisible = (element: HTMLElement): boolean => element.checkVisibility();
