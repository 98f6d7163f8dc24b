import type { KnownObject } from '../../stores/catalog.ts';
import { bytesWords, countWords } from './amounts.ts';
import type { CatalogNode } from './catalogRow.ts';
import { kindWords, partKinds, partOf, partWords, type PartKind } from './kinds.ts';

export type DetailTab = 'columns' | PartKind | 'facts' | 'ddl';

/** What there is to be seen of an object; a part that it has not is left out, one that could not be read is not. */
export function detailTabs(description: KnownObject): { id: DetailTab; title: string }[] {
  const failed = new Set<string>(description.unreadable?.map(({ part }) => part));
  const lists = (['columns', ...partKinds, 'partitions'] as const).flatMap((id) => {
    const count = id === 'partitions' ? (description.partitionCount ?? 0) : description[id].length;
    const title = id === 'columns' ? 'Columns' : partWords[id];
    if (failed.has(id)) return [{ id, title }];
    return count === 0 ? [] : [{ id, title: `${title} ${count.toLocaleString()}` }];
  });
  return [
    ...lists,
    ...(description.facts.length > 0 ? [{ id: 'facts' as const, title: 'Facts' }] : []),
    { id: 'ddl' as const, title: 'DDL' },
  ];
}

/** What the row that was asked about is a part of. */
export function firstTab(node: CatalogNode): DetailTab | undefined {
  if (node.type === 'column' || (node.type === 'hit' && node.hit.kind === 'column')) return 'columns';
  if (node.type === 'hit') return partOf[node.hit.kind];
  return node.type === 'part' ? node.part : undefined;
}

/** One line about the whole. */
export function detailFacts({ object }: KnownObject): string[] {
  const { kind, variety, isPartitioned, owner, rows, bytes, returns, extension } = object;
  return [
    `${isPartitioned ? 'partitioned ' : ''}${variety ?? kindWords[kind].one}`,
    `owner ${owner}`,
    ...(returns === undefined ? [] : [`returns ${returns}`]),
    ...(rows === undefined ? [] : [`about ${countWords(rows, 'row')}`]),
    ...(bytes === undefined ? [] : [bytesWords(bytes)]),
    ...(extension === undefined ? [] : [`of the extension ${extension}`]),
  ];
}

interface DetailLine {
  readonly cells: readonly string[];
  readonly comment?: string | undefined;
}

export interface DetailLines {
  readonly head: readonly string[];
  readonly lines: readonly DetailLine[];
}

/** One part of an object as a table of words. */
export function detailLines(description: KnownObject, tab: DetailTab): DetailLines {
  if (tab === 'columns') return columnLines(description);
  if (tab === 'facts')
    return {
      head: ['Fact', 'Value'],
      lines: description.facts.map(({ name, value }) => ({ cells: [name, value] })),
    };
  if (tab === 'ddl') return { head: [], lines: [] };
  return {
    head: ['Name', 'Definition'],
    lines: description[tab].map((part) => ({
      cells: [[part.name, ...marksOf(part)].join(', '), part.definition],
      comment: part.comment,
    })),
  };
}

function columnLines({ columns }: KnownObject): DetailLines {
  return {
    head: ['Name', 'Type', '', 'Default'],
    lines: columns.map((column) => {
      const { references, identity, generated } = column;
      const marks = [
        column.isPrimaryKey ? 'primary key' : column.notNull ? 'not null' : '',
        references ? `→ ${references.schema}.${references.table}.${references.column}` : '',
      ];
      const made =
        generated === undefined
          ? identity && `identity, ${identityWords[identity]}`
          : `generated: ${generated}`;
      return {
        cells: [column.name, column.type, marks.filter(Boolean).join(', '), made ?? column.default ?? ''],
        comment: column.comment,
      };
    }),
  };
}

const identityWords = { always: 'always', byDefault: 'by default' };

/** What is out of the ordinary with an index, a constraint or a trigger. */
function marksOf(part: object): string[] {
  const {
    isValid = true,
    isEnabled = true,
    bytes,
  } = part as Partial<KnownObject['indexes'][number] & KnownObject['triggers'][number]>;
  return [
    ...(isValid ? [] : ['not valid']),
    ...(isEnabled ? [] : ['disabled']),
    ...(bytes === undefined ? [] : [bytesWords(bytes)]),
  ];
}
