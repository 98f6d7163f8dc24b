import { beforeEach, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import { ReportState } from './reportState.svelte.ts';

let sent: { method: string; params: object }[];
let next: (() => Promise<unknown>) | undefined;
let model: ReportState;
beforeEach(() => {
  sent = [];
  next = undefined;
  const call = (method: string, params: { maskHosts?: boolean }) => {
    sent.push({ method, params });
    if (next) return next();
    if (method !== 'diagnostics.bundle') return Promise.resolve({ path: '/report.txt' });
    const texts = ['hawser 1', params.maskHosts ? 'host-1:5432' : 'db.example.com:5432', 'metric 1'];
    const lines = texts.map((text) => ({ section: 'Now', text }));
    return Promise.resolve({ reportId: `report ${sent.length}`, lines });
  };
  model = new ReportState({ call } as unknown as Rpc);
});

const struck = () => model.lines.filter(({ index }) => model.isStruck(index)).map(({ text }) => text);

it('keeps struck out what was struck out as it is made anew, and says what it could not know again', async () => {
  await model.make();
  model.toggle(1);
  model.toggle(2);
  await model.make(true);
  expect([struck(), model.lostCount]).toEqual([['metric 1'], 1]);
  expect(model.kept()).toContain('host-1');
  await model.make(true);
  expect([struck(), model.lostCount]).toEqual([['metric 1'], 0]);
});

it('never says that hosts are masked where they are not', async () => {
  await model.make();
  next = () => Promise.reject(new AppError('CONNECTION_LOST', 'The engine does not answer.'));
  await model.make(true);
  expect([model.maskHosts, model.error?.message]).toEqual([false, expect.stringContaining('not answer')]);
  expect(model.kept()).toContain('db.example.com');
});

it('says why it was not saved, also where no file could be asked for', async () => {
  await model.make();
  expect(
    await model.save(() => Promise.reject(new AppError('CONNECTION_LOST', 'No panel.'))),
  ).toBeUndefined();
  expect(model.error?.message).toContain('No panel.');
  expect(await model.save(() => Promise.resolve(undefined))).toBeUndefined();
  expect(model.error).toBeUndefined();
  model.toggle(1);
  expect(await model.save(() => Promise.resolve('/report.txt'))).toBe('/report.txt');
  expect(sent.at(-1)?.params).toEqual({ reportId: 'report 1', path: '/report.txt', struck: [1] });
});
