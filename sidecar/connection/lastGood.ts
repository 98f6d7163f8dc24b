import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { ConnectionInfo } from '#shared/connection/status.ts';
import {
  lastGoodSchema,
  type LastGood,
  type StageReport,
  type TestReport,
} from '#shared/connection/testReport.ts';
import { JsonFile } from '../storage/jsonFile.ts';
import type { DataFolder } from '../storage/dataFolder.ts';
import { fileOf } from '../storage/storeFormat.ts';
import { targetOf } from './endpoint.ts';
import { changesSince } from './stageChanges.ts';

/** What is kept of each stage, and nothing else: what a later test can be compared with. */
const keptFacts: readonly [stages: RegExp, names: readonly string[]][] = [
  [/^resolve$/, ['addresses']],
  [/^tcp$/, ['address', 'port']],
  [/^ssh/, ['hostKey']],
  [/^tls$/, ['encrypted', 'fingerprintSha256', 'subject', 'validToAt']],
  [/^session$/, ['serverVersion', 'inRecovery', 'systemIdentifier']],
];

/** A connection that comes back often is not written to the disk each time. */
const delayMs = 1_000;

/** When each connection last worked, and what it found then, in `lastGood.json`. */
export class LastGoods {
  readonly #file: JsonFile<{ connections: LastGood[] }>;

  private constructor(file: JsonFile<{ connections: LastGood[] }>) {
    this.#file = file;
  }

  static async open(folder: DataFolder): Promise<LastGoods> {
    const file = await JsonFile.open<{ connections: LastGood[] }>({
      path: folder.paths.lastGood,
      schema: fileOf({ connections: lastGoodSchema.array() }),
      version: 1,
      initial: { connections: [] },
      onProblem: folder.problems.reporter('lastGood.json'),
      delayMs,
    });
    return new LastGoods(file);
  }

  /** A stored connection is up. */
  connected(
    config: ConnectionConfig,
    { info, stages }: { info: ConnectionInfo; stages: readonly StageReport[] },
    at: number,
  ): void {
    if (config.mode !== 'server') return;
    const session: StageReport = { stage: 'session', status: 'ok', ms: 0, facts: identityFacts(info) };
    this.#note(config, [...stages, session], at);
  }

  /**
   * The report of a test, with what is different from when the connection last worked. One that passed is kept, where it
   * led to where the stored definition leads: a form may hold something else under its id.
   */
  tested(
    config: ConnectionConfig,
    stored: ConnectionConfig | undefined,
    report: TestReport,
    at: number,
  ): TestReport {
    const last = this.#of(config.id);
    if (report.ok && config.mode === 'server' && stored && wayOf(stored) === wayOf(config))
      this.#note(config, report.stages, at);
    if (!last) return report;
    const changes = changesSince(last, targetOf(config), report.stages);
    return { ...report, last: { at: last.at, changes } };
  }

  forget(id: string): void {
    if (this.#of(id)) this.#write(id, []);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #of(id: string): LastGood | undefined {
    return this.#file.read().connections.find((each) => each.id === id);
  }

  #note(config: ConnectionConfig, stages: readonly StageReport[], at: number): void {
    const { id } = config;
    const kept = stages.map(({ stage, ms, facts = {} }) => ({ stage, ms, facts: keptOf(stage, facts) }));
    this.#write(id, [{ id, at, target: targetOf(config), stages: kept }]);
  }

  #write(id: string, instead: LastGood[]): void {
    const others = this.#file.read().connections.filter((each) => each.id !== id);
    void this.#file.write({ connections: [...others, ...instead] });
  }
}

/** Where a definition leads, and as whom. */
const wayOf = ({ mode, host, hostaddr, port, database, username, tls, ssh }: ConnectionConfig): string =>
  JSON.stringify([mode, host, hostaddr, port, database, username, tls, ssh]);

function keptOf(stage: string, facts: Record<string, unknown>): Record<string, unknown> {
  const names = keptFacts.find(([stages]) => stages.test(stage))?.[1] ?? [];
  return Object.fromEntries(names.flatMap((name) => (name in facts ? [[name, facts[name]]] : [])));
}

/** What a server says of itself, as a stage of a test tells it. */
export const identityFacts = (
  info: Pick<ConnectionInfo, 'serverVersion' | 'inRecovery' | 'systemIdentifier'>,
): Record<string, unknown> => ({
  serverVersion: info.serverVersion,
  inRecovery: info.inRecovery,
  ...(info.systemIdentifier === undefined ? {} : { systemIdentifier: info.systemIdentifier }),
});
