import type * as z from 'zod';
import { methods } from '#shared/contract/methods.ts';
import { notifications } from '#shared/contract/notifications.ts';
import { errorCodes, type ErrorCode, type Retry } from '#shared/error/codes.ts';
import { envelopeSchema } from '#shared/error/envelope.ts';
import { errorTitles } from '#shared/error/titles.ts';
import { settingsSchema } from '#shared/settings/settings.ts';
import { defaultSettings, listedNames, sections, settingRow } from '#shared/settings/table.ts';
import { version } from '#shared/version.ts';
import { contractFiles, readComments } from './comments.ts';
import { NamedSchemas, type JsonSchema } from './schemas.ts';

export interface Described {
  readonly name: string;
  readonly description: string;
  readonly params: readonly { name: string; required: boolean; description?: string; schema: JsonSchema }[];
}

export interface OpenRpc {
  readonly openrpc: string;
  readonly info: { title: string; version: string; description: string; license: { name: string } };
  readonly methods: readonly (Described & {
    readonly paramStructure: 'by-name';
    readonly result: { name: string; schema: JsonSchema };
  })[];
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
  readonly 'x-notifications': readonly Described[];
  readonly 'x-errors': readonly { code: string; title: string; retry: string; whatToDo: string }[];
  readonly 'x-error-data': JsonSchema;
  readonly 'x-settings': readonly {
    name: string;
    section: string;
    title: string;
    description: string;
    default: unknown;
    schema: JsonSchema;
  }[];
}

/** The envelope of an error says more: a hint, and buttons, of the very case. */
const whatToDo: Readonly<Record<Retry, string>> = {
  auto: 'Nothing: the connection, never a statement, is tried again by itself.',
  once: 'Nothing: it is tried once more on a fresh connection where nothing was sent.',
  user: 'Mend what the hint of the error names, then try again.',
  never: 'Do not try the same again; the hint of the error says what can be done instead.',
};

const info = {
  title: 'Hawser',
  version,
  description:
    'JSON-RPC 2.0 over stdin and stdout with Content-Length headers. Before `session.attach` only `host.ping` is answered; the host answers what begins with `native.`, the sidecar all else. Every error carries an envelope as its data. OpenRPC knows no notifications: they are in `x-notifications`, each also with `revision`.',
  license: { name: 'MIT' },
};

/** The contract as an OpenRPC document, made of the schemas by which both ends are checked and of their comments. */
export async function describeContract(root: string): Promise<OpenRpc> {
  const files = contractFiles(root);
  const comments = readComments(files);
  const named = await NamedSchemas.of(files, comments);
  const describe = (name: string, schema: z.ZodType, io: 'input' | 'output'): Described => ({
    name,
    description: comments.get(name) ?? '',
    params: paramsOf(named.describe(schema, io, `${name} params`)),
  });
  return {
    openrpc: '1.3.2',
    info,
    methods: Object.entries(methods).map(([name, { params, result }]) => ({
      ...describe(name, params, 'input'),
      paramStructure: 'by-name' as const,
      result: { name: 'result', schema: named.describe(result, 'output', `${name} result`) },
    })),
    'x-notifications': Object.entries(notifications).map(([name, schema]) =>
      describe(name, schema, 'output'),
    ),
    'x-errors': (Object.keys(errorCodes) as ErrorCode[]).map((code) => ({
      code,
      title: errorTitles[code],
      retry: errorCodes[code],
      whatToDo: whatToDo[errorCodes[code]],
    })),
    'x-error-data': named.describe(envelopeSchema, 'output', 'envelopeSchema'),
    'x-settings': listedNames.map((name) => {
      const { section, title, description } = settingRow(name);
      return {
        name,
        section: sections[section],
        title,
        description,
        default: defaultSettings[name] ?? null,
        schema: named.describe(settingsSchema.shape[name].unwrap(), 'output'),
      };
    }),
    components: { schemas: named.components },
  };
}

function paramsOf({ properties = {}, required = [] }: JsonSchema): Described['params'] {
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema,
  }));
}
