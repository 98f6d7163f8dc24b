import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import { openDataFolder, type DataFolder } from '../storage/dataFolder.ts';
import { CertificateMaker, type Certificate, type CertificateOptions } from '../test/certificates.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';
import { tempFolder } from '../test/tempFolder.ts';
import { certificateKeeper } from '../tls/trustedCertificates.ts';

let server: TestServer;
let stage: RunStage;
let maker: CertificateMaker;
let root: Certificate;
let temp: Awaited<ReturnType<typeof tempFolder>>;
let folder: DataFolder;

beforeAll(async () => {
  maker = await CertificateMaker.open();
  root = await maker.make({ name: 'root', ca: true });
  server = await startPostgres();
  stage = await openRunStage(server);
  temp = await tempFolder();
  folder = await openDataFolder(temp.path);
});
afterAll(async () => {
  await folder.close();
  await temp.remove();
  await stage.close();
  await server.close();
  await maker.remove();
});

type Tls = ConnectionConfig['tls'];

function test(tls: Tls) {
  const { host, port, database, username, password } = server;
  const place = { host, port, database, username, tls, credential: { source: 'session' } };
  const signal = new AbortController().signal;
  return stage.connections.test({ config: place, secrets: { password } }, { signal, onStage: () => {} });
}

interface Shown {
  names?: string;
  spkiSha256: string;
  trust: { pem: string };
}

/** What the buttons of the form do with what the error tells. */
const trusted = async ({ trust }: Shown): Promise<Tls> => {
  const { caFile } = await certificateKeeper(folder)(trust.pem);
  return { mode: 'verify-full', caFile };
};
const pinned = ({ spkiSha256 }: Shown): Promise<Tls> =>
  Promise.resolve({ mode: 'require', pinnedSpkiSha256: spkiSha256 });
const expecting = ({ names = '' }: Shown): Promise<Tls> =>
  Promise.resolve({ mode: 'verify-full', caFile: root.certFile, serverName: names.replace('DNS:', '') });

interface Case {
  reason: string;
  certificate: (root: Certificate) => Omit<CertificateOptions, 'name'>;
  /** Is the root known from the beginning? */
  known?: boolean;
  fix: (shown: Shown) => Promise<Tls>;
}

const names = ['IP:127.0.0.1'];

const cases: Case[] = [
  { reason: 'self_signed', certificate: () => ({ names }), fix: trusted },
  {
    reason: 'unknown_ca',
    certificate: (issuer) => ({ names, issuer, chain: [issuer] }),
    fix: trusted,
  },
  { reason: 'chain_incomplete', certificate: (issuer) => ({ names, issuer }), fix: pinned },
  {
    reason: 'hostname_mismatch',
    certificate: (issuer) => ({ names: ['DNS:db.example'], issuer }),
    known: true,
    fix: expecting,
  },
  {
    reason: 'expired',
    certificate: (issuer) => ({ names, issuer, from: -9, to: -2 }),
    known: true,
    fix: pinned,
  },
];

describe('a certificate that is refused', () => {
  it.each(cases)('$reason, is accepted after the fix', async ({ reason, certificate, known, fix }) => {
    await server.setTls(await maker.make({ name: 'db', ...certificate(root) }));
    const tls: Tls = { mode: 'verify-full', ...(known ? { caFile: root.certFile } : {}) };
    const report = await test(tls);
    expect(report).toMatchObject({ ok: false, error: { code: 'TLS_CERT_INVALID', reason, stage: 'tls' } });
    const fixed = await test(await fix(report.error?.detail as unknown as Shown));
    expect(fixed).toMatchObject({ ok: true });
    expect(fixed.stages.find(({ stage: name }) => name === 'tls')?.facts).toMatchObject({ encrypted: true });
  });

  it('is told as another one than when the stored connection last worked', async () => {
    const first = await maker.make({ name: 'first', names });
    const second = await maker.make({ name: 'second', names });
    const { host, port, username, password } = server;
    const tls = { mode: 'verify-full', caFile: first.certFile };
    const definition = { host, port, username, tls, name: 'kept', credential: { source: 'session' } };
    await server.setTls(first);
    const { config } = await stage.connections.save(definition, { password });
    const signal = new AbortController().signal;
    const again = () => stage.connections.test({ config, secrets: {} }, { signal, onStage: () => {} });
    expect(await again()).toMatchObject({ ok: true });
    await server.setTls(second);
    const report = await again();
    expect(report).toMatchObject({ ok: false, error: { reason: 'self_signed' } });
    expect(report.last?.changes).toMatchObject([{ what: 'certificate', stage: 'tls' }]);
  });

  it('is kept where only its owner may write, and nothing else is taken for one', async () => {
    const keep = certificateKeeper(folder);
    const { caFile } = await keep(`${root.cert}\nand more`);
    expect((await stat(caFile)).mode & 0o777).toBe(0o600);
    expect((await stat(folder.paths.certificates)).mode & 0o777).toBe(0o700);
    expect((await keep(root.cert)).caFile).toBe(caFile);
    await expect(keep('no certificate')).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
  });
});
