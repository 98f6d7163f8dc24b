import type { ErrorEnvelope } from '#shared/error/envelope.ts';

/** What an event says of an error: all but what a window does with it. */
export function briefError(error: ErrorEnvelope | undefined): { error?: Partial<ErrorEnvelope> } {
  if (!error) return {};
  const { retry: _retry, actions: _actions, promptId: _promptId, position: _position, ...brief } = error;
  return { error: brief };
}

/** For errors of statements: a server's words may repeat what stands in a statement or a row. */
export function briefRefusal(error: ErrorEnvelope | undefined): { error?: Partial<ErrorEnvelope> } {
  if (!error) return {};
  const { code, reason, sqlstate, outcome } = error;
  return {
    error: { code, ...(reason && { reason }), ...(sqlstate && { sqlstate }), ...(outcome && { outcome }) },
  };
}
