import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Group } from '#shared/connection/group.ts';
import { AppError } from '#shared/error/appError.ts';
import { openDataFolder, type DataFolder } from '../storage/dataFolder.ts';
import { tidied } from './catalogue.ts';
import { Profiles, type ProfileEvent } from './profiles.ts';

let base: string;
let folder: DataFolder;
let profiles: Profiles;
let events: ProfileEvent[];

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'hawser-groups-'));
  folder = await openDataFolder(base);
  writeFileSync(folder.paths.connections, '{"version":1,"connections":[],"groups":[]}');
  profiles = await Profiles.open(folder);
  events = [];
  profiles.events.on((event) => events.push(event));
});
afterEach(async () => {
  await profiles.close();
  await folder.close();
  rmSync(base, { recursive: true, force: true });
});

const group = (name: string, parentId?: string): Promise<Group> =>
  profiles.saveGroup({ name, sortOrder: 0, expanded: true, ...(parentId !== undefined && { parentId }) });
const connection = (name: string, groupId?: string) => profiles.save({ name, ...(groupId && { groupId }) });
const move = (id: string, parentId: string | null | undefined, index: number) =>
  profiles.gather(parentId, { connections: { ids: [id], index } });
const moveGroup = (id: string, parentId: string | null | undefined, index: number) =>
  profiles.gather(parentId, { groups: { ids: [id], index } });
const groupsIn = (parentId?: string) =>
  profiles
    .list()
    .groups.filter((each) => each.parentId === parentId)
    .map(({ name, sortOrder }) => [name, sortOrder]);
const connectionsIn = (groupId?: string) =>
  profiles
    .list()
    .connections.filter((each) => each.groupId === groupId)
    .map(({ name, sortOrder }) => [name, sortOrder]);

