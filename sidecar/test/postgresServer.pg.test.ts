import { stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startPostgres, type TestServer } from './postgresServer.ts';
import { isAlive } from './processes.ts';

let server: TestServer;
afterEach(() => server.close());

test('answers on loopback, and keeps its port and data over a restart', async () => {
  server = await startPostgres();
  await server.query('create table kept as select 42 as answer');
  await server.restart();
  expect(await server.query('select answer from kept')).toEqual([{ answer: 42 }]);
});

test('takes settings and rules of access', async () => {
  server = await startPostgres({
    settings: { max_connections: 7 },
    hba: 'host all postgres 127.0.0.1/32 scram-sha-256\nhost all nobody 127.0.0.1/32 reject\n',
  });
  expect(await server.query('show max_connections')).toEqual([{ max_connections: '7' }]);
  expect(await server.query('select user_name from pg_hba_file_rules order by rule_number')).toEqual([
    { user_name: ['postgres'] },
    { user_name: ['nobody'] },
  ]);
});

test('a killed server leaves no process and comes back', async () => {
  server = await startPostgres();
  const pids = server.pids();
  expect(pids[0]).toBe(server.pid);
  expect(pids.length).toBeGreaterThan(4);
  await server.kill();
  expect(pids.filter(isAlive)).toEqual([]);
  await server.restart();
  expect(await server.query('select 1 as one')).toEqual([{ one: 1 }]);
});

test('a frozen server answers only once it is thawed', async () => {
  server = await startPostgres();
  server.pause();
  let answered = false;
  const answer = server.query('select 1 as one').then((rows) => {
    answered = true;
    return rows;
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(answered).toBe(false);
  server.resume();
  expect(await answer).toEqual([{ one: 1 }]);
});

test('closing ends a frozen server too and removes its folder', async () => {
  server = await startPostgres();
  const pids = server.pids();
  const folder = path.dirname(server.logFile);
  server.pause();
  await server.close();
  expect(pids.filter(isAlive)).toEqual([]);
  await expect(stat(folder)).rejects.toThrow('ENOENT');
});
