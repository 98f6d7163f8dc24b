import * as z from 'zod';
import { empty, identifier, method } from '../contract/define.ts';
import { connectionDraftSchema, sshHopSchema, sshSchema } from './config.ts';
import { maxDefinitionBytes, maxDefinitions } from './definitionLimits.ts';
import { groupSchema } from './group.ts';

/** Where definitions can come from. `hawser` is a file that this program exported. */
export const definitionSources = [
  'hawser',
  'service',
  'environment',
  'pgpass',
  'dbeaver',
  'pgadmin',
  'dbgate',
  'tableplus',
] as const;
export type DefinitionSource = (typeof definitionSources)[number];

const sourceSchema = z.enum(definitionSources);
/** Names of groups from the top level down. */
const groupPath = z.array(groupSchema.shape.name).max(32);

/** What a source says of a connection, and no more: all else takes its default when it is imported. */
const draftSchema = connectionDraftSchema
  .omit({
    id: true,
    groupId: true,
    sortOrder: true,
    createdAt: true,
    updatedAt: true,
    lastConnectedAt: true,
    lastError: true,
  })
  .extend({
    ssh: sshSchema.extend({ hops: z.array(sshHopSchema.partial({ id: true })).default([]) }).optional(),
  });

/** How a group looks that is made for what comes into it; one that is there already stays as it is. */
const groupLookSchema = z.strictObject({
  path: groupPath,
  color: groupSchema.shape.color,
  expanded: z.boolean().optional(),
});

const foundSchema = z.strictObject({
  /** Tells the items of one preview apart. */
  key: identifier,
  group: groupPath,
  config: draftSchema,
  /** By path of the field: where its value stood, in words. */
  provenance: z.record(z.string(), z.string()),
  /** What did not come over, or will not work as it did there. */
  warnings: z.array(z.string()),
  /** A connection that is there already: same hosts, ports, database and user. */
  duplicateOf: identifier.optional(),
  /** A handle to the secrets that stood in the source; good for ten minutes, as `secrets.ref` of the import. */
  secretRef: z.string().optional(),
  /** It runs a program or statements of its own when it connects: whoever imports it should know them. */
  runs: z.array(z.string()).optional(),
});

export const previewSchema = z.strictObject({
  source: sourceSchema,
  path: z.string().optional(),
  items: z.array(foundSchema),
  groups: z.array(groupLookSchema),
  /** What is no connection to PostgreSQL, or cannot be used, and why. */
  leftOut: z.array(z.strictObject({ name: z.string(), why: z.string() })),
  warnings: z.array(z.string()),
});
/** A connection as a source describes it. */
export type DefinitionDraft = z.input<typeof draftSchema>;
export type DefinitionsPreview = z.input<typeof previewSchema>;
export type FoundDefinition = z.input<typeof foundSchema>;
export type GroupLook = z.input<typeof groupLookSchema>;

export const definitionMethods = {
  /** What lies at the usual places of this computer. Reads only; nothing is kept of it. */
  'definitions.scan': method(
    empty,
    z.strictObject({
      sources: z.array(
        z.strictObject({
          source: sourceSchema,
          /** Absent for the environment. */
          path: z.string().optional(),
          /** Connections to PostgreSQL. */
          count: z.int().nonnegative(),
          /** Why it cannot be read. */
          problem: z.string().optional(),
        }),
      ),
    }),
  ),
  /**
   * What an import would bring. With `path` the file is read by the sidecar, with `text` it was read by the window; the
   * environment needs neither. Without `source` it is told from the content. FILE_NOT_FOUND, IMPORT_UNREADABLE.
   */
  'definitions.preview': method(
    z.strictObject({
      source: sourceSchema.optional(),
      path: z.string().min(1).max(4_096).optional(),
      text: z.string().max(maxDefinitionBytes).optional(),
      /** The name of the file that `text` is from. */
      fileName: z.string().max(1_000).optional(),
    }),
    previewSchema,
  ),
  /**
   * Makes connections, and the groups that they stand in where there is none of that name yet. A name that is taken gets a
   * number; nothing that is there is changed. All of it or, where one is not valid (INVALID_CONFIG), nothing.
   */
  'definitions.import': method(
    z.strictObject({
      items: z
        .array(
          z.strictObject({
            config: z.unknown().optional(),
            group: groupPath.default([]),
            /** Kept as the source of its password wants it; only those that the user asked for. */
            secrets: z.unknown().optional(),
          }),
        )
        .max(maxDefinitions),
      groups: z.array(groupLookSchema).max(maxDefinitions).default([]),
    }),
    z.strictObject({ ids: z.array(identifier) }),
  ),
  /** Definitions as a file for `definitions.import`, all of them or those of `ids`; never a secret. */
  'definitions.export': method(
    z.strictObject({ ids: z.array(identifier).optional() }),
    z.strictObject({ text: z.string(), count: z.int().nonnegative() }),
  ),
};
