import type { CatalogColumn, Description } from '#shared/catalog/description.ts';
import type {
  CatalogDatabase,
  CatalogExtension,
  CatalogObject,
  CatalogSchema,
  ObjectKind,
} from '#shared/catalog/objects.ts';
import type { SearchHit } from '#shared/catalog/search.ts';
import { quoted } from '#shared/sql/identifiers.ts';
import type { BranchRow } from '../../components/tree/branches.ts';
import { plainText } from '../../lib/visibleText.ts';
import type { CatalogPlace } from '../../stores/catalog.ts';
import type { CatalogLevel } from '../../stores/catalogLevel.ts';
import { canBeRead, type PartKind } from './kinds.ts';

/** An object, and where it stands. */
export interface ObjectPlace {
  readonly place: CatalogPlace;
  readonly schema: string;
  readonly object: CatalogObject;
}

export type Part = Description['indexes' | 'constraints' | 'triggers' | 'policies'][number];

/** Where something that a search found stands; `object` is what it is, or is a part of. */
interface Found {
  readonly place: CatalogPlace;
  readonly schema: string;
  readonly object?: CatalogObject | undefined;
}

/** Why there is nothing, or less than there could be, and what can be done about it. */
export interface Note {
  readonly about: 'reading' | 'none' | 'unread' | 'offline' | 'old' | 'more';
  readonly words: string;
}

/** What a row stands for. */
export type CatalogNode =
  | { readonly type: 'database'; readonly place: CatalogPlace; readonly facts: CatalogDatabase }
  | { readonly type: 'databases' }
  | { readonly type: 'schema'; readonly place: CatalogPlace; readonly facts: CatalogSchema }
  | { readonly type: 'systemSchemas' }
  | { readonly type: 'extensions'; readonly place: CatalogPlace }
  | { readonly type: 'extension'; readonly place: CatalogPlace; readonly facts: CatalogExtension }
  | {
      readonly type: 'kind';
      readonly place: CatalogPlace;
      readonly schema: string;
      readonly kind: ObjectKind;
    }
  | ({ readonly type: 'object' } & ObjectPlace)
  | ({ readonly type: 'column'; readonly column: CatalogColumn } & ObjectPlace)
  | ({ readonly type: 'parts'; readonly part: PartKind } & ObjectPlace)
  | ({ readonly type: 'part'; readonly part: PartKind; readonly facts: Part } & ObjectPlace)
  | { readonly type: 'note'; readonly note: Note }
  | { readonly type: 'found'; readonly place: CatalogPlace }
  | ({ readonly type: 'hit'; readonly hit: SearchHit } & Found);

export interface RowFacts {
  readonly key: string;
  readonly parentKey: string;
  readonly connectionId: string;
  readonly name: string;
  readonly node: CatalogNode;
  /** Quiet words at the end of the row, such as a count or a size. */
  readonly detail?: string | undefined;
  /** Quiet words behind the name, such as a type or a comment. */
  readonly aside?: string | undefined;
  /** What the tip says beside the name. */
  readonly tip?: readonly (string | undefined)[];
  readonly expanded?: boolean | undefined;
  /** Where what is under it comes from. */
  readonly level?: CatalogLevel | undefined;
  /** Which characters of the name a search found. */
  readonly matches?: readonly { from: number; to: number }[];
  /** It cannot be looked into. */
  readonly shut?: boolean;
}

/** One row of the catalog in the sidebar; made anew whenever something changes, so what is seldom asked is worked out then. */
export class CatalogRow implements BranchRow {
  readonly kind = 'branch';
  readonly facts: RowFacts;
  readonly level: number;
  readonly position: number;
  readonly setSize: number;

  constructor(facts: RowFacts, place: { level: number; position: number; setSize: number }) {
    this.facts = facts;
    this.level = place.level;
    this.position = place.position;
    this.setSize = place.setSize;
  }

  get key(): string {
    return this.facts.key;
  }
  get parentKey(): string {
    return this.facts.parentKey;
  }
  get connectionId(): string {
    return this.facts.connectionId;
  }
  get name(): string {
    return this.facts.name;
  }
  get expanded(): boolean | undefined {
    return this.facts.expanded;
  }
  get node(): CatalogNode {
    return this.facts.node;
  }

  get spoken(): string {
    const { name, node, aside, detail } = this.facts;
    const kind = spokenKinds[node.type];
    return [name, kind, aside, detail]
      .filter(Boolean)
      .map((each) => plainText(each ?? ''))
      .join(', ');
  }

  get tip(): string {
    const { name, tip = [] } = this.facts;
    return [name, ...tip]
      .filter(Boolean)
      .map((each) => plainText(each ?? ''))
      .join('\n');
  }

  /** The name as it is written in SQL; undefined of what has none. */
  get sqlName(): string | undefined {
    const { node, name } = this.facts;
    const { object } = this;
    if (object && (node.type === 'object' || (node.type === 'hit' && node.hit.parent === undefined)))
      return `${quoted(object.schema)}.${quoted(object.object.name)}`;
    if (node.type === 'hit') return quoted(node.hit.name);
    if (node.type === 'column' || node.type === 'schema' || node.type === 'part') return quoted(name);
    return node.type === 'extension' || node.type === 'database' ? quoted(name) : undefined;
  }

  get dragged(): string | undefined {
    return this.sqlName;
  }

  get opensOnClick(): boolean {
    const { type } = this.facts.node;
    return this.expanded !== undefined && type !== 'object' && type !== 'found';
  }

  get isNote(): boolean {
    return this.facts.node.type === 'note';
  }

  get hasDetails(): boolean {
    return this.object !== undefined && this.facts.node.type !== 'parts';
  }

  /** What it is, or is a part of. */
  get object(): ObjectPlace | undefined {
    const { node } = this.facts;
    if (!('object' in node) || !node.object) return undefined;
    return { place: node.place, schema: node.schema, object: node.object };
  }

  /** The object whose rows it can show. */
  get readable(): ObjectPlace | undefined {
    const { node, object } = this;
    const isWhole = node.type === 'object' || (node.type === 'hit' && node.hit.parent === undefined);
    return object && isWhole && canBeRead(object.object.kind) ? object : undefined;
  }
}

const spokenKinds: Partial<Record<CatalogNode['type'], string>> = {
  database: 'database',
  schema: 'schema',
  extension: 'extension',
  column: 'column',
};
