import { ConninfoError } from './settings.ts';

export interface ShellWord {
  text: string;
  /** It holds a variable or a command that only the shell could have filled in; it stands here as it was typed. */
  unexpanded: boolean;
}

const token =
  /(\\\n)|\\([^])|'([^']*)(')?|"((?:[^"\\]|\\[^])*)(")?|(\$\([^)]*\)|`[^`]*`)|([|;&<>()\n])|([^\S\n]+)|((?:(?!\$\()[^\s\\'"`|;&<>()])+)/gy;

/** The commands of a line as a POSIX shell cuts them, each in its words. Throws ConninfoError. */
export function shellCommands(line: string): ShellWord[][] {
  const commands: ShellWord[][] = [[]];
  let word: ShellWord | undefined;
  const ended = () => {
    if (word) commands.at(-1)?.push(word);
    word = undefined;
  };
  for (const found of withoutComments(line).matchAll(token)) {
    const [, joined, escaped, single, singleEnd, double, doubleEnd, command, end, space, plain] = found;
    if (joined !== undefined) continue;
    if ((single !== undefined && !singleEnd) || (double !== undefined && !doubleEnd))
      throw new ConninfoError('A quote in the command is not closed.');
    if (end !== undefined || space !== undefined) ended();
    if (end !== undefined) commands.push([]);
    if (end !== undefined || space !== undefined) continue;
    const text = escaped ?? single ?? double?.replace(/\\([$`"\\\n])/g, '$1') ?? command ?? plain ?? '';
    const unexpanded = command !== undefined || /\$[\w{(]|`/.test(double ?? plain ?? '');
    word = { text: (word?.text ?? '') + text, unexpanded: (word?.unexpanded ?? false) || unexpanded };
  }
  ended();
  return commands;
}

/** Line ends of any system, and no comment lines. */
const withoutComments = (line: string): string =>
  line
    .replace(/\r\n?/g, '\n')
    .replace(/^[ \t]*#.*$/gm, '')
    .trim();
