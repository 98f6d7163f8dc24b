import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tlsModes, type ConnectionDraft, type Secrets } from '#shared/connection/config.ts';
import type { TestReport } from '#shared/connection/testReport.ts';
import { CertificateMaker, type Certificate } from '../test/certificates.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';
import { startTlsMiddleman, startTlsProxy, type TlsProxy } from '../test/tlsProxy.ts';

let server: TestServer;
let proxy: TlsProxy;
let stage: RunStage;
let maker: CertificateMaker;
let root: Certificate;
let client: Certificate;

const hba = `
hostnossl all encrypted all reject
hostssl all plain all reject
hostssl all certified all cert
host all all all scram-sha-256
`;

beforeAll(async () => {
  maker = await CertificateMaker.open();
  root = await maker.make({ name: 'root', ca: true });
  const own = await maker.make({ name: 'db', issuer: root, names: ['DNS:localhost'] });
  client = await maker.make({ name: 'certified', issuer: root });
  server = await startPostgres({ hba, tls: { ...own, ca: root.cert } });
  await server.query(
    ['encrypted', 'plain', 'certified']
      .map((role) => `create role ${role} login password '${server.password}'`)
      .join(';'),
  );
  proxy = await startTlsProxy(server);
  stage = await openRunStage(server);
});
beforeEach(() => {
  proxy.answer = 'pass';
  proxy.firstWords.length = 0;
});
afterAll(async () => {
  await stage.close();
  proxy.close();
  await server.close();
  await maker.remove();
});

const placeOf = (draft: ConnectionDraft): ConnectionDraft => {
  const { database, username } = server;
  return {
    host: 'localhost',
    port: proxy.port,
    database,
    username,
    credential: { source: 'session' },
    ...draft,
  };
};

/** What the form's Test button would tell. */
const test = (draft: ConnectionDraft, secrets: Secrets = {}): Promise<TestReport> =>
  stage.connections.test(
    { config: placeOf(draft), secrets: { password: server.password, ...secrets } },
    { signal: new AbortController().signal, onStage: () => {} },
  );
const tlsFacts = ({ stages }: TestReport) => stages.find((each) => each.stage === 'tls')?.facts;

const demanding = tlsModes.filter((mode) => mode === 'require' || mode.startsWith('verify'));
const withRoot = (mode: (typeof tlsModes)[number]) => ({ mode, caFile: root.certFile });

describe('somebody between here and the server who', () => {
  it.each(demanding)('says N gets no byte of a login in %s', async (mode) => {
    proxy.answer = 'N';
    expect((await test({ tls: withRoot(mode) })).error).toMatchObject({
      code: 'TLS_NOT_SUPPORTED',
      stage: 'tls',
    });
    expect(proxy.firstWords).toEqual([['TLS']]);
  });

  it('says N has a connection in prefer marked as not encrypted, its pool and cancels with it', async () => {
    proxy.answer = 'N';
    const { config } = await stage.connections.save(
      { name: 'n', ...placeOf({ tls: { mode: 'prefer' } }) },
      { password: server.password },
    );
    const info = await stage.connections.connect(config.id, undefined);
    expect(info).toMatchObject({
      encrypted: false,
      plainBecause: 'notOffered',
      reached: { host: 'localhost' },
    });
    // Only the first asked; the pool goes where the control connection has got through.
    expect(proxy.firstWords).toEqual([['TLS', 'startup'], ['startup']]);
    await stage.connections.disconnect(config.id);
  });

  it.each([
    ['close after S', 'TLS_HANDSHAKE'],
    ['inject after S', 'PROTOCOL_ERROR'],
  ] as const)('does: %s, is refused', async (answer, code) => {
    proxy.answer = answer;
    for (const mode of demanding) {
      proxy.firstWords.length = 0;
      expect((await test({ tls: withRoot(mode) })).error).toMatchObject({ code, stage: 'tls' });
      expect(proxy.firstWords).toEqual([['TLS']]);
    }
    // As libpq: a handshake that fails is no reason to stop in prefer, but foreign bytes are.
    const report = await test({ tls: { mode: 'prefer' } });
    if (code === 'TLS_HANDSHAKE')
      expect(tlsFacts(report)).toEqual({ encrypted: false, plainBecause: 'handshakeFailed' });
    else expect(report.error).toMatchObject({ code, stage: 'tls' });
  });

  it('opens the encryption gets no login, for the proof of the password is bound to the certificate', async () => {
    const middleman = await startTlsMiddleman(server, await maker.make({ name: 'middleman' }));
    for (const mode of ['prefer', 'require'] as const)
      expect((await test({ port: middleman.port, tls: { mode } })).error).toMatchObject({
        code: 'TLS_CERT_INVALID',
        reason: 'channel_binding',
        stage: 'authenticate',
      });
    middleman.close();
  });

  it('stands in the way of a pinned connection too, in every mode but disable', async () => {
    proxy.answer = 'N';
    const pinnedSpkiSha256 = randomBytes(32).toString('base64');
    for (const mode of tlsModes.filter((each) => each !== 'disable')) {
      proxy.firstWords.length = 0;
      const report = await test({ tls: { ...withRoot(mode), pinnedSpkiSha256 } });
      expect(report.error).toMatchObject({ code: 'TLS_NOT_SUPPORTED' });
      expect(proxy.firstWords).toEqual([['TLS']]);
    }
  });
});

