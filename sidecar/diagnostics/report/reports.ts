import { randomUUID } from 'node:crypto';
import { homedir, release } from 'node:os';
import type { DiagnosticEvent } from '#shared/diagnostics/event.ts';
import type { ReportLine } from '#shared/diagnostics/methods.ts';
import { maxReportLines } from '#shared/diagnostics/reportLimit.ts';
import { reportText } from '#shared/diagnostics/reportText.ts';
import { AppError } from '#shared/error/appError.ts';
import { version } from '#shared/version.ts';
import type { Screen } from '../screen.ts';
import { hostMask } from './maskHosts.ts';

/** What a report is made of, as it is now. */
export interface ReportSources {
  settings: () => object;
  /** Definitions, which hold no secret. */
  connections: () => readonly object[];
  /** How connections stand, and what is wrong with files. */
  state: () => readonly object[];
  events: () => readonly DiagnosticEvent[];
  log: () => readonly string[];
  metrics: () => Promise<string>;
}

interface Deps extends ReportSources {
  screen: Pick<Screen, 'purged'>;
}

/** Fields of definitions that name a server. */
const hostFields: ReadonlySet<string> = new Set(['host', 'hostaddr', 'address', 'serverName']);
/** Of definitions: a program may be given a secret as an argument, and a statement may set one. */
const privateFields: ReadonlySet<string> = new Set(['command', 'startupSql']);
/** So many lines are cleaned at a time; what streams meanwhile is not held up. */
const linesAtOnce = 100;

/** Reports for whoever is asked for help: made of what is known here, shown line by line, and written as it was shown. */
export class Reports {
  #last: { id: string; lines: ReportLine[] } | undefined;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async make({ maskHosts }: { maskHosts: boolean }): Promise<{ reportId: string; lines: ReportLine[] }> {
    const { screen, ...sources } = this.#deps;
    const connections = sources.connections();
    const all = [
      ...linesOf('Versions', versions()),
      ...linesOf('Settings', fieldsOf(sources.settings())),
      ...linesOf(
        'Connections',
        connections.map((config) => JSON.stringify(screen.purged(withoutPrivate(config)))),
      ),
      ...linesOf(
        'Now',
        sources.state().map((each) => JSON.stringify(screen.purged(each))),
      ),
      ...linesOf('Events', sources.events().map(eventLine)),
      ...linesOf('Log', sources.log()),
      ...linesOf(
        'Metrics',
        (await sources.metrics()).split('\n').filter((line) => line !== ''),
      ),
    ];
    const mask = maskHosts ? hostMask(hostsIn([connections, sources.events()])) : (text: string) => text;
    const home = homedir();
    const lines: ReportLine[] = [];
    for (const { section, text } of all.slice(0, maxReportLines)) {
      const clean = screen.purged(text).replaceAll(home, '~').replaceAll('\n', ' ');
      lines.push({ section, text: mask(clean) });
      if (lines.length % linesAtOnce === 0) await new Promise((go) => setImmediate(go));
    }
    this.#last = { id: randomUUID(), lines };
    return { reportId: this.#last.id, lines };
  }

  /** The text of a report that was shown, without the lines that were struck out. Throws NOT_FOUND. */
  text(reportId: string, struck: readonly number[]): string {
    if (this.#last?.id !== reportId)
      throw new AppError('NOT_FOUND', 'A newer report has been made meanwhile. Make this one again.');
    const left = new Set(struck);
    return reportText(this.#last.lines.filter((_, index) => !left.has(index)));
  }
}

const linesOf = (section: ReportLine['section'], texts: readonly string[]): ReportLine[] =>
  texts.map((text) => ({ section, text }));

const versions = (): string[] => [
  `Hawser ${version}`,
  `Node ${process.versions.node}`,
  `V8 ${process.versions.v8}, OpenSSL ${process.versions.openssl}`,
  `${process.platform} ${release()} ${process.arch}`,
  `Made ${new Date().toISOString()}, ${Math.round(process.uptime())} s after the start`,
];

const fieldsOf = (value: object): string[] =>
  Object.entries(value).map(([key, field]: [string, unknown]) => `${key} = ${JSON.stringify(field)}`);

function eventLine({
  id: _id,
  at,
  lastAt,
  type,
  event,
  source,
  connectionId,
  payload,
  count,
}: DiagnosticEvent): string {
  const times = count === undefined ? '' : ` (${count} times, last ${timeOf(lastAt ?? at)})`;
  const of = connectionId === undefined ? '' : ` of ${connectionId}`;
  return `${timeOf(at)} ${type} ${event} by ${source}${of}${times} ${JSON.stringify(payload)}`;
}

const timeOf = (at: number): string => new Date(at).toISOString();

function withoutPrivate(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutPrivate);
  const fields = Object.entries(value).map(([key, field]: [string, unknown]) => {
    return [key, privateFields.has(key) && field !== '' ? '[left out]' : withoutPrivate(field)];
  });
  return Object.fromEntries(fields) as unknown;
}

/** A field may name several, `h1:5433,h2`. */
function hostsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]: [string, unknown]) =>
    typeof field === 'string' && hostFields.has(key)
      ? field.split(',').map((host) => host.trim().replace(/:\d+$/, ''))
      : hostsIn(field),
  );
}