describe('groups', () => {
  it('are made last in their parent, and keep their place when they are changed', async () => {
    const a = await group('a');
    const b = await group('b');
    await group('inner', a.id);
    await profiles.saveGroup({ ...b, name: 'B', sortOrder: 0, expanded: false, color: '#112233' });
    expect(groupsIn()).toEqual([
      ['a', 0],
      ['B', 1],
    ]);
    expect(groupsIn(a.id)).toEqual([['inner', 0]]);
    expect(profiles.list().groups.find(({ id }) => id === b.id)).toMatchObject({
      expanded: false,
      color: '#112233',
    });
    await profiles.close();
    const again = await Profiles.open(folder);
    expect(again.list()).toEqual(profiles.list());
    await again.close();
  });

  it('that are not there are refused, as one to change and as a parent', async () => {
    await expect(
      profiles.saveGroup({ id: 'gone', name: 'x', sortOrder: 0, expanded: true }),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const refused = { code: 'INVALID_CONFIG', facts: { issues: [{ path: 'parentId' }] } };
    await expect(group('x', 'gone')).rejects.toMatchObject(refused);
    const a = await group('a');
    await expect(moveGroup(a.id, 'gone', 0)).rejects.toMatchObject(refused);
    await expect(moveGroup('gone', a.id, 0)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(profiles.deleteGroup('gone')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('that were deleted come back with what they held, except what has gone elsewhere since', async () => {
    await group('first');
    const lost = await group('lost');
    await connection('x');
    const [x, y] = [await connection('x', lost.id), await connection('y', lost.id)];
    const [inner, other] = [await group('inner', lost.id), await group('other', lost.id)];
    await group('last');
    const before = [groupsIn(), groupsIn(lost.id), connectionsIn(lost.id), connectionsIn()];
    const held = { connections: [x, y], groups: [inner, other] };
    await profiles.deleteGroup(lost.id);
    expect(connectionsIn().map(([name]) => name)).toEqual(['x', 'x (2)', 'y']);
    await profiles.restoreGroup(lost, held);
    expect([groupsIn(), groupsIn(lost.id), connectionsIn(lost.id), connectionsIn()]).toEqual(before);

    await profiles.deleteGroup(lost.id);
    await move(y.id, inner.id, 0);
    await profiles.deleteGroup(other.id);
    await profiles.restoreGroup(lost, held);
    await profiles.restoreGroup(lost, held);
    expect([groupsIn(lost.id), connectionsIn(lost.id), connectionsIn(inner.id)]).toEqual([
      [['inner', 0]],
      [['x', 0]],
      [['y', 0]],
    ]);
  });

  it('never come to stand within themselves', async () => {
    const a = await group('a');
    const b = await group('b', a.id);
    const c = await group('c', b.id);
    const refused = { code: 'INVALID_CONFIG', facts: { issues: [{ path: 'parentId' }] } };
    for (const into of [a, b, c]) await expect(moveGroup(a.id, into.id, 0)).rejects.toMatchObject(refused);
    await expect(profiles.saveGroup({ ...a, parentId: c.id })).rejects.toMatchObject(refused);
    await moveGroup(c.id, null, 0);
    await moveGroup(a.id, c.id, 0);
    expect([groupsIn(), groupsIn(c.id), groupsIn(a.id)]).toEqual([[['c', 0]], [['a', 0]], [['b', 0]]]);
  });

  it('give what they held to their parent, behind what it has, with a number where a name is taken', async () => {
    const outer = await group('outer');
    const inner = await group('inner', outer.id);
    await group('deep', inner.id);
    await group('deep', outer.id);
    await connection('x', outer.id);
    await connection('X', inner.id);
    await connection('y', inner.id);
    events.length = 0;
    await profiles.deleteGroup(inner.id);
    expect(groupsIn(outer.id)).toEqual([
      ['deep', 0],
      ['deep (2)', 1],
    ]);
    expect(connectionsIn(outer.id)).toEqual([
      ['x', 0],
      ['X (2)', 1],
      ['y', 2],
    ]);
    expect(events.at(-1)).toEqual({ kind: 'group', id: inner.id });
    expect(events.filter(({ kind }) => kind === 'connection')).toHaveLength(2);
    await profiles.deleteGroup(outer.id);
    expect(connectionsIn().map(([name]) => name)).toEqual(['x', 'X (2)', 'y']);
  });
});

describe('moving', () => {
  it('puts a connection exactly where it was dropped, and numbers its neighbours without gaps', async () => {
    const [a, , c] = [await connection('a'), await connection('b'), await connection('c')];
    await move(c.id, null, 0);
    expect(connectionsIn()).toEqual([
      ['c', 0],
      ['a', 1],
      ['b', 2],
    ]);
    await move(c.id, undefined, 1);
    expect(connectionsIn()).toEqual([
      ['a', 0],
      ['c', 1],
      ['b', 2],
    ]);
    await move(a.id, null, 99);
    expect(connectionsIn()).toEqual([
      ['c', 0],
      ['b', 1],
      ['a', 2],
    ]);
  });

  it('tells the row that moved and those that have another number now, and no others', async () => {
    const [a, b, c] = [await connection('a'), await connection('b'), await connection('c')];
    events.length = 0;
    await move(b.id, null, 0);
    expect(events.map(({ id }) => id).sort()).toEqual([a.id, b.id].sort());
    expect(profiles.get(c.id)).toBe(profiles.list().connections[2]);
  });

  it('takes several at once, in their order, and counts its place among those that stay', async () => {
    const into = await group('into');
    const inner = await group('inner');
    const [a, b, c] = [await connection('a'), await connection('b'), await connection('c', into.id)];
    await connection('d', into.id);
    await profiles.gather(into.id, {
      connections: { ids: [c.id, b.id, a.id], index: 1 },
      groups: { ids: [inner.id], index: 0 },
    });
    expect(connectionsIn(into.id).map(([name]) => name)).toEqual(['d', 'c', 'b', 'a']);
    expect([groupsIn(into.id), connectionsIn()]).toEqual([[['inner', 0]], []]);
  });

  it('of several moves none where one of them cannot be moved', async () => {
    const outer = await group('outer');
    const inner = await group('inner', outer.id);
    const a = await connection('a');
    const before = profiles.list();
    events.length = 0;
    const both = { connections: { ids: [a.id], index: 0 }, groups: { ids: [outer.id], index: 0 } };
    await expect(profiles.gather(inner.id, both)).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    const gone = { connections: { ids: [a.id, 'gone'], index: 0 } };
    await expect(profiles.gather(inner.id, gone)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(profiles.gather('gone', { connections: both.connections })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
    });
    expect([profiles.list(), events]).toEqual([before, []]);
  });

  it('into another group gives the connection a number where its name is taken there', async () => {
    const g = await group('g');
    await connection('a', g.id);
    const a = await connection('A');
    await move(a.id, g.id, 0);
    expect([connectionsIn(), connectionsIn(g.id)]).toEqual([
      [],
      [
        ['A (2)', 0],
        ['a', 1],
      ],
    ]);
    await expect(move(a.id, 'gone', 0)).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
  });

  it('and all else, in any order, loses nothing and leaves names, places and groups sound', async () => {
    const step = fc.record({
      what: fc.constantFrom('move', 'moveGroup', 'save', 'saveGroup', 'duplicate', 'deleteGroup'),
      which: fc.nat(20),
      where: fc.nat(20),
      index: fc.nat(6),
      name: fc.constantFrom('a', 'A', 'b', 'b (2)', 'a (copy)'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await clear();
        let made = 0;
        for (const each of steps) made += await apply(each);
        expect(profiles.list().connections).toHaveLength(made);
        sound();
      }),
      { numRuns: 25 },
    );
  });
});

interface Step {
  what: string;
  which: number;
  where: number;
  index: number;
  name: string;
}

/** Does one step, if it is allowed, and says how many connections it has added. */
async function apply({ what, which, where, index, name }: Step): Promise<number> {
  const { connections, groups } = profiles.list();
  const id = connections[which % (connections.length || 1)]?.id ?? 'none';
  const groupId = groups[which % (groups.length || 1)]?.id ?? 'none';
  const target = [undefined, ...groups.map((each) => each.id)][where % (groups.length + 1)];
  const steps: Record<string, () => Promise<unknown>> = {
    move: () => move(id, target, index),
    moveGroup: () => moveGroup(groupId, target, index),
    save: () => connection(name, target),
    saveGroup: () => group(name, target),
    duplicate: () => profiles.duplicate(id),
    deleteGroup: () => profiles.deleteGroup(groupId),
  };
  const done = await Promise.resolve()
    .then(steps[what])
    .then(
      () => true,
      (error: unknown) => {
        expect(error).toBeInstanceOf(AppError);
        return false;
      },
    );
  return done && (what === 'save' || what === 'duplicate') ? 1 : 0;
}

async function clear(): Promise<void> {
  for (const { id } of profiles.list().connections) await profiles.delete(id);
  for (const { id } of profiles.list().groups) await profiles.deleteGroup(id);
}

function sound(): void {
  const { connections, groups } = profiles.list();
  const places = [undefined, ...groups.map(({ id }) => id)];
  for (const place of places) {
    const here = connections.filter(({ groupId }) => groupId === place);
    expect(new Set(here.map(({ name }) => name.toLowerCase())).size).toBe(here.length);
    expect(new Set(here.map(({ sortOrder }) => sortOrder)).size).toBe(here.length);
  }
  expect(connections.every(({ groupId }) => places.includes(groupId))).toBe(true);
  expect(tidied({ connections, groups })).toEqual({ connections, groups });
}

describe('a file that someone edited', () => {
  const row = (id: string, parentId?: string): Group => ({
    id,
    name: id,
    sortOrder: 0,
    expanded: true,
    ...(parentId !== undefined && { parentId }),
  });

  it('has groups that are nowhere, or within themselves, brought to the top level', () => {
    const { groups } = tidied({
      connections: [],
      groups: [
        row('a', 'b'),
        row('b', 'a'),
        row('self', 'self'),
        row('lost', 'gone'),
        row('ok'),
        row('in', 'ok'),
      ],
    });
    expect(groups.map(({ id, parentId }) => [id, parentId])).toEqual([
      ['a', undefined],
      ['b', 'a'],
      ['self', undefined],
      ['lost', undefined],
      ['ok', undefined],
      ['in', 'ok'],
    ]);
  });

  it('has connections of groups that are not there brought to the top level', async () => {
    const lost = await connection('a');
    const { connections } = tidied({ connections: [{ ...lost, groupId: 'gone' }], groups: [] });
    expect(connections).toEqual([lost]);
  });
});
