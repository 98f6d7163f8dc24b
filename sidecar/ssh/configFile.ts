import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import SSHConfig, { glob, type Line, type Section } from 'ssh-config';
import { AppError } from '#shared/error/appError.ts';
import { inSshFolder, sshFolder } from './sshFolder.ts';

/** As deep as OpenSSH goes. */
const deepestInclude = 16;

const isDirective = (line: Line): line is Extract<Line, { param: string }> => 'param' in line;
const isSection = (line: Line): line is Section => 'config' in line;

/**
 * The user's configuration with all that it includes, as it concerns one host: a file that is included within a section
 * of another host is left out.
 */
export async function readConfig(alias: string): Promise<SSHConfig> {
  const config = new SSHConfig();
  config.push(...(await linesOf(path.join(sshFolder(), 'config'), alias, 0)));
  return config;
}

async function linesOf(file: string, alias: string, depth: number): Promise<Line[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return '';
    throw unreadable(file, error);
  });
  let parsed: Line[];
  try {
    parsed = [...SSHConfig.parse(text)];
  } catch (error) {
    throw unreadable(file, error);
  }
  const lines: Line[] = [];
  for (const line of parsed)
    lines.push(...(isSection(line) ? await ofSection(line, alias, depth) : await ofLine(line, alias, depth)));
  return lines;
}

async function ofLine(line: Line, alias: string, depth: number): Promise<Line[]> {
  if (!isDirective(line)) return [];
  if (/^include$/i.test(line.param)) return included(valuesOf(line.value), alias, depth + 1);
  return [inOurSpelling(line)];
}

/** A section that includes files is cut in two around them, for the first value of a keyword is the one that counts. */
async function ofSection(section: Section, alias: string, depth: number): Promise<Line[]> {
  const lines: Line[] = [];
  const part = (own: Line[]): Section => ({ ...section, config: Object.assign(new SSHConfig(), own) });
  let own: Line[] = [];
  for (const line of section.config) {
    if (!isDirective(line)) continue;
    if (/^include$/i.test(line.param)) {
      lines.push(part(own), ...(appliesTo(section, alias) ? await ofLine(line, alias, depth) : []));
      own = [];
    } else own.push(inOurSpelling(line));
  }
  return [...lines, part(own)];
}

/** Files within `Match` are read where it is for all hosts; what else it asks is not known here. */
function appliesTo(section: Section, alias: string): boolean {
  const values = valuesOf(section.value);
  if (/^host$/i.test(section.param)) return glob(values, alias);
  return values.length === 1 && values[0]?.toLowerCase() === 'all';
}

/** The library knows these two by one spelling only. Names are looked up nowhere while a file is read. */
function inOurSpelling(line: Extract<Line, { param: string }>): Line {
  const spelled = { hostname: 'HostName', user: 'User', canonicalizehostname: 'NotCanonicalized' };
  const own = Object.entries(spelled).find(([name]) => name === line.param.toLowerCase())?.[1];
  return own === undefined ? line : { ...line, param: own };
}

async function included(patterns: string[], alias: string, depth: number): Promise<Line[]> {
  if (depth > deepestInclude)
    throw unreadable('config', new Error('Files include each other without an end'));
  const lines: Line[] = [];
  for (const pattern of patterns) {
    for (const file of await filesOf(inSshFolder(pattern)))
      lines.push(...(await linesOf(file, alias, depth)));
  }
  return lines;
}

/** Files by a pattern with `*` and `?`, in the order of their names. */
async function filesOf(pattern: string): Promise<string[]> {
  if (!/[*?]/.test(pattern)) return [pattern];
  const { root } = path.parse(pattern);
  let found = [root];
  for (const segment of pattern.slice(root.length).split(path.sep)) {
    const next = found.map(async (folder) => {
      if (!/[*?]/.test(segment)) return [path.join(folder, segment)];
      const names = await readdir(folder).catch(() => []);
      const fitting = names.filter((name) => glob([segment], name) && !name.startsWith('.'));
      return fitting.sort().map((name) => path.join(folder, name));
    });
    found = (await Promise.all(next)).flat();
  }
  return found;
}

export const valuesOf = (value: Extract<Line, { param: string }>['value']): string[] =>
  typeof value === 'string' ? [value] : value.map(({ val }) => val);

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

const unreadable = (file: string, cause: unknown): AppError =>
  new AppError('INVALID_CONFIG', `The SSH configuration ${file} cannot be read.`, {
    detail: cause instanceof Error ? cause.message : String(cause),
    hint: 'Correct it, or let this connection go without ~/.ssh/config.',
    issues: [{ path: 'ssh.useSshConfig', message: `${file} cannot be read` }],
    actions: [{ id: 'edit', label: 'Edit connection' }],
    cause,
  });
