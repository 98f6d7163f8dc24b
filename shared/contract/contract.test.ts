import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { connectionConfigSchema } from '../connection/config.ts';
import { statusReportSchema } from '../connection/status.ts';
import { envelopeSchema } from '../error/envelope.ts';
import { snapshotSchema } from '../session/snapshot.ts';
import { methods } from './methods.ts';
import { notifications } from './notifications.ts';

interface Place {
  path: string;
  key: string;
  schema: z.core.$ZodType;
}

/** Every named field of a schema, however deep, with the way to it. */
function fieldsOf(root: z.core.$ZodType, rootPath: string): Place[] {
  const found: Place[] = [];
  const visit = (schema: z.core.$ZodType, path: string): void => {
    const { def } = (schema as z.core.$ZodTypes)._zod;
    if (def.type === 'object')
      for (const [key, field] of Object.entries(def.shape)) {
        found.push({ path: `${path}.${key}`, key, schema: field });
        visit(field, `${path}.${key}`);
      }
    else if (def.type === 'array') visit(def.element, `${path}[]`);
    else if (def.type === 'record') visit(def.valueType, `${path}{}`);
    else if (def.type === 'union') def.options.forEach((option) => visit(option, path));
    else if ('innerType' in def) visit(def.innerType, path);
  };
  visit(root, rootPath);
  return found;
}

function objectsOf(root: z.core.$ZodType): z.core.$ZodObject[] {
  const fields = [root, ...fieldsOf(root, '').map(({ schema }) => schema)];
  return fields.filter((schema) => schema instanceof z.core.$ZodObject);
}

const codesOf = (issues: z.core.$ZodIssue[]): string[] =>
  issues.flatMap((issue) => [
    issue.code,
    ...(issue.code === 'invalid_union' ? issue.errors.flatMap(codesOf) : []),
  ]);

const params = Object.entries(methods).map(([name, { params }]) => [name, params] as const);
const results = Object.entries(methods).map(([name, { result }]) => [name, result] as const);
const told = Object.entries(notifications);

describe('the contract', () => {
  it.each([...params, ...told])('%s refuses an unknown key beside the known ones', (_, schema) => {
    const parsed = (schema as z.ZodType).safeParse({ neverHeardOf: 1 });
    expect(codesOf(parsed.error?.issues ?? [])).toContain('unrecognized_keys');
  });

  it.each([...params, ...results, ...told])('%s is strict at every depth', (_, schema) => {
    for (const object of objectsOf(schema))
      expect((object._zod.def.catchall as z.core.$ZodTypes | undefined)?._zod.def.type).toBe('never');
  });

  it.each([...params, ...told])('%s takes one object, by name', (_, schema) => {
    for (const input of [undefined, null, [], 'text', 7])
      expect((schema as z.ZodType).safeParse(input).success).toBe(false);
  });

  it('names methods and notifications by their folder, and none twice', () => {
    const names = [...Object.keys(methods), ...Object.keys(notifications)];
    expect(names.filter((name) => !/^[a-z]+\.[a-z][A-Za-z]*$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('leaves `revision` to the session in every notification', () => {
    for (const [, schema] of told) expect(Object.keys(schema.shape)).not.toContain('revision');
  });
});

describe('secrets in the contract', () => {
  const secretKey = /passw|passphrase|secret|token|privateKey|credentialValue/i;
  const outward = [
    ...results.map(([name, schema]) => ({ name, schema })),
    ...told.map(([name, schema]) => ({ name, schema })),
    { name: 'config', schema: connectionConfigSchema },
    { name: 'status', schema: statusReportSchema },
    { name: 'error', schema: envelopeSchema },
    { name: 'snapshot', schema: snapshotSchema },
  ].flatMap(({ name, schema }) => fieldsOf(schema, name));

  it('have no field to travel outward in, apart from the token of the window and a handle', () => {
    const found = outward.filter(({ key }) => secretKey.test(key)).map(({ path }) => path);
    expect(found).toEqual([
      'session.attach.token',
      'connection.parse.secretRef',
      'definitions.preview.items[].secretRef',
    ]);
  });

  it('are looked for in schemas that are really walked', () => {
    const paths = outward.map(({ path }) => path);
    expect(paths).toContain('config.credential.source');
    expect(paths).toContain('config.ssh.hops[].credential.command');
    expect(paths).toContain('snapshot.connections[].config.lastError.detail');
    expect(paths).toContain('session.attach.snapshot.runs[].results[].columns[].name');
  });

  it('could hide outward only in the open facts of errors, stages, prompts and events', () => {
    const open = outward.filter(({ schema }) => holdsAnything(schema)).map(({ key }) => key);
    expect(new Set(open)).toEqual(new Set(['detail', 'facts', 'payload']));
  });

  it('travel inward only in `secrets`, in an answer to a prompt, and as the token of a window', () => {
    const found = params
      .flatMap(([name, schema]) => fieldsOf(schema, name))
      .filter(({ key }) => secretKey.test(key))
      .map(({ path }) => path);
    expect(found.sort()).toEqual(
      [
        'connection.connect.secrets',
        'connection.save.secrets',
        'connection.switch.secrets',
        'connection.test.secrets',
        'definitions.import.items[].secrets',
        'credential.provide.secret',
        'session.attach.token',
      ].sort(),
    );
  });
});

/** A value that the schema says nothing about. */
function holdsAnything(schema: z.core.$ZodType): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'unknown' || def.type === 'any') return true;
  if (def.type === 'record') return holdsAnything(def.valueType);
  if (def.type === 'union') return def.options.some(holdsAnything);
  return 'innerType' in def && holdsAnything(def.innerType);
}
