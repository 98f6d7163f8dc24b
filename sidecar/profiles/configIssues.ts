import { accessSync, constants, statSync } from 'node:fs';
import type { FieldIssue } from '#shared/error/envelope.ts';
import { wholePath } from '../storage/paths.ts';
import { connectionsIn, type Catalogue } from './catalogue.ts';
import { sameName } from './names.ts';

/**
 * What only the sidecar can see of a config as it was typed, which may be wrong in every other way too: files that are
 * not there. Looked at in one go with the rest, so that every wrong field is named at once.
 */
export function fileIssues(input: unknown): FieldIssue[] {
  const tls = ['caFile', 'certFile', 'keyFile'].map((field) => ({
    path: `tls.${field}`,
    file: fieldOf(fieldOf(input, 'tls'), field),
  }));
  const ssh = fieldOf(input, 'ssh');
  const hops = fieldOf(ssh, 'enabled') === true ? fieldOf(ssh, 'hops') : undefined;
  const keys = (Array.isArray(hops) ? hops : [])
    .map((hop: unknown, index) => ({ path: `ssh.hops.${index}.keyFile`, hop }))
    .filter(({ hop }) => fieldOf(hop, 'auth') === 'key')
    .map(({ path, hop }) => ({ path, file: fieldOf(hop, 'keyFile') }));
  return [...tls, ...keys].flatMap(({ path, file }) => {
    const message = typeof file === 'string' && file !== '' ? fileFault(file) : undefined;
    return message === undefined ? [] : [{ path, message }];
  });
}

/** A name that another connection of the group has, and a group that is not there. */
export function placeIssues(input: unknown, catalogue: Catalogue): FieldIssue[] {
  const [id, name, groupId] = ['id', 'name', 'groupId'].map((field) => fieldOf(input, field));
  const issues: FieldIssue[] = [];
  const group = typeof groupId === 'string' ? groupId : undefined;
  if (group !== undefined && !catalogue.groups.some((each) => each.id === group))
    issues.push({ path: 'groupId', message: 'There is no such group' });
  const others = connectionsIn(catalogue, group).filter((config) => config.id !== id);
  if (typeof name === 'string' && others.some((other) => sameName(other.name, name)))
    issues.push({ path: 'name', message: 'Another connection of this group has this name' });
  return issues;
}

/** Why a file cannot be used. Asked in passing, without waiting: the files of a form lie on the user's own disk. */
export function fileFault(typed: string): string | undefined {
  const path = wholePath(typed);
  if (path === undefined) return 'Write the whole path of the file';
  try {
    if (!statSync(path).isFile()) return 'This is no file';
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'EACCES' || code === 'EPERM' ? 'This file cannot be read' : 'There is no such file';
  }
}

const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
