import { describe, expect, it } from 'vitest';
import { connectionConfigSchema } from '#shared/connection/config.ts';
import type { Group } from '#shared/connection/group.ts';
import type { ConnectionRow, ConnectionStatus } from '#shared/connection/status.ts';
import { buildTree, firstMatch, groupChoices, type TreeNode } from './treeModel.ts';

const group = (id: string, more: Partial<Group> = {}): Group => ({
  id,
  name: id,
  sortOrder: 0,
  expanded: true,
  ...more,
});

let count = 0;
const row = (
  name: string,
  groupId?: string,
  more: { host?: string; database?: string; status?: ConnectionStatus } = {},
): ConnectionRow => {
  count += 1;
  const { status = 'disconnected', ...config } = more;
  return {
    config: connectionConfigSchema.parse({
      id: `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
      name,
      groupId,
      tls: { mode: 'prefer' },
      createdAt: 0,
      updatedAt: 0,
      ...config,
    }),
    status,
  };
};

const shape = (nodes: TreeNode[]) => nodes.map((node) => `${'  '.repeat(node.level - 1)}${node.name}`);

describe('the tree of the sidebar', () => {
  const groups = [group('live'), group('eu', { parentId: 'live' }), group('old', { expanded: false })];
  const rows = [
    row('billing', 'live', { host: 'db.bank.internal' }),
    row('auth', 'eu', { database: 'identity' }),
    row('attic', 'old', { status: 'error' }),
    row('scratch'),
  ];

  it('stands groups before connections, and hides what is in closed groups', () => {
    expect(shape(buildTree(groups, rows))).toEqual([
      'live',
      '  eu',
      '    auth',
      '  billing',
      'old',
      'scratch',
    ]);
  });

  it('counts the connections in a group and in its groups', () => {
    const counts = buildTree(groups, rows).flatMap((node) => (node.kind === 'group' ? [node.count] : []));
    expect(counts).toEqual([2, 1, 1]);
  });

  it('numbers siblings from 1, groups and connections together', () => {
    const places = buildTree(groups, rows).map((node) => `${node.position}/${node.setSize}`);
    expect(places).toEqual(['1/3', '1/2', '1/1', '2/2', '2/3', '3/3']);
  });

  it('lets a closed group show that something in it is wrong', () => {
    const old = buildTree(groups, rows).find((node) => node.id === 'old');
    expect(old).toMatchObject({ trouble: 'error' });
  });

  it('finds by name, host and database, opening what is closed', () => {
    expect(shape(buildTree(groups, rows, 'AT'))).toEqual(['old', '  attic', 'scratch']);
    expect(shape(buildTree(groups, rows, 'bank'))).toEqual(['live', '  billing']);
    expect(shape(buildTree(groups, rows, 'identity'))).toEqual(['live', '  eu', '    auth']);
  });

  it('knows what was found itself, not only for what is in it', () => {
    expect(firstMatch(buildTree(groups, rows, 'bank'))?.name).toBe('billing');
    expect(firstMatch(buildTree(groups, rows, 'live'))?.name).toBe('live');
    expect(firstMatch(buildTree(groups, rows))).toBeUndefined();
  });

  it('marks where in a name the search was found, and by what else', () => {
    const [, , scratch] = buildTree(groups, rows, 'at');
    expect(scratch?.match).toEqual({ from: 3, to: 5 });
    const [, billing] = buildTree(groups, rows, 'bank');
    expect(billing).toMatchObject({ match: undefined, found: 'db.bank.internal' });
  });

  it('shows all of a group whose own name was found', () => {
    expect(shape(buildTree(groups, rows, 'live'))).toEqual(['live', '  eu', '    auth', '  billing']);
  });

  it('keeps connections of groups that are gone, at the top level', () => {
    expect(shape(buildTree([], [row('stray', 'gone')]))).toEqual(['stray']);
  });

  it('survives groups that contain each other', () => {
    const loop = [group('a', { parentId: 'b' }), group('b', { parentId: 'a' })];
    expect(buildTree(loop, [])).toEqual([]);
  });
});

describe('the choice of groups', () => {
  it('is indented, and leaves out a group with all that is in it', () => {
    const groups = [group('a', { expanded: false }), group('b', { parentId: 'a' }), group('c')];
    expect(groupChoices(groups).map(({ group: { name }, level }) => [name, level])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 0],
    ]);
  });
});
