import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import type { Comments } from './comments.ts';

export interface JsonSchema {
  [key: string]: unknown;
  $ref?: string;
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

/** The schemas of the contract that have a name, and JSON Schemas that refer to them. */
export class NamedSchemas {
  readonly #registry = z.registry<{ id: string }>();
  readonly #comments: Comments;
  /** What `#/components/schemas` holds, as far as it was referred to. */
  readonly components: Record<string, JsonSchema> = {};

  private constructor(comments: Comments) {
    this.#comments = comments;
  }

  /** Every exported `somethingSchema` is called `Something`. */
  static async of(files: readonly string[], comments: Comments): Promise<NamedSchemas> {
    const named = new NamedSchemas(comments);
    for (const file of files) {
      const exported = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
      for (const [name, value] of Object.entries(exported))
        if (value instanceof z.ZodType && name.endsWith('Schema')) named.#add(name, value);
    }
    return named;
  }

  #add(name: string, schema: z.ZodType): void {
    const bare = name.replace(/Schema$/, '');
    if (!this.#registry.has(schema))
      this.#registry.add(schema, { id: bare.charAt(0).toUpperCase() + bare.slice(1) });
  }

  /** `input`: what may be sent, where a field with a default can be left out; `output`: what comes, where it is there. */
  describe(schema: z.ZodType, io: 'input' | 'output', owner = ''): JsonSchema {
    const suffix = io === 'input' ? 'Input' : '';
    const { definitions = {}, ...own } = this.#convert(schema, io);
    for (const [id, each] of Object.entries(definitions as Record<string, JsonSchema>)) {
      const name = `${id.charAt(0).toLowerCase()}${id.slice(1)}Schema`;
      const described = this.#withWords(each, name, this.#comments.get(name));
      this.components[`${id}${suffix}`] ??= renamed(described, suffix);
    }
    return renamed(this.#withWords(own, owner), suffix);
  }

  #convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const metadata = this.#registry;
    const converted = z.toJSONSchema(schema, { io, metadata, target: 'draft-7', unrepresentable: 'any' });
    const { $schema: _schema, ...rest } = converted;
    return rest as JsonSchema;
  }

  #withWords(schema: JsonSchema, owner: string, words?: string): JsonSchema {
    const { id: _id, ...bare } = schema;
    const properties = Object.entries(schema.properties ?? {}).map(([field, value]) => {
      const description = this.#comments.get(`${owner} ${field}`);
      return [field, description === undefined ? value : { ...value, description }] as const;
    });
    return {
      ...bare,
      ...(words !== undefined && { description: words }),
      ...(schema.properties && { properties: Object.fromEntries(properties) }),
    };
  }
}

/** References as an OpenRPC document has them. */
function renamed(schema: JsonSchema, suffix: string): JsonSchema {
  const text = JSON.stringify(schema).replace(
    /"#\/(?:\$defs|definitions)\/([^"]+)"/g,
    (_, id: string) => `"#/components/schemas/${id}${suffix}"`,
  );
  return JSON.parse(text) as JsonSchema;
}
