import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { smallPng } from '../tools/smallPng.ts';
import { contrast, seen, type Colour } from './contrast.ts';

/** A picture of each state is left here, for people to look at. */
const folder = path.resolve(import.meta.dirname, '../../dist/looks');

/** States of which the repository keeps pictures of the large window, written anew only where that is asked for. */
const keptPictures = path.resolve(import.meta.dirname, '../pictures');
const kept = new Set([
  'reloaded',
  'attached-elsewhere',
  'replaced',
  'rate-limited',
  'draining',
  'sessions',
  'history',
  'report',
  'settings',
]);
const writesPictures = process.env.HAWSER_PICTURES === '1';

/** Taking a picture costs as much as finding what is wrong in it, and nobody looks at those of a run of all tests. */
const takesPictures = process.env.HAWSER_PICTURES !== '0';

const windowSizes = [
  { width: 1280, height: 800 },
  { width: 900, height: 600 },
];

/**
 * Looks at the window as it is in both sizes and both themes, and leaves it as it was.
 * @param open shows what closes when the window changes its size.
 */
export async function checkLook(
  { page }: { page: Page },
  name: string,
  open?: () => Promise<void>,
): Promise<void> {
  const before = page.viewportSize();
  for (const size of windowSizes) {
    await page.setViewportSize(size);
    await drawn(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await open?.();
      const shown = `${name} ${size.width} ${colorScheme}`;
      if (takesPictures) {
        const file = `${shown.replaceAll(' ', '-')}.png`;
        const picture = await page.screenshot({ path: path.join(folder, file) });
        if (writesPictures && kept.has(name) && size === windowSizes[0])
          await writeFile(path.join(keptPictures, `${name}-${colorScheme}.png`), smallPng(picture));
      }
      expect.soft(await faultsOfLook(page), shown).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  if (before) await page.setViewportSize(before);
}

/** What is wrong with the window as it is drawn now, a line each that names the element. */
async function faultsOfLook(page: Page): Promise<string[]> {
  await settled(page);
  const faults = [await overflow(page), await cutControls(page), paleWords(await wordsOf(page))];
  return [...new Set(faults.flat())];
}

/** Resolves once all has been laid out that follows from a change of size. */
const drawn = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  });

/** Resolves once nothing fades from one colour to another. */
const settled = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const fading = document.getAnimations().filter((each) => each instanceof CSSTransition);
    await Promise.allSettled(fading.map(({ finished }) => finished));
  });

/** The window itself never scrolls; its parts do. */
const overflow = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    const isTooLarge = scrollWidth > innerWidth || scrollHeight > innerHeight;
    return isTooLarge ? [`the page is ${scrollWidth} x ${scrollHeight}`] : [];
  });

/** Controls that reach out of what is seen, and whose words end without an ellipsis. What scrolls may hold more. */
const cutControls = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const isSeen = (element: Element) =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      element.getBoundingClientRect().width > 1;
    const frameOf = (element: Element): Element | undefined => {
      for (let each = element.parentElement; each; each = each.parentElement)
        if (getComputedStyle(each).overflow !== 'visible') return each;
      return undefined;
    };
    const faultsOf = (control: Element): string[] => {
      const name = `${control.tagName} “${(control.getAttribute('aria-label') ?? control.textContent).trim()}”`;
      const frame = frameOf(control);
      const scrolls =
        control.closest('.scroll, .tree, .list, .tabs, [role="menu"], [role="listbox"]') !== null;
      const box = control.getBoundingClientRect();
      const limits = frame?.getBoundingClientRect() ?? new DOMRect(0, 0, innerWidth, innerHeight);
      const isOut =
        box.right > limits.right + 1 || box.left < limits.left - 1 || box.bottom > innerHeight + 1;
      const words = control.querySelector('span') ?? control;
      const { textOverflow } = getComputedStyle(words);
      const isCut = words.clientWidth > 0 && words.scrollWidth > words.clientWidth + 1;
      return [
        ...(isOut && !scrolls ? [`cut off: ${name}`] : []),
        ...(isCut && control.tagName === 'BUTTON' && textOverflow !== 'ellipsis'
          ? [`words cut: ${name}`]
          : []),
      ];
    };
    return [...document.querySelectorAll('button, input, select, [role="tab"]')]
      .filter(isSeen)
      .flatMap(faultsOf);
  });

interface Words {
  name: string;
  colour: Colour;
  /** What lies under them, the nearest first. */
  grounds: Colour[];
  /** Drawn so on purpose: types beside names, counts, NULL. */
  faint: boolean;
}

/** Every text in view with its colours. What is switched off is pale on purpose. */
async function wordsOf(page: Page): Promise<Words[]> {
  // As text it comes over in a tenth of the time that the runner takes for objects.
  const json = await page.evaluate(() => {
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const known = new Map<string, Colour>();
    const parse = (text: string): Colour => {
      const found = known.get(text);
      if (found) return found;
      context?.clearRect(0, 0, 1, 1);
      Object.assign(context ?? {}, { fillStyle: text });
      context?.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 0] = context?.getImageData(0, 0, 1, 1).data ?? [];
      const colour = [red, green, blue, alpha / 255] as const;
      known.set(text, colour);
      return colour;
    };
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = 'var(--text-faint)';
    const faint = getComputedStyle(probe).color;
    probe.remove();
    const grounds = new Map<Element, Colour[]>();
    /** What covers hides what lies under it, and what is clear is not seen. */
    const groundsOf = (element: Element | null): Colour[] => {
      const before = element && grounds.get(element);
      if (!element || before) return before ?? [];
      const own = parse(getComputedStyle(element).backgroundColor);
      const below = own[3] === 1 ? [] : groundsOf(element.parentElement);
      const found = own[3] === 0 ? below : [own, ...below];
      grounds.set(element, found);
      return found;
    };
    const hasWords = ({ childNodes }: Element) =>
      [...childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    const words = [...document.querySelectorAll('body *')]
      .filter((element) => hasWords(element) && element.checkVisibility({ opacityProperty: true }))
      .filter((element) => !element.closest(':disabled, .visually-hidden, option'))
      .map((element) => {
        const { color } = getComputedStyle(element);
        const name = `${element.tagName}.${element.classList.value} “${element.textContent.trim().slice(0, 40)}”`;
        return { name, colour: parse(color), grounds: groundsOf(element), faint: color === faint };
      });
    return JSON.stringify(words);
  });
  return JSON.parse(json) as Words[];
}

function paleWords(words: readonly Words[]): string[] {
  return words.flatMap(({ name, colour, grounds, faint }) => {
    const found = contrast(seen([colour, ...grounds]), seen(grounds));
    // Rounded to the eight bits of a channel, a colour that was proven to reach its mark may miss it by a hair.
    const least = (faint ? 3 : 4.5) - 0.05;
    return found < least ? [`contrast ${found.toFixed(2)}: ${name}`] : [];
  });
}
