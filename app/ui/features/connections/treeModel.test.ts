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
  more: { host?: string; database?: string; lastConnectedAt?: number; status?: ConnectionStatus } = {},
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
    expect(old).toMatchObject({ worst: { mark: 'error' } });
    expect(buildTree(groups, rows).find((node) => node.id === 'live')).toMatchObject({ worst: undefined });
  });

  it('finds by name, host and database, opening what is closed', () => {
    expect(shape(buildTree(groups, rows, { search: 'AT' }))).toEqual(['old', '  attic', 'scratch']);
    expect(shape(buildTree(groups, rows, { search: 'bank' }))).toEqual(['live', '  billing']);
    expect(shape(buildTree(groups, rows, { search: 'identity' }))).toEqual(['live', '  eu', '    auth']);
  });

  it('knows what was found itself, not only for what is in it', () => {
    expect(firstMatch(buildTree(groups, rows, { search: 'bank' }))?.name).toBe('billing');
    expect(firstMatch(buildTree(groups, rows, { search: 'live' }))?.name).toBe('live');
    expect(firstMatch(buildTree(groups, rows))).toBeUndefined();
  });

  it('marks where in a name the search was found, and by what else', () => {
    const [, , scratch] = buildTree(groups, rows, { search: 'at' });
    expect(scratch?.matches).toEqual([{ from: 3, to: 5 }]);
    const [, billing] = buildTree(groups, rows, { search: 'bank' });
    expect(billing).toMatchObject({
      matches: [],
      found: { text: 'db.bank.internal', matches: [{ from: 3, to: 7 }] },
    });
  });

  it('finds by several words, each in the name, the place, the user or a group above', () => {
    expect(shape(buildTree(groups, rows, { search: 'live identity' }))).toEqual(['live', '  eu', '    auth']);
    expect(shape(buildTree(groups, rows, { search: 'EU post' }))).toEqual(['live', '  eu', '    auth']);
    expect(buildTree(groups, rows, { search: 'old identity' })).toEqual([]);
    const [, billing] = buildTree(groups, rows, { search: 'ling bil live' });
    expect(billing?.matches).toEqual([{ from: 0, to: 7 }]);
  });

  it('takes what is typed as it is, also what looks like a pattern', () => {
    const odd = [row('a.b (1) [x]'), row('aXb')];
    expect(shape(buildTree([], odd, { search: 'a.b' }))).toEqual(['a.b (1) [x]']);
    expect(shape(buildTree([], odd, { search: '(1) [x' }))).toEqual(['a.b (1) [x]']);
  });

  it('shows all of a group whose own name was found', () => {
    expect(shape(buildTree(groups, rows, { search: 'live' }))).toEqual([
      'live',
      '  eu',
      '    auth',
      '  billing',
    ]);
  });

  it('keeps connections of groups that are gone, at the top level', () => {
    expect(shape(buildTree([], [row('stray', 'gone')]))).toEqual(['stray']);
  });

  it('stands in the order that is asked for, groups among themselves too', () => {
    const places = [group('b'), group('a10'), group('a9', { expanded: false })];
    const used = [
      row('z', 'b', { lastConnectedAt: 5 }),
      row('y', 'b', { lastConnectedAt: 7 }),
      row('x', 'a9', { lastConnectedAt: 9 }),
      row('never'),
      row('once', undefined, { lastConnectedAt: 1 }),
    ];
    const names = (order: 'manual' | 'name' | 'lastUsed') =>
      buildTree(places, used, { order }).map(({ name }) => name);
    expect(names('manual')).toEqual(['b', 'z', 'y', 'a10', 'a9', 'never', 'once']);
    expect(names('name')).toEqual(['a9', 'a10', 'b', 'y', 'z', 'never', 'once']);
    expect(names('lastUsed')).toEqual(['a9', 'b', 'y', 'z', 'a10', 'once', 'never']);
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
    expect(groupChoices(groups, new Set(['a'])).map(({ group: { name } }) => name)).toEqual(['c']);
  });
});
