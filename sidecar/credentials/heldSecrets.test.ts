import { beforeEach, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { HeldSecrets } from './heldSecrets.ts';

let timers: { ms: number; run: () => void }[];
let heard: string[];
let held: HeldSecrets;

beforeEach(() => {
  [timers, heard] = [[], []];
  const after = (ms: number, run: () => void) => {
    const timer = { ms, run };
    timers.push(timer);
    return () => void timers.splice(timers.indexOf(timer), 1);
  };
  held = new HeldSecrets({ now: () => 0, monotonic: () => 0, after }, (secret) => heard.push(secret));
});

const refused = (input: unknown): string | undefined => {
  try {
    held.filledIn(input);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.facts.issues?.[0]?.path;
    throw error;
  }
};

it('gives a handle that stands for the secrets, again and again', () => {
  const ref = held.hold({ password: 'a', keyPassphrase: 'b', ssh: { 0: { password: 'c' } } });
  const secrets = { password: 'a', keyPassphrase: 'b', ssh: { 0: { password: 'c' } } };
  expect(held.filledIn({ ref })).toEqual(secrets);
  expect(held.filledIn({ ref })).toEqual(secrets);
  expect(held.filledIn({ ref, password: 'typed' })).toEqual({ ...secrets, password: 'typed' });
  expect(heard).toEqual(['a', 'b', 'c']);
});

it('holds nothing where there is nothing, and lets pass what has no handle', () => {
  expect(held.hold({})).toBeUndefined();
  expect(held.hold({ password: '' })).toBeUndefined();
  expect(timers).toEqual([]);
  for (const input of [undefined, null, [], 'x', { password: 'x' }, { ref: 7 }])
    expect(held.filledIn(input)).toEqual(input);
});

it('forgets each after ten minutes, and all when it is closed', () => {
  const [first, second] = [held.hold({ password: 'a' }), held.hold({ password: 'b' })];
  expect(timers.map(({ ms }) => ms)).toEqual([600_000, 600_000]);
  timers[0]?.run();
  expect(refused({ ref: first })).toBe('secrets.password');
  expect(refused({ ref: second })).toBeUndefined();
  held.close();
  expect(refused({ ref: second })).toBe('secrets.password');
  expect(refused({ ref: 'made-up' })).toBe('secrets.password');
});
