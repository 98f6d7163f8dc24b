import type { MenuItem } from '../menu.ts';
import type { TreeRowFacts } from './treeKeys.ts';

/** A row that hangs under a connection's row; what is in it is known to whoever made it. */
export interface BranchRow extends TreeRowFacts {
  readonly kind: 'branch';
  readonly connectionId: string;
  readonly position: number;
  readonly setSize: number;
  /** As a screen reader hears it. */
  readonly spoken: string;
  /** What a drag of the row takes along; absent where there is nothing. */
  readonly dragged?: string | undefined;
  /** A single click opens or closes it, as it does with a group. */
  readonly opensOnClick: boolean;
  /** It says something, and offers its one action itself. */
  readonly isNote: boolean;
  /** There is more to be shown of it. */
  readonly hasDetails: boolean;
}

/** What hangs under the connections of a tree: the tree draws and walks it, and asks here for all else. */
export interface Branches {
  isOpen(connectionId: string): boolean;
  setOpen(connectionId: string, open: boolean): void;
  /** What stands under a connection that is open, from top to bottom; `level` is that of the first row. */
  rows(connectionId: string, parentKey: string, level: number): readonly BranchRow[];
  /** Asks for what the rows are made from; for an effect that depends on them. */
  ask(): void;
  /** Looks for a text beneath all connections; an empty one ends it. */
  search(text: string): void;
  /** What it found so far, under headings of its own. */
  found(): readonly BranchRow[];
  /** How many names it found, and whether more may come. */
  readonly foundCount: number;
  readonly searching: boolean;
  /** Rises each time that a row was chosen from elsewhere, and is to be seen. */
  readonly revealed: number;
  setExpanded(row: BranchRow, expanded: boolean): void;
  /** Enter and double click. */
  activate(row: BranchRow, showDetails: () => void): void;
  menu(row: BranchRow, showDetails: () => void): MenuItem[];
  /** A key that the tree itself does not know; true where it was one of the row's. */
  key(row: BranchRow, event: KeyboardEvent): boolean;
}
