import * as z from 'zod';
import { identifier, method } from '../contract/define.ts';
import { sessionRecordSchema } from '../session/record.ts';
import { descriptionSchema } from './description.ts';
import {
  ageFacts,
  databaseSchema,
  extensionSchema,
  objectKindSchema,
  objectSchema,
  schemaSchema,
} from './objects.ts';

/** An answer has at most so many objects, and ends well before the limit of a frame: a schema of 20,000 tables comes whole. */
export const maxObjectsPerAnswer = 25_000;

const place = {
  connectionId: identifier,
  /** Without it: the one that the window has selected, else the definition's. */
  database: z.string().optional(),
};
const asked = {
  ...place,
  /** The user wants it read anew, also where it failed a moment ago. */
  refresh: z.boolean().optional(),
};

/**
 * What is in a database. Each answer comes from memory where that is fresh, is read from the server where not, and is the
 * last one kept on disk while there is no connection. Fails only for an unknown connection; else `error` says what went wrong.
 */
export const catalogMethods = {
  /** Those of the server, whatever database is named. */
  'catalog.databases': method(
    z.strictObject(asked),
    z.strictObject({ ...ageFacts, databases: z.array(databaseSchema) }),
  ),
  /** The schemas of a database, each with its age; as `catalog.databases` has it. */
  'catalog.schemas': method(
    z.strictObject(asked),
    z.strictObject({
      ...ageFacts,
      schemas: z.array(schemaSchema),
      extensions: z.array(extensionSchema),
      /** The schemas that names without one are looked up in, for this user, in order. */
      searchPath: z.array(z.string()),
    }),
  ),
  /** By name. May give fewer than asked for; `total` counts all. */
  'catalog.objects': method(
    z.strictObject({
      ...asked,
      schema: z.string(),
      kind: objectKindSchema,
      offset: z.int().nonnegative().default(0),
      limit: z.int().positive().max(maxObjectsPerAnswer).default(maxObjectsPerAnswer),
    }),
    z.strictObject({ ...ageFacts, objects: z.array(objectSchema), total: z.int() }),
  ),
  /** `object` is absent where nothing could be read, or it is no longer there (NOT_FOUND in `error`). */
  'catalog.describe': method(
    z.strictObject({ ...asked, oid: z.int().nonnegative(), kind: objectKindSchema }),
    z.strictObject({
      ...ageFacts,
      ...descriptionSchema.shape,
      object: descriptionSchema.shape.object.optional(),
    }),
  ),
  /** The statements that make a schema or an extension anew; those of objects come with `catalog.describe`. */
  'catalog.ddl': method(
    z.strictObject({ ...asked, kind: z.enum(['schema', 'extension']), name: z.string() }),
    z.strictObject({ ...ageFacts, ddl: z.string() }),
  ),
  /** Nothing of a database, or of one of its schemas, is fresh any more; `catalog.invalidated` follows. */
  'catalog.refresh': method(
    z.strictObject({ ...place, schema: z.string().optional() }),
    z.strictObject(ageFacts),
  ),
  /** The database that this window works in on a connection; DATABASE_NOT_FOUND where it does not exist, and nothing changed. */
  'database.select': method(
    z.strictObject({ connectionId: identifier, database: z.string().min(1) }),
    z.strictObject({ session: sessionRecordSchema }),
  ),
};

export const catalogNotifications = {
  /** What is shown of it is to be asked for again. Without a database: all of the connection. */
  'catalog.invalidated': z.strictObject({
    connectionId: identifier,
    database: z.string().optional(),
    schema: z.string().optional(),
  }),
};
