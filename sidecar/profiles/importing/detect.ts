import type { DefinitionSource } from '#shared/connection/definitions.ts';
import { isFields, textOf, unreadable } from './fields.ts';
import { isHawserFile } from './readHawser.ts';

/** Which program wrote a file that somebody chose. Throws IMPORT_UNREADABLE with why it is none that can be read. */
export function detect(text: string, fileName = ''): DefinitionSource {
  if (/\.tableplusconnection$/i.test(fileName))
    throw unreadable(
      'TablePlus encrypts its exports, and their format is not open.',
      'Choose its Connections.plist, in Library/Application Support/com.tinyapp.TablePlus/Data.',
    );
  if (text.startsWith('bplist'))
    throw unreadable('This property list is binary.', 'Convert it first: plutil -convert xml1 FILE');
  if (text.startsWith('SQLite format 3'))
    throw unreadable(
      'This is pgAdmin’s own database.',
      'In pgAdmin choose Tools, Import/Export Servers, and export to a JSON file.',
    );
  const source = byContent(text.replace(/^\uFEFF/, '').trimStart());
  if (source) return source;
  throw unreadable(
    text.trim() === '' ? 'This file is empty.' : 'No connections that Hawser knows are in this file.',
    'It reads pg_service.conf, .pgpass, its own exports, DBeaver’s data-sources.json, pgAdmin’s JSON export, DbGate’s connections.jsonl and TablePlus’s Connections.plist.',
  );
}

function byContent(text: string): DefinitionSource | undefined {
  if (text.startsWith('<')) return text.includes('<plist') ? 'tableplus' : undefined;
  if (text.startsWith('{') || /^\[\s*[{\]]/.test(text)) return ofJson(text);
  const lines = text.split('\n').map((line) => line.trim());
  const facts = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const hasSection = facts.some((line) => /^\[[^\]]+\]$/.test(line));
  if (hasSection && facts.some((line) => /^\w+=/.test(line))) return 'service';
  return facts.length > 0 && facts.every((line) => /^(?:(?:\\.|[^:\\])*:){4}/.test(line))
    ? 'pgpass'
    : undefined;
}

/** DbGate's file is one object a line, so that a file of one line is whole JSON too. */
function ofJson(text: string): DefinitionSource | undefined {
  const value = parsed(text) ?? parsed(text.split('\n', 1)[0] ?? '');
  if (isHawserFile(value)) return 'hawser';
  if (isFields(value) && Object.hasOwn(value, 'Servers')) return 'pgadmin';
  if (isFields(value) && isFields(value.connections)) return 'dbeaver';
  const rows: unknown[] = Array.isArray(value)
    ? value
    : isFields(value) && Array.isArray(value.connections)
      ? value.connections
      : [value];
  return rows.some((row) => textOf(row, 'engine') !== undefined) ? 'dbgate' : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
