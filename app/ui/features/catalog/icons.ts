import type { Component } from 'svelte';
import Blocks from '@lucide/svelte/icons/blocks';
import Box from '@lucide/svelte/icons/box';
import Columns from '@lucide/svelte/icons/columns-2';
import Database from '@lucide/svelte/icons/database';
import Eye from '@lucide/svelte/icons/eye';
import Folder from '@lucide/svelte/icons/folder';
import Globe from '@lucide/svelte/icons/globe';
import Layers from '@lucide/svelte/icons/layers';
import ListOrdered from '@lucide/svelte/icons/list-ordered';
import ListTree from '@lucide/svelte/icons/list-tree';
import Lock from '@lucide/svelte/icons/lock';
import Puzzle from '@lucide/svelte/icons/puzzle';
import Ruler from '@lucide/svelte/icons/ruler';
import Search from '@lucide/svelte/icons/search';
import Shapes from '@lucide/svelte/icons/shapes';
import Split from '@lucide/svelte/icons/split';
import SquareFunction from '@lucide/svelte/icons/square-function';
import Table from '@lucide/svelte/icons/table-2';
import Zap from '@lucide/svelte/icons/zap';
import type { ObjectKind } from '#shared/catalog/objects.ts';
import type { SearchKind } from '#shared/catalog/search.ts';
import type { CatalogNode } from './catalogRow.ts';
import type { PartKind } from './kinds.ts';

type Icon = Component<{ size?: number }>;

const kindIcons: Record<ObjectKind, Icon> = {
  table: Table,
  view: Eye,
  materializedView: Layers,
  foreignTable: Globe,
  function: SquareFunction,
  type: Shapes,
  sequence: ListOrdered,
};

const partIcons: Record<PartKind, Icon> = {
  indexes: ListTree,
  constraints: Ruler,
  triggers: Zap,
  policies: Lock,
  partitions: Split,
};

const hitIcons: Record<SearchKind, Icon> = {
  ...kindIcons,
  schema: Box,
  column: Columns,
  index: ListTree,
  constraint: Ruler,
  trigger: Zap,
  policy: Lock,
};

/** The mark of a row; the word for it is spoken with its name. */
export function iconOf(node: CatalogNode): Icon | undefined {
  switch (node.type) {
    case 'database':
    case 'databases':
      return Database;
    case 'schema':
      return Box;
    case 'systemSchemas':
      return Folder;
    case 'extensions':
    case 'extension':
      return node.type === 'extensions' ? Blocks : Puzzle;
    case 'kind':
      return kindIcons[node.kind];
    case 'object':
      return kindIcons[node.object.kind];
    case 'found':
      return Search;
    case 'hit':
      return hitIcons[node.hit.kind];
    case 'column':
      return Columns;
    case 'parts':
    case 'part':
      return partIcons[node.part];
    default:
      return undefined;
  }
}