describe('a server whose rules', () => {
  it('refuse plain text gets the login encrypted in allow and prefer', async () => {
    for (const mode of ['allow', 'prefer'] as const)
      expect(tlsFacts(await test({ username: 'encrypted', tls: { mode } }))).toMatchObject({
        encrypted: true,
      });
    expect(proxy.firstWords).toEqual([['startup'], ['TLS', 'handshake'], ['TLS', 'handshake']]);
    expect((await test({ username: 'encrypted', tls: { mode: 'disable' } })).error).toMatchObject({
      code: 'AUTH_NEEDS_TLS',
      actions: [{ id: 'enableTls' }],
    });
  });

  it('refuse encryption get it plain in allow and prefer, which says so, and not at all in require', async () => {
    expect(tlsFacts(await test({ username: 'plain', tls: { mode: 'allow' } }))).toMatchObject({
      encrypted: false,
    });
    expect(tlsFacts(await test({ username: 'plain', tls: { mode: 'prefer' } }))).toEqual({
      encrypted: false,
      plainBecause: 'refusedEncrypted',
    });
    expect((await test({ username: 'plain', tls: { mode: 'require' } })).error).toMatchObject({
      code: 'AUTH_REJECTED',
      stage: 'authenticate',
    });
  });

  it('refuse a password see it once, in allow and prefer as well', async () => {
    for (const mode of ['allow', 'prefer'] as const) {
      proxy.firstWords.length = 0;
      expect((await test({ tls: { mode } }, { password: 'wrong' })).error).toMatchObject({
        code: 'AUTH_FAILED',
      });
      expect(proxy.firstWords).toHaveLength(1);
    }
  });

  it('want a client certificate get it, also from a key with a passphrase', async () => {
    const passphrase = 'open sesame';
    const { certFile, keyFile } = client;
    const encrypted = await maker.encryptKey(client, passphrase);
    const tls = { ...withRoot('verify-full'), certFile };
    const certified = { username: 'certified' };
    expect((await test({ ...certified, tls: withRoot('require') })).error).toMatchObject({
      code: 'TLS_CLIENT_CERT_REQUIRED',
    });
    expect((await test({ ...certified, tls: { ...tls, keyFile } })).ok).toBe(true);
    expect(
      (await test({ ...certified, tls: { ...tls, keyFile: encrypted } }, { keyPassphrase: passphrase })).ok,
    ).toBe(true);
    const other = await maker.make({ name: 'certified' });
    const unreadable = path.join(maker.folder, 'unreadable');
    await writeFile(unreadable, 'no key');
    const wrong: [string, Secrets, string][] = [
      [encrypted, {}, 'passphrase_required'],
      [encrypted, { keyPassphrase: 'wrong' }, 'passphrase_wrong'],
      [other.keyFile, {}, 'mismatch'],
      [unreadable, {}, 'unreadable'],
    ];
    for (const [file, secrets, reason] of wrong) {
      const { error } = await test({ ...certified, tls: { ...tls, keyFile: file } }, secrets);
      expect(error).toMatchObject({ code: 'TLS_CLIENT_KEY', reason, stage: 'tls' });
      expect(JSON.stringify(error)).not.toContain('sesame');
    }
    // One that no CA of the server has signed.
    const { error } = await test({
      ...certified,
      tls: { ...tls, certFile: other.certFile, keyFile: other.keyFile },
    });
    expect(error).toMatchObject({ code: 'TLS_CLIENT_CERT_REQUIRED', reason: 'refused', stage: 'tls' });
  });
});

