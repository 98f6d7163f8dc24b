import { AppError } from '#shared/error/appError.ts';
import { draftOf } from './draft.ts';
import { expandDatabase } from './expandDatabase.ts';
import { noPostgres } from './foreign.ts';
import { parseJdbc } from './jdbc.ts';
import { parseKeyValue } from './keyValue.ts';
import { readAddress } from './address.ts';
import { isPsqlCommand, parsePsqlCommand, variablesOf } from './psqlCommand.ts';
import { ConninfoError, isKeyword, type ReadSettings, type Settings } from './settings.ts';
import { shellCommands } from './shellWords.ts';
import type { ParsedDraft } from './taking.ts';
import { isUri } from './uri.ts';

export interface ParseOptions {
  /** libpq's default for a user that is not named. */
  osUser: string;
  /** What is known of the services that a text may name. */
  services?: ReadonlyMap<string, Settings> | undefined;
}

/**
 * Whatever a user has at hand that says where a database is: a URI, libpq's key=value, a psql command line, PG variables,
 * a JDBC URL. Throws INVALID_CONFIG, which quotes nothing that may be a secret.
 */
export function parseText(text: string, options: ParseOptions): ParsedDraft {
  try {
    const { settings, warnings } = withService(readText(unwrapped(text.trim())), options);
    const draft = draftOf(settings, options);
    return { ...draftParts(draft), warnings: [...new Set([...warnings, ...draft.warnings])] };
  } catch (error) {
    if (!(error instanceof ConninfoError)) throw error;
    const { message, hint } = error;
    throw new AppError('INVALID_CONFIG', message, { hint, issues: [{ path: 'text', message }] });
  }
}

const draftParts = ({ config, provenance, secrets }: ParsedDraft) => ({ config, provenance, secrets });

function readText(text: string): ReadSettings {
  if (text === '') throw new ConninfoError('There is nothing to read.', accepted);
  if (text.includes('\0')) throw new ConninfoError('A zero byte cannot be part of this.');
  if (/^jdbc:postgresql:/i.test(text)) return parseJdbc(text);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  if (scheme !== undefined) return readAddress(text, scheme);
  const otherJdbc = /^jdbc:([a-z0-9]+):/i.exec(text)?.[1];
  if (otherJdbc !== undefined) throw noPostgres(otherJdbc);
  if (isPsqlCommand(text)) return parsePsqlCommand(text);
  if (/^(?:export\s+)?PG[A-Z_]+=/.test(text))
    return { settings: expandDatabase(variablesOf(shellCommands(text).flat())), warnings: [] };
  if (!text.includes('=')) throw new ConninfoError('This is no connection string.', accepted);
  // As .NET has them. No host holds a semicolon, so that nothing that libpq could reach is refused.
  if (/^(?:host|server)\s*=[^;'\s]*;/i.test(text))
    throw new ConninfoError('The settings are parted by semicolons, where libpq has blanks.', accepted);
  const settings = parseKeyValue(text);
  const isAddress = isUri(settings.get('dbname')?.value ?? '');
  return { settings: isAddress ? expandDatabase(settings) : settings, warnings: [] };
}

/** What a service says stands beneath what the text itself says. */
function withService({ settings, warnings }: ReadSettings, { services }: ParseOptions): ReadSettings {
  const name = settings.get('service')?.value;
  const found = services?.get(name ?? '');
  if (!found || settings.has('servicefile')) return { settings, warnings };
  const { service: _, ...own } = Object.fromEntries(settings);
  return { settings: new Map([...found, ...Object.entries(own)]), warnings };
}

const accepted =
  'Hawser reads postgresql://user@host/database, host=… dbname=…, jdbc:postgresql://… and psql command lines.';

const wrapped =
  /^(?:(?:export|set)\s+)?(?:([A-Za-z_]\w*)\s*(?:=|:\s)\s*)?(["'`]?)((?:jdbc:|[a-z][a-z0-9+.-]*:\/\/)\S*?)\2[;,]?$/i;

/** Without the name of a variable and the quotes that stand about an address in a file of settings. */
function unwrapped(text: string): string {
  const [, name, quote, address] = wrapped.exec(text) ?? [];
  const isBare = name === undefined ? quote === '' : isKeyword(name);
  return address === undefined || isBare ? text : address;
}
