import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tlsModes, type ConnectionDraft, type TlsMode } from '#shared/connection/config.ts';
import type { TestReport } from '#shared/connection/testReport.ts';
import { CertificateMaker, type Certificate } from '../test/certificates.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';

/** What one attempt comes to: plain, encrypted and what of the certificate was checked, or why not. */
type Outcome =
  'plain' | 'encrypted: no' | 'encrypted: chain' | 'encrypted: name and chain' | `${string} ${string}`;
/** One a mode, in the order of `tlsModes`. */
type Outcomes = [Outcome, Outcome, Outcome, Outcome, Outcome, Outcome];

const refused = (reason: string): Outcome => `TLS_CERT_INVALID ${reason}`;
const unverified: [Outcome, Outcome, Outcome, Outcome] = ['plain', 'plain', 'encrypted: no', 'encrypted: no'];
const both = (reason: string): Outcomes => [...unverified, refused(reason), refused(reason)];

const cases: { title: string; host?: string; outcomes: Outcomes }[] = [
  { title: 'good', outcomes: [...unverified, 'encrypted: chain', 'encrypted: name and chain'] },
  { title: 'self-signed', outcomes: both('self_signed') },
  { title: 'other CA', outcomes: both('unknown_ca') },
  { title: 'incomplete chain', outcomes: both('chain_incomplete') },
  { title: 'wrong host', outcomes: [...unverified, 'encrypted: chain', refused('hostname_mismatch')] },
  {
    title: 'IP SAN',
    host: '127.0.0.1',
    outcomes: [...unverified, 'encrypted: chain', 'encrypted: name and chain'],
  },
  { title: 'expired', outcomes: both('expired') },
  { title: 'not yet valid', outcomes: both('not_yet_valid') },
  {
    title: 'none',
    outcomes: [
      'plain',
      'plain',
      'plain',
      'TLS_NOT_SUPPORTED -',
      'TLS_NOT_SUPPORTED -',
      'TLS_NOT_SUPPORTED -',
    ],
  },
];

let server: TestServer;
let stage: RunStage;
let maker: CertificateMaker;
let root: Certificate;
let certificates: Record<string, Certificate | undefined>;

beforeAll(async () => {
  maker = await CertificateMaker.open();
  server = await startPostgres({ hba: 'host all all all scram-sha-256\n' });
  stage = await openRunStage(server);
  const ca = { ca: true };
  const localhost = { names: ['DNS:localhost'] };
  root = await maker.make({ name: 'root', ...ca });
  const other = await maker.make({ name: 'other root', ...ca });
  const between = await maker.make({ name: 'intermediate', issuer: root, ...ca });
  const issuer = root;
  certificates = {
    good: await maker.make({ name: 'db', issuer: between, chain: [between], ...localhost }),
    'self-signed': await maker.make({ name: 'db', ...localhost }),
    'other CA': await maker.make({ name: 'db', issuer: other, chain: [other], ...localhost }),
    'incomplete chain': await maker.make({ name: 'db', issuer: between, ...localhost }),
    'wrong host': await maker.make({ name: 'db', issuer, names: ['DNS:db.example'] }),
    'IP SAN': await maker.make({ name: 'db', issuer, names: ['IP:127.0.0.1'] }),
    expired: await maker.make({ name: 'db', issuer, from: -9, to: -2, ...localhost }),
    'not yet valid': await maker.make({ name: 'db', issuer, from: 2, to: 9, ...localhost }),
  };
});
afterAll(async () => {
  await stage.close();
  await server.close();
  await maker.remove();
});

/** What the form's Test button would tell. */
async function test(draft: ConnectionDraft): Promise<TestReport> {
  const { port, database, username, password } = server;
  const place = { host: 'localhost', port, database, username, credential: { source: 'session' } };
  return stage.connections.test(
    { config: { ...place, ...draft }, secrets: { password } },
    { signal: new AbortController().signal, onStage: () => {} },
  );
}

function outcomeOf({ ok, stages, error }: TestReport): Outcome {
  if (!ok) return `${error?.code ?? ''} ${error?.reason ?? '-'}`;
  const facts = stages.find((each) => each.stage === 'tls')?.facts;
  return facts?.encrypted ? (`encrypted: ${String(facts.verified)}` as Outcome) : 'plain';
}

describe.each(cases)('a server whose certificate is: $title', ({ title, host = 'localhost', outcomes }) => {
  beforeAll(() => server.setTls(certificates[title]));

  it.each(tlsModes.map((mode, index): [TlsMode, Outcome | undefined] => [mode, outcomes[index]]))(
    '%s: %s',
    async (mode, outcome) => {
      const verifies = mode.startsWith('verify');
      const report = await test({ host, tls: { mode, ...(verifies ? { caFile: root.certFile } : {}) } });
      expect(outcomeOf(report)).toBe(outcome);
      // What is not accepted has sent no login: nothing beyond the stage of TLS has begun.
      if (!report.ok)
        expect(report.stages.find(({ stage: name }) => name === 'authenticate')?.status).toBe('skipped');
    },
  );
});
