import { ConninfoError, holdsSecret, isKeyword, store, type Settings } from './settings.ts';

/** A keyword, an equals sign, and a value that is quoted or ends at a blank; a backslash takes what follows. */
const setting =
  /([^ \t\n\r\f\v=]*)[ \t\n\r\f\v]*(=?)[ \t\n\r\f\v]*(?:'((?:[^'\\]|\\[^])*)(')?|((?:\\[^]|[^ \t\n\r\f\v\\'])(?:\\[^]|[^ \t\n\r\f\v\\])*)?)\\?[ \t\n\r\f\v]*/y;
const word = /^[a-z_]\w*$/i;

/** Reads `host=a port=5432` as libpq does. Throws ConninfoError. */
export function parseKeyValue(text: string): Settings {
  const settings: Settings = new Map();
  const rest = text.replace(/^[ \t\n\r\f\v]+/, '');
  setting.lastIndex = 0;
  while (setting.lastIndex < rest.length) {
    const [, keyword = '', equals, quoted, closing, plain = ''] = setting.exec(rest) ?? [];
    if (!equals) throw noEquals(settings);
    if (!isKeyword(keyword)) throw unknown(keyword, settings);
    if (quoted !== undefined && !closing)
      throw new ConninfoError(`The quoted value of ${keyword} has no closing quote.`);
    store(settings, keyword, { value: (quoted ?? plain).replace(/\\([^])/g, '$1'), source: 'the settings' });
  }
  return settings;
}

const noEquals = (settings: Settings): ConninfoError =>
  new ConninfoError(
    `${placeAfter(settings)} a word without “=” stands where a setting like host=… should.`,
    'A value with blanks in it is written in single quotes.',
  );

function unknown(keyword: string, settings: Settings): ConninfoError {
  const name = meant.get(keyword.toLowerCase());
  if (name !== undefined)
    return new ConninfoError(`libpq knows no setting “${keyword}”.`, `It is called ${name} there.`);
  // At the beginning it may as well be a piece of a password, which somebody has pasted alone.
  const known = word.test(keyword) && settings.size > 0 && !holdsSecret(settings);
  return new ConninfoError(
    known
      ? `libpq knows no setting “${keyword}”.`
      : `${placeAfter(settings)} stands a setting that libpq does not know.`,
    'A value with blanks in it is written in single quotes.',
  );
}

function placeAfter(settings: Settings): string {
  const last = [...settings.keys()].at(-1);
  return last === undefined ? 'At the beginning' : `After ${last}`;
}

/** What other clients call it. */
const meant = new Map([
  ['database', 'dbname'],
  ['db', 'dbname'],
  ['username', 'user'],
  ['server', 'host'],
  ['hostname', 'host'],
  ['pwd', 'password'],
  ['passwd', 'password'],
  ['ssl', 'sslmode'],
]);
