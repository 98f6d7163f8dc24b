import { writeFile, chown, stat } from 'node:fs/promises';
import path from 'node:path';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { Backend } from '../postgres/backend.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { judgeCommit, type LostCommit } from './commitVerdict.ts';
import { noteCheckpoint, notedCheckpoint } from './lastStart.ts';
import { readIdentity, type ServerIdentity } from './readIdentity.ts';

let server: TestServer;
const open: Backend[] = [];
const never = new AbortController().signal;

beforeAll(async () => {
  server = await startPostgres();
  await server.query('create table kept (n int)');
});
afterAll(async () => {
  for (const backend of open) backend.destroy(new AppError('CANCELLED', 'The test is over.'));
  await server.close();
});

async function backend(): Promise<Backend> {
  const { host, port, username: user, password, database } = server;
  const made = await new Backend(
    {
      dial: () => Promise.resolve(connect({ host, port })),
      user,
      database,
      password: () => password,
      applicationName: 'test',
      options: '',
      loginTimeoutMs: 10_000,
      onTimeout: () => new Error('no answer'),
    },
    'the server',
  ).open();
  open.push(made);
  return made;
}

const begun = async () => {
  const writer = await backend();
  await writer.query('begin; insert into kept values (1)');
  const [[xid] = []] = await writer.query('select pg_current_xact_id()');
  return { writer, xid: xid ?? undefined };
};

/** Judged over a control connection of its own, with what was known of the server before, or something else. */
async function judged(
  xid: string | undefined,
  other: Partial<LostCommit> & { identity?: ServerIdentity } = {},
) {
  const control = await backend();
  const identity = await readIdentity(control);
  await noteCheckpoint(control);
  return judgeCommit(control, { xid, identity, checkpoint: notedCheckpoint(control), ...other }, never);
}

it('tells what was committed from what was not', async () => {
  const committed = await begun();
  await committed.writer.query('commit');
  expect(await judged(committed.xid)).toEqual({ outcome: 'committed' });
  const left = await begun();
  await left.writer.query('rollback');
  expect(await judged(left.xid)).toEqual({ outcome: 'rolledBack' });
});

it('ends the backend that still waits, and no other one', async () => {
  const bystander = await begun();
  const waiting = await begun();
  expect(await judged(waiting.xid)).toEqual({ outcome: 'rolledBack' });
  await expect(waiting.writer.query('select 1')).rejects.toBeInstanceOf(AppError);
  await bystander.writer.query('commit');
});

it('gives no verdict where nothing was written or the number is none of this server', async () => {
  expect(await judged(undefined)).toEqual({ outcome: 'unknown', reason: 'nothingWritten' });
  expect(await judged('99999999')).toEqual({ outcome: 'unknown', reason: 'notKnown' });
});

it('gives no verdict where the server is not, or may not be, the one of before', async () => {
  const { writer, xid } = await begun();
  await writer.query('commit');
  const identity = await readIdentity(writer);
  expect(identity.systemIdentifier).toMatch(/^\d+$/);
  for (const changed of [{ systemIdentifier: '1' }, { timeline: 7 }])
    expect(await judged(xid, { identity: { ...identity, ...changed } })).toEqual({
      outcome: 'unknown',
      reason: 'identityChanged',
    });
  expect(await judged(xid, { identity: {} })).toEqual({ outcome: 'unknown', reason: 'identityUnknown' });
});

it('rejects where the control connection is lost, so that the next one can be asked', async () => {
  const control = await backend();
  const identity = await readIdentity(control);
  const asked = judgeCommit(control, { xid: '700', identity }, never);
  control.destroy(new AppError('CONNECTION_LOST', 'It was cut.'));
  await expect(asked).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
});

it('is not taken in by a number that a crash let the server forget and give to somebody else', async () => {
  // Nothing reaches the disk by itself for as long as this takes.
  await server.query("alter system set wal_writer_delay = '10s'");
  await server.restart();
  const control = await backend();
  const identity = await readIdentity(control);
  await noteCheckpoint(control);
  const checkpoint = notedCheckpoint(control);
  const kept = await begun();
  await kept.writer.query('commit; checkpoint');
  const { xid } = await begun();
  await server.kill();
  await server.restart();
  // Everybody else goes on, up to this number.
  const taken = async () => (await server.query('select pg_current_xact_id()::text as xid'))[0]?.xid;
  for (let at = await taken(); BigInt(String(at)) < BigInt(String(xid)); at = await taken());
  expect(await server.query(`select pg_xact_status('${xid}') as is`)).toEqual([{ is: 'committed' }]);
  expect(await judged(xid, { identity, checkpoint })).toEqual({ outcome: 'rolledBack' });
  expect(await judged(kept.xid, { identity, checkpoint })).toEqual({ outcome: 'committed' });
  expect(await judged(xid, { identity, checkpoint: undefined })).toEqual({
    outcome: 'unknown',
    reason: 'notKnown',
  });
});

it('gives none on a standby, nor once that was promoted, from the first moment on', async () => {
  const { writer, xid } = await begun();
  await writer.query('commit');
  const identity = await readIdentity(writer);
  const [{ folder } = {}] = await server.query<{ folder: string }>(
    "select current_setting('data_directory') as folder",
  );
  const signalFile = path.join(String(folder), 'standby.signal');
  await writeFile(signalFile, '');
  const { uid, gid } = await stat(String(folder));
  await chown(signalFile, uid, gid);
  await server.restart();
  expect(await judged(xid, { identity })).toEqual({ outcome: 'unknown', reason: 'inRecovery' });
  await server.query('select pg_promote()');
  expect(await judged(xid, { identity })).toEqual({ outcome: 'unknown', reason: 'identityChanged' });
  expect(await judged(xid)).toEqual({ outcome: 'committed' });
});
