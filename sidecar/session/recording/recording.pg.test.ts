import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DiagnosticEvent } from '#shared/diagnostics/event.ts';
import { readExposition } from '../../test/exposition.ts';
import { startFaultyProxy, type FaultyProxy } from '../../test/faultyProxy.ts';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { SidecarProcess } from '../../test/sidecarProcess.ts';
import { tempFolder } from '../../test/tempFolder.ts';

const canary = `canary-${process.pid}-'"\\`;

let server: TestServer;
let proxy: FaultyProxy;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let files: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;
let id: string;

const attach = () => sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w' });

/** What is recorded, oldest first, once it fits. */
async function listed(fits: (events: DiagnosticEvent[]) => boolean): Promise<DiagnosticEvent[]> {
  const seen = () => sidecar.call('diagnostics.list', {}) as Promise<{ events: DiagnosticEvent[] }>;
  await expect.poll(async () => fits((await seen()).events), { timeout: 20_000 }).toBe(true);
  return (await seen()).events.reverse();
}

const has =
  (event: string, times = 1) =>
  (events: DiagnosticEvent[]) =>
    events.filter((each) => each.event === event).length >= times;

beforeAll(async () => {
  server = await startPostgres();
  proxy = await startFaultyProxy(server);
  folder = await tempFolder();
  files = await tempFolder();
  sidecar = new SidecarProcess(folder.path);
  await attach();
  await server.query(`create role teller login password '${canary.replaceAll("'", "''")}'`);
  const { host, port } = proxy;
  const config = {
    ...{ name: 'told', host, port, database: server.database, username: 'teller' },
    credential: { source: 'session' },
    tls: { mode: 'disable' },
    options: { reconnect: { initialDelayMs: 10, maxDelayMs: 50 } },
  };
  const saved = await sidecar.call('connection.save', { config, secrets: { password: canary } });
  id = saved.config.id;
});
afterAll(async () => {
  await sidecar.end();
  await proxy.close();
  await server.close();
  await folder.remove();
  await files.remove();
});

it('tells what happened to a connection and its runs, in words that hold no secret and no value', async () => {
  await sidecar.call('diagnostics.watch', { on: true });
  await sidecar.call('connection.connect', { id });
  await sidecar.run(id, 'tab', `select 'value of a row', '${canary.replaceAll("'", "''")}'; select 2`);
  await sidecar.run(id, 'tab', `select '${canary.replaceAll("'", "''")}'::int`);
  await proxy.setMode({ kind: 'refuse' });
  proxy.reset();
  await listed(has('reconnecting'));
  await proxy.setMode({ kind: 'pass' });
  const events = await listed((all) => has('connected', 2)(all));
  expect(events.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['attached', 'connecting', 'connected', 'runStarted', 'runEnded', 'reconnecting']),
  );
  const [done, failed] = events.filter(({ event }) => event === 'runEnded');
  expect(done).toMatchObject({
    type: 'query',
    source: 'user',
    connectionId: id,
    payload: { outcome: 'done', statements: 2, rows: 2, tags: ['SELECT 1', 'SELECT 1'] },
  });
  expect(failed?.payload).toMatchObject({ outcome: 'failed', error: { sqlstate: '22P02' } });
  const lost = events.find(
    ({ event, payload }) => event === 'reconnecting' && payload.previous === 'connected',
  );
  expect(lost?.payload).toMatchObject({ error: { code: expect.any(String) as unknown } });
  await sidecar.heard('diagnostics.recorded', ({ events: heard }) =>
    has('runEnded')(heard as DiagnosticEvent[]),
  );
  const said = JSON.stringify([
    events,
    sidecar.notifications.filter(({ method }) => method.startsWith('diag')),
  ]);
  expect(said).not.toMatch(/canary|value of a row/);
});

it('makes a report that holds no secret, and writes what was left of it', async () => {
  const { reportId, lines } = await sidecar.call('diagnostics.bundle', {});
  const text = lines.map((line) => line.text).join('\n');
  expect(text).not.toMatch(/canary|value of a row/);
  for (const part of [
    'Hawser 0',
    'theme = "system"',
    '"name":"told"',
    'query runEnded by user',
    '"msg":"ready"',
  ])
    expect(text).toContain(part);
  const path = join(files.path, 'report.txt');
  const struck = lines.flatMap(({ section }, index) => (section === 'Log' ? [index] : []));
  const { bytes } = await sidecar.call('diagnostics.saveBundle', { reportId, path, struck });
  const written = readFileSync(path, 'utf8');
  expect(Buffer.byteLength(written)).toBe(bytes);
  expect(written).toContain('# Events\n');
  expect(written).not.toContain('# Log');
  const inOwn = { reportId, path: join(folder.path, 'connections.json'), struck };
  await expect(sidecar.call('diagnostics.saveBundle', inOwn)).rejects.toMatchObject({
    code: 'FILE_NOT_WRITABLE',
  });
});

it('counts it all, as Prometheus reads it', async () => {
  const { text, metrics } = await sidecar.call('metrics.snapshot', {});
  const samples = readExposition(text).flatMap((family) => family.samples);
  const value = (name: string, labels: object = {}) =>
    samples.find((each) => each.name === name && JSON.stringify(each.labels) === JSON.stringify(labels))
      ?.value;
  expect(value('hawser_connections', { status: 'connected' })).toBe(1);
  expect(value('hawser_query_duration_seconds_count', { outcome: 'done' })).toBe(1);
  expect(value('hawser_query_duration_seconds_count', { outcome: 'failed' })).toBe(1);
  expect(value('hawser_reconnects_total')).toBe(1);
  expect(value('hawser_connection_losses_total')).toBe(1);
  expect(value('hawser_windows')).toBe(1);
  expect(value('hawser_attach_seconds_count', { outcome: 'attached' })).toBe(1);
  expect(value('hawser_rows_spooled_bytes_total')).toBeGreaterThan(0);
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e7);
  expect(samples.map(({ name }) => name)).toEqual(
    metrics.flatMap((metric) => metric.samples.map(({ name }) => name)),
  );
});

it('is there again after a restart, from a file that is the owner’s alone', async () => {
  await sidecar.end();
  const path = join(folder.path, 'diagnostics.jsonl');
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).not.toMatch(/canary|value of a row/);
  sidecar = new SidecarProcess(folder.path);
  await attach();
  const { events, complete } = await sidecar.call('diagnostics.list', { type: 'query', text: 'SELECT 1' });
  expect(events.map(({ event }) => event)).toEqual(['runEnded']);
  expect(complete).toBe(true);
});
