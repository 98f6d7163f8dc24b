import { randomUUID } from 'node:crypto';
import type { Prompt } from '#shared/connection/prompt.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Clock } from '../lib/clock.ts';
import { Emitter } from '../lib/emitter.ts';

/** A question stays open for this long; after that the connection is simply tried again. */
const promptLifeMs = 5 * 60_000;

export type PromptEvent = { kind: 'requested'; prompt: Prompt } | { kind: 'settled'; promptId: string };

/** Open questions to the user. Nothing waits for them: a connect that needs an answer has failed by then. */
export class Prompts {
  readonly events = new Emitter<PromptEvent>();
  readonly #open = new Map<string, { prompt: Prompt; forget: () => void }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  list(): Prompt[] {
    return [...this.#open.values()].map(({ prompt }) => prompt);
  }

  /** Asks once a connection and kind: a newer question takes the place of the older one. */
  ask(question: Pick<Prompt, 'connectionId' | 'kind' | 'hop' | 'facts' | 'remember'>): Prompt {
    for (const { prompt } of [...this.#open.values()])
      if (prompt.connectionId === question.connectionId && prompt.kind === question.kind)
        this.settle(prompt.promptId);
    const prompt: Prompt = {
      ...question,
      promptId: randomUUID(),
      expiresAt: this.#clock.now() + promptLifeMs,
    };
    const forget = this.#clock.after(promptLifeMs, () => this.settle(prompt.promptId));
    this.#open.set(prompt.promptId, { prompt, forget });
    this.events.emit({ kind: 'requested', prompt });
    return prompt;
  }

  /** More ways to keep the answer have turned up while it is open. */
  offer(promptId: string, remember: Prompt['remember']): void {
    const open = this.#open.get(promptId);
    if (!open || open.prompt.remember.length === remember.length) return;
    open.prompt = { ...open.prompt, remember };
    this.events.emit({ kind: 'requested', prompt: open.prompt });
  }

  get(promptId: string): Prompt {
    const open = this.#open.get(promptId);
    if (!open) throw new AppError('NOT_FOUND', 'This question is no longer open. Connect again.');
    return open.prompt;
  }

  /** Answered, refused or out of date. Idempotent. */
  settle(promptId: string): void {
    const open = this.#open.get(promptId);
    if (!open) return;
    this.#open.delete(promptId);
    open.forget();
    this.events.emit({ kind: 'settled', promptId });
  }

  settleFor(connectionId: string): void {
    for (const { prompt } of [...this.#open.values()])
      if (prompt.connectionId === connectionId) this.settle(prompt.promptId);
  }

  close(): void {
    for (const { forget } of this.#open.values()) forget();
    this.#open.clear();
  }
}
