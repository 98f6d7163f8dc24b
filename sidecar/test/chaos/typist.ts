import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { MethodResult } from '#shared/contract/derive.ts';
import type { Random } from './random.ts';
import { sleep } from './stage.ts';
import type { ChaosWindow } from './windows.ts';

const tabs = 3;

interface Edit {
  tab: number;
  number: number;
  acknowledgedAt: number;
}

/**
 * Types ever higher numbers into the tabs of a window and remembers which were acknowledged, and when; after a death it
 * looks whether those that had to survive did.
 */
export class Typist {
  /** What was lost, and what could not be read. */
  readonly notes: string[] = [];
  readonly #folder: string;
  readonly #promisedMs: number;
  readonly #random: Random;
  readonly #ids = Array.from({ length: tabs }, () => randomUUID());
  readonly #edits: Edit[] = [];
  readonly #closed: string[] = [];
  #number = 0;
  #typing = false;
  /** What each tab must hold at least. */
  #must = new Map<number, number>();

  /** @param promisedMs what was acknowledged so long before a death has to be there after it. */
  constructor(folder: string, random: Random, promisedMs: number) {
    this.#promisedMs = promisedMs;
    this.#folder = folder;
    this.#random = random;
  }

  /** For so long, many times a second, without waiting for the answers; then some are still under way. */
  async type(window: ChaosWindow, ms: number): Promise<void> {
    const until = performance.now() + ms;
    this.#typing = true;
    while (performance.now() < until) {
      this.#edit(window);
      if (this.#random.chance(0.05)) void this.#closeOne(window);
      await sleep(this.#random.int(2, Math.round(this.#promisedMs / 33)));
    }
    this.#typing = false;
  }

  /** From now on what was acknowledged long enough before this moment has to be there. */
  dies(at = performance.now()): void {
    for (const { tab, number, acknowledgedAt } of this.#edits)
      if (acknowledgedAt <= at - this.#promisedMs)
        this.#must.set(tab, Math.max(number, this.#must.get(tab) ?? 0));
    this.#edits.length = 0;
  }

  /** Attaches and looks at everything that has to be there. `told`: problems of stores that are to be told this time. */
  async look(window: ChaosWindow, what: string, told: readonly string[] = []): Promise<void> {
    const snapshot = await attached(window);
    const codes = snapshot.problems.map(({ code, message }) => ({ code, message }));
    for (const { code, message } of codes) if (!told.includes(code)) this.notes.push(`${what}: ${message}`);
    for (const [tab, number] of this.#must) {
      const text = snapshot.documents.find(({ id }) => id === this.#ids[tab])?.text ?? '';
      const found = Number(/^-- (\d+)/.exec(text)?.[1] ?? 0);
      if (found < number) this.notes.push(`${what}: tab ${tab} holds ${found}, ${number} was acknowledged`);
      if (found > this.#number) this.notes.push(`${what}: tab ${tab} holds ${found}, which was never typed`);
    }
    for (const id of this.#closed)
      if (snapshot.documents.some((document) => document.id === id))
        this.notes.push(`${what}: a tab is back that was closed`);
    this.#closed.length = 0;
    if (told.length === 0) this.#readFiles(what);
    await window.call('sessions.list', {});
  }

  #edit(window: ChaosWindow): void {
    const number = ++this.#number;
    const tab = number % tabs;
    const text = `-- ${number}\n${'select 1;\n'.repeat(this.#random.int(0, 2_000))}`;
    const document = { id: this.#ids[tab] ?? '', title: `tab ${tab}`, text };
    window.call('document.save', { document }).then(
      () => this.#edits.push({ tab, number, acknowledgedAt: performance.now() }),
      () => {},
    );
  }

  /** One more tab, typed in and closed: its answer says that its end is on the disk. */
  async #closeOne(window: ChaosWindow): Promise<void> {
    const id = randomUUID();
    try {
      await window.call('document.save', { document: { id, title: 'passing', text: 'select 2' } });
      await window.call('document.remove', { id });
      if (this.#typing) this.#closed.push(id);
    } catch {
      // It was killed meanwhile.
    }
  }

  /** Every file that is not being written is whole JSON. */
  #readFiles(what: string): void {
    const sessions = path.join(this.#folder, 'sessions');
    const kept = list(sessions).map((name) => path.join(sessions, name));
    const own = list(this.#folder).map((name) => path.join(this.#folder, name));
    for (const file of [...kept, ...own].filter((name) => name.endsWith('.json'))) {
      try {
        JSON.parse(readFileSync(file, 'utf8'));
      } catch (error) {
        this.notes.push(`${what}: ${path.basename(file)}: ${String(error)}`);
      }
    }
    for (const file of [...kept, ...own].filter((name) => name.includes('.corrupt-')))
      this.notes.push(`${what}: ${path.basename(file)} was put aside`);
  }
}

type Snapshot = NonNullable<MethodResult<'session.attach'>['snapshot']>;

async function attached(window: ChaosWindow): Promise<Snapshot> {
  const answer = await window.call('session.attach', {
    protocolVersion: 1,
    windowId: `typist ${randomUUID()}`,
  });
  if (!answer.snapshot) throw new Error(`Not admitted: ${JSON.stringify(answer)}`);
  return answer.snapshot;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
