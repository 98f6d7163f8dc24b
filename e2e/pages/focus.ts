import type { CDPSession, Page } from '@playwright/test';

/** What has the focus, as a screen reader is told of it and as it is drawn. */
export interface Focused {
  role: string;
  name: string;
  /** A line is drawn around it, or around the label that stands for it. */
  ring: boolean;
}

interface AxValue {
  value?: unknown;
}

/** Walks by keyboard, and keeps what it met on its way. */
export class KeyboardWalk {
  readonly met: Focused[] = [];
  readonly #page: Page;
  readonly #session: CDPSession;

  private constructor(page: Page, session: CDPSession) {
    this.#page = page;
    this.#session = session;
  }

  static async begin(page: Page): Promise<KeyboardWalk> {
    return new KeyboardWalk(page, await page.context().newCDPSession(page));
  }

  /** Presses a key until what has the focus is called so; throws where it never is. */
  async to(name: string | RegExp, key = 'Tab', most = 40): Promise<Focused> {
    const is = ({ name: found }: Focused) => (typeof name === 'string' ? found === name : name.test(found));
    for (let presses = 0; presses < most; presses += 1) {
      await this.#page.keyboard.press(key);
      const focused = await this.focused();
      this.met.push(focused);
      if (is(focused)) return focused;
    }
    const way = this.met.slice(-most).map((each) => `${each.role} “${each.name}”`);
    throw new Error(`${most} times ${key} did not lead to ${String(name)}: ${way.join(', ')}`);
  }

  /** Types over what stands in a field. */
  async write(name: string, text: string): Promise<void> {
    await this.to(name);
    await this.#page.keyboard.press('Control+A');
    await this.#page.keyboard.type(text);
  }

  async focused(): Promise<Focused> {
    const { result } = await this.#session.send('Runtime.evaluate', { expression: 'document.activeElement' });
    const { nodes } = await this.#session.send('Accessibility.getPartialAXTree', {
      objectId: result.objectId ?? '',
      fetchRelatives: false,
    });
    const text = (value: AxValue | undefined) => (typeof value?.value === 'string' ? value.value : '');
    const [node] = nodes;
    return { role: text(node?.role), name: text(node?.name), ring: await this.#hasRing() };
  }

  #hasRing(): Promise<boolean> {
    return this.#page.evaluate(() => {
      const { activeElement } = document;
      return [activeElement, activeElement?.closest('label')].some((element) => {
        if (!element) return false;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0;
      });
    });
  }
}
