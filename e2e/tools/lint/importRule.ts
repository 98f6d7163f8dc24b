import { posix, relative, sep } from 'node:path';
import { isBuiltin } from 'node:module';
import type { Rule } from 'eslint';
import { areas, owners, rootFiles, type Area } from './layers.ts';

/**
 * Judges imports by their text and the importing file's path alone, so that an import of a file that does not
 * exist (yet) is judged too and no resolver has to be asked.
 * @returns why the import is refused, or undefined where it is allowed.
 */
export function refusal(file: string, specifier: string): string | undefined {
  const bare = specifier.replace(/\?.*$/, '');
  if (bare.startsWith('.')) return refusedPath(file, posix.join(posix.dirname(file), bare));
  if (bare.startsWith('#')) return refusedPath(file, bare.slice(1));
  if (isBuiltin(bare)) return refusedBuiltin(file, bare);
  return refusedPackage(file, bare);
}

const isWithin = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);
const isTest = (file: string): boolean => file.endsWith('.test.ts');
const areaOf = (path: string): Area | undefined => areas.find((area) => isWithin(path, area.path));

function refusedPath(file: string, target: string): string | undefined {
  const from = areaOf(file);
  const to = areaOf(target);
  const supports = areas.some(
    (area) => area.testSupport && isWithin(target, `${area.path}/${area.testSupport}`),
  );
  if (supports && !mayUseTestSupport(file)) return `${target} is for tests only.`;
  if (from && from === to) return refusedInside(from, file, target);
  if (!from && !target.includes('/')) return undefined;
  const sees = from?.sees ?? rootFiles.sees;
  if (sees.some((place) => isWithin(target, place))) return undefined;
  return `${from?.path ?? 'A root file'} imports ${sees.join(' and ') || 'nothing else'}, not ${target}.`;
}

function mayUseTestSupport(file: string): boolean {
  const area = areaOf(file);
  if (isTest(file) || area?.path === 'e2e') return true;
  return area?.testSupport !== undefined && isWithin(file, `${area.path}/${area.testSupport}`);
}

function refusedInside(area: Area, file: string, target: string): string | undefined {
  if (!area.order) return undefined;
  const [fromFolder, fromChild] = folders(area, file);
  const [toFolder, toChild] = folders(area, target);
  const support = area.testSupport;
  if (support !== undefined && (fromFolder === support || toFolder === support)) return undefined;
  const fromRank = rank(area, fromFolder);
  const toRank = rank(area, toFolder);
  if (fromRank < 0) return `${area.path}/${fromFolder ?? ''} has no place in the order of layers.`;
  if (toRank < 0) return `${area.path}/${toFolder ?? ''} has no place in the order of layers.`;
  if (toRank > fromRank) return `${fromFolder ?? area.path} stands below ${toFolder ?? target}.`;
  const apart = fromFolder !== undefined && fromFolder === toFolder && area.apart?.includes(fromFolder);
  if (apart && fromChild !== toChild)
    return `${fromFolder}/${fromChild ?? ''} and ${target} stand side by side.`;
  return undefined;
}

/** The first two folders of a path within its area; none for files at its root. */
function folders(area: Area, path: string): string[] {
  return path
    .slice(area.path.length + 1)
    .split('/')
    .slice(0, -1);
}

function rank(area: Area, folder: string | undefined): number {
  const order = area.order ?? [];
  return folder === undefined ? order.length : order.indexOf(folder);
}

function refusedBuiltin(file: string, name: string): string | undefined {
  const area = areaOf(file);
  if (area && !area.node && !isTest(file)) return `${area.path} does not know Node: ${name}.`;
  return name.startsWith('node:') ? undefined : `Write node:${name}.`;
}

function refusedPackage(file: string, specifier: string): string | undefined {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const places = owners
    .filter(({ packages }) => packages.some((p) => matches(name, p)))
    .flatMap((o) => o.places);
  if (places.length === 0) return `${name} has no owner yet: name one in e2e/tools/lint/layers.ts.`;
  const allowed = places.some((place) => isPlace(file, place));
  return allowed ? undefined : `${name} belongs to ${places.join(', ')}.`;
}

const matches = (name: string, pattern: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

function isPlace(file: string, place: string): boolean {
  if (place === 'tests') return isTest(file);
  if (place === '(root)') return !file.includes('/');
  return isWithin(file, place);
}

/** The texts of static, dynamic, type and re-exporting imports. */
const sources = [
  'ImportDeclaration > Literal.source',
  'ExportNamedDeclaration > Literal.source',
  'ExportAllDeclaration > Literal.source',
  'ImportExpression > Literal.source',
  'TSImportType > Literal.source',
  'TSImportType > TSLiteralType > Literal',
  'CallExpression[callee.name="require"] > Literal:first-child',
].join(', ');

/** The ESLint rule; `root` is the folder that the paths of the table begin in. */
export function importRule(root: string): Rule.RuleModule {
  return {
    meta: { type: 'problem', schema: [], messages: { refused: '{{why}}' } },
    create(context) {
      const file = relative(root, context.filename).split(sep).join('/');
      return {
        [sources](node: Rule.Node & { value?: unknown }) {
          const why = typeof node.value === 'string' ? refusal(file, node.value) : undefined;
          if (why !== undefined) context.report({ node, messageId: 'refused', data: { why } });
        },
      };
    },
  };
}
