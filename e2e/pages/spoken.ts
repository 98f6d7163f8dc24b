import type { Page } from '@playwright/test';

/** What a screen reader is made to say: every change of a live region, in order, from `listen` on. */
export class Spoken {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async listen(page: Page): Promise<Spoken> {
    await page.evaluate(() => {
      const said: string[] = [];
      Object.assign(window, { said });
      const regionOf = (node: Node): Element | null => {
        const element = node instanceof Element ? node : node.parentElement;
        const region = element?.closest('[aria-live], [role="status"], [role="alert"]') ?? null;
        return region?.getAttribute('aria-live') === 'off' ? null : region;
      };
      const textOf = (node: Node): string => node.textContent?.trim() ?? '';
      const say = (text: string) => text !== '' && said.push(text);
      new MutationObserver((changes) => {
        // An alert speaks as a whole when it appears; any region speaks what is added to it or changed in it.
        for (const { type, target, addedNodes } of changes) {
          if (type === 'characterData') {
            if (regionOf(target)) say(textOf(target));
            continue;
          }
          for (const node of addedNodes) {
            if (!node.isConnected) continue;
            if (regionOf(node)) say(textOf(node));
            else if (node instanceof Element)
              for (const alert of node.querySelectorAll('[role="alert"]')) say(textOf(alert));
          }
        }
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    return new Spoken(page);
  }

  all(): Promise<string[]> {
    return this.#page.evaluate(() => (window as unknown as { said: string[] }).said);
  }

  /** What was said of one thing. */
  async about(words: RegExp): Promise<string[]> {
    return (await this.all()).filter((text) => words.test(text));
  }
}
