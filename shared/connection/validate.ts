import type { z } from 'zod';
import type { FieldIssue } from '../error/envelope.ts';
import { connectionConfigSchema, secretsSchema, type ConnectionConfig, type Secrets } from './config.ts';
import { crossFieldIssues, secondSources } from './crossFields.ts';
import { plainWords } from './plainWords.ts';

export type Validated<T> = { ok: true; value: T } | { ok: false; issues: FieldIssue[] };

export interface ValidateOptions {
  /** A draft under test needs no name. */
  nameRequired: boolean;
  newId: () => string;
  now: number;
}

/**
 * Checks a config as a user typed it and fills in the defaults. Names every wrong field at once; files are checked by
 * the sidecar, which alone can see them.
 */
export function validateConfig(input: unknown, options: ValidateOptions): Validated<ConnectionConfig> {
  if (!isRecord(input)) return { ok: false, issues: [{ path: '', message: 'A connection is an object' }] };
  const parsed = connectionConfigSchema.safeParse(withDefaults(input, options), { error: plainWords });
  const issues = [...crossFieldIssues(input), ...(parsed.success ? [] : issuesOf(parsed.error))];
  return parsed.success && issues.length === 0
    ? { ok: true, value: parsed.data }
    : { ok: false, issues: unique(issues) };
}

/** Checks the secrets beside a config; a password beside a source that brings its own is two sources. */
export function validateSecrets(input: unknown, config?: unknown): Validated<Secrets> {
  const parsed = secretsSchema.safeParse(input ?? {}, { error: plainWords });
  if (!parsed.success) {
    const issues = issuesOf(parsed.error).map((issue) => ({
      ...issue,
      path: joinPath('secrets', issue.path),
    }));
    return { ok: false, issues };
  }
  const issues = secondSources(parsed.data, config);
  return issues.length > 0 ? { ok: false, issues } : { ok: true, value: parsed.data };
}

/** libpq asks for TLS where it is offered on this machine; over a network Hawser verifies unless told otherwise. */
export const defaultTlsMode = (host: string): 'prefer' | 'verify-full' =>
  isLocalHost(host) ? 'prefer' : 'verify-full';

export const isLocalHost = (host: string): boolean =>
  host
    .split(',')
    .every((part) => /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)(:\d+)?$|^[/@]/i.test(part.trim()));

function withDefaults(input: Record<string, unknown>, { nameRequired, newId, now }: ValidateOptions) {
  const host = typeof input.host === 'string' ? input.host : 'localhost';
  const tls = isRecord(input.tls) ? { mode: defaultTlsMode(host), ...input.tls } : input.tls;
  return {
    id: newId(),
    createdAt: now,
    updatedAt: now,
    ...input,
    ...(nameRequired || input.name ? {} : { name: 'Untitled' }),
    tls: tls ?? { mode: defaultTlsMode(host) },
    ...(isRecord(input.ssh) ? { ssh: withHopIds(input.ssh, newId) } : {}),
  };
}

function withHopIds(ssh: Record<string, unknown>, newId: () => string): Record<string, unknown> {
  if (!Array.isArray(ssh.hops)) return ssh;
  const hops: unknown[] = ssh.hops;
  return { ...ssh, hops: hops.map((hop) => (isRecord(hop) ? { id: newId(), ...hop } : hop)) };
}

function issuesOf(error: z.ZodError): FieldIssue[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.join('.');
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: joinPath(path, key), message: 'There is no such field' }));
    return [{ path, message: issue.message }];
  });
}

/** One issue a field: the first that was found is the one that says most. */
const unique = (issues: FieldIssue[]): FieldIssue[] =>
  issues.filter(({ path }, index) => issues.findIndex((issue) => issue.path === path) === index);
const joinPath = (parent: string, key: string): string => [parent, key].filter(Boolean).join('.');
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
