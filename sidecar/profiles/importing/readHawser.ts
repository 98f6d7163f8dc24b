import { maxDefinitions } from '#shared/connection/definitionLimits.ts';
import type { DefinitionDraft, GroupLook } from '#shared/connection/definitions.ts';
import { AppError } from '#shared/error/appError.ts';
import { exportFormat, exportVersion } from './exportText.ts';
import { flagOf, isFields, numberOf, textOf, unreadable, type Fields } from './fields.ts';
import { add, emptyReading, nameFor, type Reading } from './found.ts';

export const isHawserFile = (value: unknown): value is Fields =>
  isFields(value) && value.format === exportFormat;

/** A file that this program exported. A newer version is refused: half of it would be worse than none. */
export function readHawser(value: Fields): Reading {
  const version = numberOf(value, 'version') ?? 0;
  if (version > exportVersion)
    throw new AppError('IMPORT_UNREADABLE', 'This file was exported by a newer version of Hawser.', {
      hint: 'Update Hawser here, or export it again there.',
    });
  if (version < 1 || !Array.isArray(value.connections))
    throw unreadable('This export of Hawser is damaged: it holds no list of connections.');
  const reading = emptyReading();
  value.connections.forEach((row: unknown, index) => readRow(reading, row, index));
  const groups: unknown[] = Array.isArray(value.groups) ? value.groups : [];
  reading.groups = groups.slice(0, maxDefinitions).flatMap(lookOf);
  return reading;
}

function readRow(reading: Reading, row: unknown, index: number): void {
  const name = nameFor(textOf(row, 'name'), `Connection ${index + 1}`);
  if (!isFields(row)) return void reading.leftOut.push({ name, why: 'It is not written as a connection' });
  const { group, ...config } = row;
  if (textOf(row, 'mode') === 'embedded')
    return void reading.leftOut.push({ name, why: 'It is a built-in server' });
  add(reading, {
    group: pathOf(group),
    config: { ...(config as DefinitionDraft), name },
    provenance: Object.fromEntries(fieldPaths(config).map((path) => [path, `“${name}” in Hawser’s export`])),
    warnings: [],
  });
}

const pathOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [])
    .filter((each) => typeof each === 'string')
    .slice(0, 32)
    .map((each) => nameFor(each, 'Group'));

function lookOf(row: unknown): GroupLook[] {
  const path = isFields(row) ? pathOf(row.path) : [];
  if (path.length === 0) return [];
  const color = textOf(row, 'color');
  const expanded = flagOf(row, 'expanded');
  return [
    {
      path,
      ...(color !== undefined && /^#[0-9a-f]{6}$/i.test(color) && { color }),
      ...(expanded !== undefined && { expanded }),
    },
  ];
}

/** What a person would ask the source of; a hundred paths of options would tell nobody anything. */
const fieldPaths = (config: Fields): string[] =>
  ['host', 'port', 'database', 'username', 'tls.mode'].filter((path) =>
    Object.hasOwn(config, path.split('.')[0] ?? ''),
  );
