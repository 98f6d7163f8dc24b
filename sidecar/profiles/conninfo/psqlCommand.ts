import { expandDatabase } from './expandDatabase.ts';
import { psqlOption, shortOptions, type PsqlOption } from './psqlOptions.ts';
import { ConninfoError, store, type ReadSettings, type Settings } from './settings.ts';
import { shellCommands, type ShellWord } from './shellWords.ts';
import { keywordOfVariable } from './variables.ts';

const program = /^(?:[^=]*[/\\])?psql(?:-\d+)?(?:\.exe)?$/i;
const assignment = /^([A-Za-z_]\w*)=([^]*)$/;
/** `$ `, `me@host:~$ `, `[me@host dir]$ `, `db=> ` and the like. */
const prompt = /^(?:\[[^\]\n]*\]|[^\s'"]*)[$#>%❯➜]\s+/;

/** Programs that run another one. */
const launcher = /^(?:env|sudo|doas|exec|command|time|nohup|watch)$/;
/** Those that run it where names and ports mean something else. */
const elsewhere = /^(?:docker|docker-compose|podman|kubectl|oc|ssh|heroku|flyctl|fly|vagrant|lxc|nerdctl)$/;

interface PsqlCall {
  /** What stands before psql in its command, and what earlier commands export. */
  before: ShellWord[];
  after: ShellWord[];
}

/** The first command of a text that runs psql. */
function psqlIn(text: string): PsqlCall | undefined {
  const exported: ShellWord[] = [];
  for (const words of shellCommands(text.trim().replace(prompt, ''))) {
    const [first] = words;
    if (first?.text === 'export') exported.push(...words);
    const at = words.findIndex(({ text: word }) => program.test(word));
    const isStart = at === 0 || starts.some((start) => start.test(first?.text ?? ''));
    // `host = psql` is a setting.
    if (at >= 0 && isStart && words[1]?.text !== '=')
      return { before: [...exported, ...words.slice(0, at)], after: words.slice(at + 1) };
  }
  return undefined;
}
const starts = [launcher, elsewhere, /^[A-Z_][A-Z0-9_]*=/];

/** Has it psql in the place of a command? */
export function isPsqlCommand(text: string): boolean {
  if (!/psql/i.test(text)) return false;
  try {
    return psqlIn(text) !== undefined;
  } catch {
    // A quote that is not closed; what stands before it tells.
    return /^(?:[A-Z_]+=\S*\s+)*(?:\S*[/\\])?psql\s/i.test(text);
  }
}

/** Reads a psql command line as psql would. Throws ConninfoError. */
export function parsePsqlCommand(text: string): ReadSettings {
  const found = psqlIn(text);
  if (!found) throw new ConninfoError('There is no psql in this command.');
  const warnings: string[] = [];
  const settings: Settings = new Map();
  const fromVariables = variablesOf(found.before);
  const args = argumentsOf(found.after, warnings);
  for (const part of [fromVariables, args])
    for (const [keyword, setting] of part) store(settings, keyword, setting);
  const runner = found.before.find(({ text: word }) => elsewhere.test(word));
  if (runner)
    warnings.push('The command runs psql in another place: from here, host and port may be others.');
  return { settings: expandDatabase(settings), warnings };
}

/** `PGHOST=… PGPASSWORD=…`, one after the other, with `export` or without. */
export function variablesOf(words: readonly ShellWord[]): Settings {
  const settings: Settings = new Map();
  for (const { text, unexpanded } of words) {
    const [, name = '', value = ''] = assignment.exec(text) ?? [];
    const keyword = keywordOfVariable(name);
    if (keyword) store(settings, keyword, { value, source: name, unexpanded });
  }
  return settings;
}

/** What stands behind psql: options in any order, then the database and the user. */
function argumentsOf(words: readonly ShellWord[], warnings: string[]): Settings {
  const settings: Settings = new Map();
  const plain: ShellWord[] = [];
  const rest = [...words];
  const take: Take = (option, shown, inline) => {
    if (option.kind === 'flag') return;
    const value = inline ?? rest.shift();
    if (!value) throw new ConninfoError(`The option ${shown} of psql has no value.`);
    const { text, unexpanded } = value;
    if (option.kind === 'connection')
      settings.set(option.keyword, { value: text, unexpanded, source: `psql ${shown}` });
  };
  for (let word = rest.shift(); word; word = rest.shift()) {
    if (word.text === '--') plain.push(...rest.splice(0));
    else if (word.text.startsWith('--')) takeLong(word, take, warnings);
    else if (word.text.length > 1 && word.text.startsWith('-')) takeShort(word, take);
    else plain.push(word);
  }
  // The first word is the database unless an option says it, and the next one the user likewise.
  const free = ['dbname', 'user'].filter((keyword) => !settings.has(keyword));
  for (const [at, keyword] of free.entries()) {
    const word = plain[at];
    if (word)
      settings.set(keyword, { value: word.text, unexpanded: word.unexpanded, source: 'psql’s arguments' });
  }
  if (plain.length > free.length)
    warnings.push('psql takes a database and a user; what follows was left out.');
  return settings;
}

type Take = (option: PsqlOption, shown: string, inline: ShellWord | undefined) => void;

function takeLong(word: ShellWord, take: Take, warnings: string[]): void {
  const [, typed = '', value] = /^--([^=]*)(?:=([^]*))?$/.exec(word.text) ?? [];
  const option = psqlOption(typed);
  if (option) take(option, `--${option.name}`, value === undefined ? undefined : { ...word, text: value });
  else warnings.push('An option that psql does not know was left out.');
}

/** Short options may stand together; the first that takes a value takes the rest of the word. */
function takeShort(word: ShellWord, take: Take): void {
  const letters = Array.from(word.text.slice(1));
  const at = letters.findIndex((letter) => shortOptions.has(letter));
  const [letter = '', ...rest] = at < 0 ? [] : letters.slice(at);
  const option = psqlOption(shortOptions.get(letter) ?? '');
  if (option) take(option, `-${letter}`, rest.length === 0 ? undefined : { ...word, text: rest.join('') });
}
