import { describe, expect, it } from 'vitest';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import { Announcer } from '../announcer.svelte.ts';
import { Connections } from '../connections.svelte.ts';
import { Questions } from '../questions.svelte.ts';
import { RunsStore } from '../runs.svelte.ts';
import { SentTexts } from '../sentTexts.ts';
import { Toasts } from '../toasts.svelte.ts';
import { productionQuestion } from './productionQuestion.ts';
import { RunCommands } from './runCommands.ts';

const text = 'select 1; delete from orders; update orders set total = 0 where id = 1';
const place = { server: 'db.example:5432', database: 'billing', connection: 'prod' };
const deletion = { index: 1, from: 10, to: 28, kind: 'DELETE', missingWhere: true };
const update = { index: 2, from: 30, to: 70, kind: 'UPDATE', missingWhere: false };
const held = (statements: object[]) =>
  new AppError('CONFIRMATION_REQUIRED', 'DELETE on production.', { detail: { ...place, statements } });

/** Refuses each run that comes without the user's word. */
class Production implements Rpc {
  readonly asked: unknown[] = [];

  call<M extends MethodName>(_: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    this.asked.push(params);
    const confirmed = 'confirm' in params && params.confirm === true;
    return confirmed ? Promise.resolve({ runId: 'r1' } as MethodResult<M>) : Promise.reject(held([deletion]));
  }
}

function setUp() {
  const rpc = new Production();
  const questions = new Questions();
  const runs = new RunsStore(rpc, new SentTexts({ sent: {} }));
  const commands = new RunCommands({
    runs,
    questions,
    announcer: new Announcer(),
    connections: new Connections(),
    toasts: new Toasts(),
  });
  const request = { tabId: 't1', connectionId: 'c1', text, from: 3, start: { line: 1, column: 4 } };
  return { rpc, questions, runs, running: commands.run(request) };
}
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('the question before a write on production', () => {
  it('names the connection, the server, the database and the statements that write', () => {
    const question = productionQuestion(held([deletion, update]).toEnvelope(), text);
    expect(question.facts?.map(({ value }) => value)).toEqual(['prod', 'db.example:5432', 'billing']);
    expect(question.code).toEqual(['delete from orders', 'update orders set total = 0 where id = 1']);
    expect(question.text).toBe(
      '2 statements write there. 1 of them without WHERE, which takes every row of a table.',
    );
    expect(question).toMatchObject({ confirm: 'Run on production', danger: true });
  });

  it('says of a statement without WHERE that it takes every row', () => {
    expect(productionQuestion(held([deletion]).toEnvelope(), text).text).toBe(
      'DELETE without WHERE takes every row of its table.',
    );
  });

  it('does not claim to know what a block or a procedure does', () => {
    const words = (...kinds: string[]) => {
      const statements = kinds.map((kind) => ({ ...update, kind }));
      return productionQuestion(held(statements).toEnvelope(), text).text;
    };
    expect(words('DO')).toBe('DO may write there.');
    expect(words('CALL')).toBe('CALL may write there.');
    expect(words('UPDATE')).toBe('UPDATE writes there.');
    expect(words('DO', 'CALL')).toBe('2 statements may write there.');
    expect(words('DO', 'UPDATE')).toBe('2 statements write there.');
  });

  it('counts what is too much to be read', () => {
    const many = Array.from({ length: 9 }, () => deletion);
    expect(productionQuestion(held(many).toEnvelope(), text).code?.at(-1)).toBe('… and 5 more');
  });

  it('falls back to the words of the engine', () => {
    const bare = new AppError('CONFIRMATION_REQUIRED', 'DELETE on production.').toEnvelope();
    expect(productionQuestion(bare, text).text).toBe('DELETE on production.');
  });

  it('sends the same run with the word of the user, and only then', async () => {
    const { rpc, questions, running } = setUp();
    await settled();
    expect(rpc.asked).toHaveLength(1);
    questions.answer('confirm');
    await running;
    expect(rpc.asked[1]).toEqual({ connectionId: 'c1', tabId: 't1', text, from: 3, confirm: true });
  });

  it('runs nothing where the user says no, and leaves no error behind', async () => {
    const { rpc, questions, runs, running } = setUp();
    await settled();
    questions.answer('cancel');
    await running;
    expect(rpc.asked).toHaveLength(1);
    expect(runs.tab('t1')?.launch).toBeUndefined();
    expect(runs.isBusy('t1')).toBe(false);
  });
});
