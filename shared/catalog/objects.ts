import * as z from 'zod';
import { timestamp } from '../contract/define.ts';
import { envelopeSchema } from '../error/envelope.ts';

/** What a schema holds that has a name of its own there. */
export const objectKinds = [
  'table',
  'view',
  'materializedView',
  'foreignTable',
  'function',
  'type',
  'sequence',
] as const;
export const objectKindSchema = z.enum(objectKinds);
export type ObjectKind = z.infer<typeof objectKindSchema>;

/**
 * How old an answer about the catalog is. Where reading failed, `error` says why, and the copy of before comes with `stale`;
 * without such a copy the lists are empty and `fetchedAt` is null: that is not "none".
 */
export const ageFacts = {
  fetchedAt: timestamp.nullable(),
  stale: z.boolean(),
  error: envelopeSchema.optional(),
};

export const databaseSchema = z.strictObject({
  oid: z.int(),
  name: z.string(),
  owner: z.string(),
  encoding: z.string(),
  comment: z.string().optional(),
  /** Absent where this user may not know it, or where counting took too long. */
  bytes: z.int().optional(),
  isTemplate: z.boolean(),
  /** False also where this user may not connect to it. */
  allowConnections: z.boolean(),
});
export type CatalogDatabase = z.infer<typeof databaseSchema>;

/** Null: could not be read. */
const count = z.int().nullable();

export const schemaSchema = z.strictObject({
  oid: z.int(),
  name: z.string(),
  owner: z.string(),
  comment: z.string().optional(),
  /** PostgreSQL's own, TOAST's, or one for temporary tables. */
  isSystem: z.boolean(),
  /** For temporary tables of one session; `own` cannot be said, for each statement may have another session. */
  isTemporary: z.boolean().optional(),
  /** May this user look up what is in it? Its names can be listed all the same. */
  usable: z.boolean(),
  counts: z.strictObject({
    tables: count,
    views: count,
    materializedViews: count,
    foreignTables: count,
    functions: count,
    types: count,
    sequences: count,
  }),
});
export type CatalogSchema = z.infer<typeof schemaSchema>;

export const extensionSchema = z.strictObject({
  oid: z.int(),
  name: z.string(),
  version: z.string(),
  schema: z.string(),
  comment: z.string().optional(),
});
export type CatalogExtension = z.infer<typeof extensionSchema>;

export const objectSchema = z.strictObject({
  oid: z.int(),
  name: z.string(),
  kind: objectKindSchema,
  /** Of functions: function, procedure, aggregate, window. Of types: enum, composite, domain, range, multirange, base. */
  variety: z.string().optional(),
  /** Of functions: what tells those of one name apart, for example `integer, text`. */
  signature: z.string().optional(),
  /** Of functions: what they give back. Of domains: what they rest on. */
  returns: z.string().optional(),
  /** At most 500 characters in a list. */
  comment: z.string().optional(),
  /** An estimate of the server's; absent where it has none. */
  rows: z.int().optional(),
  /** With indexes and TOAST; in a list as of the last VACUUM or ANALYZE, exact where one object is described. */
  bytes: z.int().optional(),
  /** The oid of the table that it is a partition of, which may stand in another schema. */
  partitionOf: z.int().optional(),
  isPartitioned: z.boolean().optional(),
  /** Of sequences: the column that it belongs to, for example `orders.id`. */
  ownedBy: z.string().optional(),
  /** The extension that it came with. */
  extension: z.string().optional(),
});
export type CatalogObject = z.infer<typeof objectSchema>;
