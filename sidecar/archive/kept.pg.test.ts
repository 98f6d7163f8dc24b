import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { startPostgres } from '../test/postgresServer.ts';
import { SidecarProcess } from '../test/sidecarProcess.ts';
import { tempFolder } from '../test/tempFolder.ts';

const attach = (sidecar: SidecarProcess) =>
  sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w' });

it('what a window typed and ran is found again by the next sidecar, with outcomes and without rows or passwords', async () => {
  const server = await startPostgres();
  const folder = await tempFolder();
  const first = new SidecarProcess(folder.path);
  let second: SidecarProcess | undefined;
  try {
    const { snapshot } = await attach(first);
    const { host, port, database, username, password } = server;
    const config = { name: 'shop', host, port, database, username, credential: { source: 'session' } };
    const saved = await first.call('connection.save', { config, secrets: { password } });
    await first.call('connection.connect', { id: saved.config.id });
    const tab = { id: randomUUID(), title: 'orders', text: 'select 1', connectionId: saved.config.id };
    await first.call('document.save', { document: tab });
    const run = (text: string) => first.run(saved.config.id, tab.id, text);
    await run("select 'a ' || 'row' as word; create role kept password 'kept-secret'");
    await run('select 1; select nonsense; select 2');
    await run('selec');
    // Not quoted, so that the server repeats it: "syntax error at or near".
    await run('alter role kept password bare_secret_1');
    // The server's detail quotes the row; a setting of the user's own may hold anything.
    await run(
      'create temp table twice (n int unique); insert into twice select 4711 * 2 from generate_series(1, 2)',
    );
    const { started } = await run("set app.token = 'dotted_secret'; select pg_backend_pid()");
    await server.query(
      `select pg_terminate_backend(${String((started[1]?.firstRows as string[][])[0]?.[0])})`,
    );
    await first.heard('connection.ledger', ({ lost }) => JSON.stringify(lost).includes('app.token'));
    // Of a tab that was never saved there is no text, and what was run there is kept without its secrets.
    await first.run(saved.config.id, 'elsewhere', "alter role kept password 'kept-secret'");
    await first.call('document.remove', { id: tab.id });
    const sessionId = snapshot?.session.id ?? '';
    // What had happened is written before the process is gone.
    await first.end();
    expect(await readdir(path.join(folder.path, 'sessions'))).toEqual([`${sessionId}.json`]);

    second = new SidecarProcess(folder.path);
    await attach(second);
    const { entries } = await second.call('sessions.list', { text: 'NONSENSE' });
    expect(entries).toMatchObject([
      { sessionId, live: false, summary: { connections: ['shop'], runs: 7, failed: 4 } },
    ]);
    const { session } = await second.call('sessions.get', { sessionId });
    expect(session.tabs.filter(({ id }) => id === tab.id)).toMatchObject([
      {
        ...tab,
        connectionName: 'shop',
        closedAt: expect.any(Number) as number,
        runs: [
          {
            connectionName: 'shop',
            outcome: 'done',
            statements: [
              { columns: [{ name: 'word', typeName: 'text' }], commandTag: 'SELECT 1', rowCount: 1 },
              { text: "create role kept password '[redacted]'", commandTag: 'CREATE ROLE' },
            ],
          },
          {
            outcome: 'failed',
            error: { sqlstate: '42703' },
            statements: [{ text: 'select 1' }, { text: 'select nonsense' }],
          },
          { outcome: 'failed', error: { sqlstate: '42601' }, statements: [{ text: 'selec' }] },
          {
            error: { message: 'Syntax error at or near "[redacted]".' },
            statements: [{ text: "alter role kept password '[redacted]'" }],
          },
          { outcome: 'failed', error: { sqlstate: '23505' }, statements: [{}, {}] },
          { outcome: 'done' },
        ],
      },
    ]);
    expect(JSON.stringify(session)).not.toMatch(/a row|kept-secret|bare_secret|9422/);
    expect(JSON.stringify(session.ledger)).not.toContain('dotted_secret');
    expect(session.ledger).toMatchObject([{ tabId: tab.id, error: { code: expect.any(String) as string } }]);
    const { entries: ran } = await second.call('history.search', { text: 'at or near', limit: 1 });
    expect(ran).toMatchObject([{ text: "alter role kept password '[redacted]'" }]);
    expect(await readFile(path.join(folder.path, 'history.jsonl'), 'utf8')).not.toMatch(
      /-secret|bare_secret/,
    );
    expect(session.journal.map(({ event }) => event)).toContain('began');

    // A name that leads elsewhere is none of a session: no file there is read, let alone put aside as a damaged one.
    const stray = { sessionId: '../connections' };
    await expect(second.call('sessions.get', stray)).rejects.toMatchObject({ rpcCode: -32602 });
    const elsewhere = { ...stray, path: path.join(folder.path, 'x.json') };
    await expect(second.call('sessions.export', elsewhere)).rejects.toMatchObject({ rpcCode: -32602 });
    expect(await readdir(folder.path)).toContain('connections.json');
  } finally {
    await Promise.all([first.kill(), second?.kill()]);
    await folder.remove();
    await server.close();
  }
});
