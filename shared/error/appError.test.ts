import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError, fromEnvelope, toEnvelope } from './appError.ts';
import { errorCodes, isErrorCode, type ErrorCode } from './codes.ts';
import { envelopeSchema, type ErrorEnvelope } from './envelope.ts';

const codes = Object.keys(errorCodes) as ErrorCode[];
const wire = (envelope: ErrorEnvelope) => envelopeSchema.parse(JSON.parse(JSON.stringify(envelope)));

describe('an error', () => {
  it.each(codes)('%s goes over the wire with the retry of the catalogue', (code) => {
    expect(wire(new AppError(code, 'It failed.').toEnvelope())).toEqual({
      code,
      message: 'It failed.',
      retry: errorCodes[code],
      actions: [],
    });
  });

  it('comes back from the wire as it went in, whatever is said about it', () => {
    const facts = fc.record(
      {
        reason: fc.string(),
        detail: fc.oneof(fc.string(), fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.integer())),
        hint: fc.string(),
        stage: fc.string(),
        retry: fc.constantFrom('auto', 'once', 'user', 'never'),
        actions: fc.array(fc.record({ id: fc.string(), label: fc.string() })),
        issues: fc.array(fc.record({ path: fc.string(), message: fc.string() })),
        retryAfterMs: fc.nat(),
        promptId: fc.string(),
        sqlstate: fc.string(),
        position: fc.nat(),
        outcome: fc.constantFrom('none', 'unknown', 'committed', 'rolledBack'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(...codes), fc.string(), facts, (code, message, said) => {
        const envelope = wire(new AppError(code, message, said).toEnvelope());
        const back = fromEnvelope(envelope);
        expect([back.code, back.message]).toEqual([code, message]);
        expect(back.facts).toMatchObject(JSON.parse(JSON.stringify(said)) as object);
        expect(wire(back.toEnvelope())).toEqual(envelope);
      }),
    );
  });

  it('keeps its cause in the process', () => {
    const error = new AppError('INTERNAL', 'It failed.', { cause: new Error('hunter2') });
    expect(error.cause).toBeInstanceOf(Error);
    expect(JSON.stringify(error.toEnvelope())).not.toContain('hunter2');
    expect(error.with({ stage: 'tcp' }).cause).toBe(error.cause);
  });

  it('can be told more, without a change to the first one', () => {
    const first = new AppError('TIMEOUT', 'It took too long.', { hint: 'Look at the VPN.' });
    const second = first.with({ stage: 'tcp', hint: undefined });
    expect(second.toEnvelope()).toMatchObject({ code: 'TIMEOUT', stage: 'tcp' });
    expect(second.toEnvelope()).not.toHaveProperty('hint');
    expect(first.toEnvelope()).toMatchObject({ hint: 'Look at the VPN.' });
    expect(first.toEnvelope()).not.toHaveProperty('stage');
  });

  it('that is none of ours becomes INTERNAL, and says what it was', () => {
    expect(wire(toEnvelope(new TypeError('x is not a function')))).toMatchObject({
      code: 'INTERNAL',
      retry: 'never',
      detail: 'x is not a function',
    });
    expect(wire(toEnvelope('thrown text'))).toMatchObject({ code: 'INTERNAL', detail: 'thrown text' });
    const ours = new AppError('NOT_FOUND', 'It is not there.');
    expect(toEnvelope(ours)).toEqual(ours.toEnvelope());
  });

  it('has a code of the list and no other', () => {
    expect(codes.every(isErrorCode)).toBe(true);
    for (const other of ['', 'toString', '__proto__', 'constructor', 'NO_SUCH_CODE', 7, null])
      expect(isErrorCode(other)).toBe(false);
    expect(
      envelopeSchema.safeParse({ code: 'NO_SUCH_CODE', message: '', retry: 'never', actions: [] }).success,
    ).toBe(false);
  });
});
