import * as z from 'zod';
import { migrate, type Migrations } from './migrations.ts';

/** How the content of a store lies in its file: one JSON object, `version` beside its own fields. */
export interface StoreFormat<T extends object> {
  schema: z.ZodType<T>;
  /** Of what is written, from 1; older ones are migrated, newer ones never touched. */
  version: number;
  migrations?: Migrations;
  /** Every field may be absent: one that does not fit is left out, and does not cost the others. */
  forgiving?: true;
}

/** The schema of a file that has these fields and no others. */
export const fileOf = <S extends z.core.$ZodLooseShape>(fields: S) => z.strictObject(fields);

export type Decoded<T> =
  | { kind: 'good'; value: T; leftOut?: readonly string[] }
  | { kind: 'damaged'; why: string }
  | { kind: 'newer'; version: number };

export const encode = <T extends object>(value: T, { version }: StoreFormat<T>): string =>
  `${JSON.stringify({ version, ...value }, null, 2)}\n`;

/** What the bytes of a file hold. `why` names what is wrong by its place and never repeats content. */
export function decode<T extends object>(bytes: Uint8Array, format: StoreFormat<T>): Decoded<T> {
  if (bytes.length === 0) return { kind: 'damaged', why: 'The file is empty.' };
  const parsed = parseObject(bytes);
  if (!parsed) return { kind: 'damaged', why: 'The file is no whole JSON.' };
  const { version, ...data } = parsed;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return { kind: 'damaged', why: 'The file names no version.' };
  if (version > format.version) return { kind: 'newer', version };
  return check(data, version, format);
}

function check<T extends object>(
  data: Record<string, unknown>,
  from: number,
  { schema, version: to, migrations = {}, forgiving }: StoreFormat<T>,
): Decoded<T> {
  try {
    const content = migrate(data, { from, to, migrations });
    const result = schema.safeParse(content);
    if (result.success) return { kind: 'good', value: result.data };
    const wrong = result.error.issues.map(({ path }) => path.join('.') || 'the top');
    const leftOut = [...new Set(result.error.issues.map(({ path: [field] }) => String(field)))];
    const rest = Object.entries(content).filter(([field]) => !leftOut.includes(field));
    const others = forgiving && schema.safeParse(Object.fromEntries(rest));
    if (others?.success) return { kind: 'good', value: others.data, leftOut };
    return { kind: 'damaged', why: `Not as it should be: ${[...new Set(wrong)].slice(0, 10).join(', ')}.` };
  } catch {
    // A step met something it was not written for: the content is not what its version says.
    return { kind: 'damaged', why: `The content does not fit version ${from}.` };
  }
}

/** `fatal`: bytes that are no UTF-8 are damage, where they would else become other characters unnoticed. */
function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
