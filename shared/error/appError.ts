import { errorCodes, type ErrorCode } from './codes.ts';
import type { ErrorEnvelope } from './envelope.ts';

export type ErrorFacts = Partial<Omit<ErrorEnvelope, 'code' | 'message'>> & { cause?: unknown };

/** The one error class. `message` is what the user reads; `cause` stays in the process and is never sent. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly facts: Omit<ErrorFacts, 'cause'>;

  constructor(code: ErrorCode, message: string, { cause, ...facts }: ErrorFacts = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.facts = facts;
  }

  /** The same error with more said about it, for example the stage in which it came. */
  with(facts: Omit<ErrorFacts, 'cause'>): AppError {
    return new AppError(this.code, this.message, { ...this.facts, ...facts, cause: this.cause });
  }

  toEnvelope(): ErrorEnvelope {
    const given = Object.fromEntries(
      Object.entries<unknown>(this.facts).filter(([, value]) => value !== undefined),
    );
    return { retry: errorCodes[this.code], actions: [], ...given, code: this.code, message: this.message };
  }
}

/** Every failure as an envelope: what is none of ours is a fault of our own and says so. */
export const toEnvelope = (error: unknown): ErrorEnvelope =>
  error instanceof AppError
    ? error.toEnvelope()
    : new AppError('INTERNAL', 'Something went wrong inside Hawser. What you typed is safe.', {
        detail: error instanceof Error ? error.message : String(error),
        actions: [{ id: 'copyReport', label: 'Copy report' }],
      }).toEnvelope();

/** An envelope that came over the wire, thrown again on this side. */
export const fromEnvelope = ({ code, message, ...facts }: ErrorEnvelope): AppError =>
  new AppError(code, message, facts);
