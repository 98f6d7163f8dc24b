import type { ConnectionDraft } from '#shared/connection/config.ts';
import type { MethodResult } from '#shared/contract/derive.ts';
import { fieldAt, fieldPaths } from './fieldPaths.ts';
import { suggestedName } from './formModel.ts';
import type { Filling } from './formState.svelte.ts';
import type { FieldName, FormValues } from './formValues.ts';

type Parsed = MethodResult<'connection.parse'>;

const keywords = 'host|hostaddr|port|dbname|user|password|passfile|service|sslmode|application_name|options';
const kinds = [
  // Also with the name of a variable and the quotes that it has in a file of settings.
  /^(export\s+|set\s+)?(\w+\s*[=:]\s*)?["'`]?(jdbc:postgres(ql)?:|postgres(ql)?(\+\w+)?:\/\/)\S/i,
  /^(\$\s+)?(PG[A-Z_]+=\S*\s+)*(\S*[/\\])?psql(\.exe)?\s+\S/,
  /^(export\s+)?PG[A-Z_]+=\S/,
  new RegExp(`^(${keywords})\\s*=\\s*\\S`),
];

/**
 * Whether a text says where a database is, and not only how a single field is filled. A host is never an address with a
 * scheme, whatever it is the address of.
 */
export function saysWhere(text: string, field: 'host' | 'other'): boolean {
  const trimmed = text.trim();
  return (
    kinds.some((kind) => kind.test(trimmed)) || (field === 'host' && /^[a-z][\w+.:-]*:\/\//i.test(trimmed))
  );
}

/** What a text fills in: each field that it names, and nothing that would lead elsewhere than it says. */
export function fillingOf({ config, provenance, secretRef }: Parsed, present: FormValues): Filling {
  const entries = Object.keys(provenance).flatMap((path): [FieldName, string][] => {
    const name = fieldAt(path);
    const value = valueAt(config, path);
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  const named = Object.fromEntries(entries) as Partial<FormValues>;
  const suggested = present.name.trim() === '' ? suggestedName(config) : '';
  const secret = (path: string) => secretRef !== undefined && path in provenance;
  const [password, keyPassphrase] = [secret(fieldPaths.password), secret(fieldPaths.keyPassphrase)];
  return {
    values: {
      hostaddr: '',
      tlsMode: '',
      ...named,
      ...(suggested !== '' && { name: suggested }),
      ...(password && { password: '' }),
      ...(keyPassphrase && { keyPassphrase: '' }),
    },
    provenance: new Map([
      ...Object.entries(provenance).map(([path, source]): [string, string] => [path, `from ${source}`]),
      ...(suggested === '' ? [] : [[fieldPaths.name, 'suggested'] as const]),
    ]),
    ...(secretRef !== undefined && { pasted: { ref: secretRef, password, keyPassphrase } }),
  };
}

function valueAt(config: ConnectionDraft, path: string): string | undefined {
  const value = path
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], config);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

const labels: Record<string, string> = {
  host: 'host',
  port: 'port',
  database: 'database',
  username: 'user',
  'secrets.password': 'password',
  'tls.mode': 'TLS mode',
  'tls.caFile': 'CA certificate',
  'tls.certFile': 'client certificate',
  'tls.keyFile': 'client key',
  targetSessionAttrs: 'server wanted',
  'options.applicationName': 'application name',
  'options.connectTimeoutSec': 'connect timeout',
};

/** What was read of a text, in words; what it left to a default is not counted. */
export function readWords(provenance: Readonly<Record<string, string>>): string {
  const paths = Object.keys(provenance).filter((path) => provenance[path] !== 'the default');
  const known = paths.flatMap((path) => labels[path] ?? []);
  const more = paths.length - known.length;
  return [...known, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
