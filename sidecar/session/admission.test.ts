import { expect, it } from 'vitest';
import { Admission, AdmissionMemory, type AdmissionStore } from './admission.ts';
import type { Outcome } from './admissionMachine.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('who asks a store that fails has an outcome at once, and is let in when it works again', async () => {
  const memory = new AdmissionMemory();
  let fails = false;
  const store: AdmissionStore = {
    apply: (...event) => (fails ? Promise.reject(new Error('away')) : memory.apply(...event)),
  };
  const faults: unknown[] = [];
  const woken: number[] = [];
  const admission = new Admission({
    clock: { now: () => 0, monotonic: () => 0, after: (ms) => (woken.push(ms), () => undefined) },
    busy: () => new Set(),
    carryOut: () => undefined,
    onFault: (error) => faults.push(error),
    store,
  });
  const outcomes: Outcome[] = [];
  const ask = { holder: 1, windowId: 'w', newToken: 't', newSessionId: 's', replace: false };
  admission.enter({ kind: 'open' });
  fails = true;
  admission.ask(ask, (outcome) => outcomes.push(outcome));
  await turn();
  expect(outcomes).toEqual([{ outcome: 'timeout', reason: 'ADMISSION_TIMEOUT' }]);
  expect(faults).toHaveLength(1);
  expect(woken, 'what is due is looked for again').toEqual([1_000]);
  fails = false;
  admission.ask(ask, (outcome) => outcomes.push(outcome));
  await turn();
  expect(outcomes[1]).toEqual({ outcome: 'admitted', sessionId: 's', renewed: true });
});