describe('a pin', () => {
  it('is the verification where the mode has none, and is checked beside it elsewhere', async () => {
    const { spkiSha256 } = tlsFacts(await test({ tls: { mode: 'require' } })) ?? {};
    const pinnedSpkiSha256 = String(spkiSha256);
    for (const [mode, verified] of [
      ['allow', 'key'],
      ['prefer', 'key'],
      ['verify-ca', 'chain'],
      ['verify-full', 'name and chain'],
    ] as const) {
      const report = await test({ tls: { ...withRoot(mode), pinnedSpkiSha256 } });
      expect(tlsFacts(report)).toMatchObject({ encrypted: true, verified });
    }
    const wrong = randomBytes(32).toString('base64');
    for (const mode of tlsModes.filter((each) => each !== 'disable')) {
      const { error } = await test({ tls: { ...withRoot(mode), pinnedSpkiSha256: wrong } });
      expect(error).toMatchObject({ code: 'TLS_CERT_INVALID', reason: 'pin_mismatch', retry: 'never' });
      expect(error?.message).toContain(wrong);
      expect(error?.message).toContain(pinnedSpkiSha256);
    }
  });
});

describe('a certificate', () => {
  it('that is not known brings all that is needed to trust it', async () => {
    const { error } = await test({ tls: { mode: 'verify-full' } });
    expect(error).toMatchObject({
      code: 'TLS_CERT_INVALID',
      reason: 'unknown_ca',
      detail: { subject: 'db', issuer: 'root', names: 'DNS:localhost' },
      actions: [{ id: 'trustCa' }, { id: 'pinKey' }, { id: 'edit' }],
    });
    const { trust } = error?.detail as { trust: { pem: string } };
    const caFile = path.join(maker.folder, 'trusted.pem');
    await writeFile(caFile, trust.pem);
    expect((await test({ tls: { mode: 'verify-full', caFile } })).ok).toBe(true);
  });

  it('is checked against the name of the definition, wherever that is, or against the server name', async () => {
    const tls = withRoot('verify-full');
    expect((await test({ host: 'localhost', hostaddr: '127.0.0.1', tls })).ok).toBe(true);
    expect((await test({ host: '127.0.0.1', tls: { ...tls, serverName: 'localhost' } })).ok).toBe(true);
    expect((await test({ host: '127.0.0.1', tls })).error).toMatchObject({ reason: 'hostname_mismatch' });
  });

  it('of any CA of the system is too little for verify-ca, which needs a CA file', async () => {
    expect((await test({ tls: { mode: 'verify-ca' } })).error).toMatchObject({
      code: 'INVALID_CONFIG',
      issues: [{ path: 'tls.caFile' }],
    });
    expect(proxy.firstWords.flat()).toEqual([]);
  });
});

it('an encrypted connection stays so, with its pool and its cancels', async () => {
  const { config } = await stage.connections.save(
    { name: 'bound', ...placeOf({ tls: { mode: 'prefer' } }), options: { maxPoolSize: 3 } },
    { password: server.password },
  );
  const info = await stage.connections.connect(config.id, undefined);
  expect(info).toMatchObject({ encrypted: true, tls: { verified: 'no', version: 'TLSv1.3' } });
  const run = stage.start('select pg_sleep(60)', { connectionId: config.id });
  await stage.until(() =>
    server
      .query("select 1 from pg_stat_activity where query like 'select pg_sleep%'")
      .then((rows) => rows[0]),
  );
  await stage.runs.cancel('s', run);
  expect((await run.ended()).outcome).toBe('cancelled');
  // Of the cancel the proxy sees nothing but a handshake.
  expect(new Set(proxy.firstWords.map((words) => words.join()))).toEqual(new Set(['TLS,handshake']));
  expect(proxy.firstWords.length).toBeGreaterThan(2);
  await stage.connections.disconnect(config.id);
});
