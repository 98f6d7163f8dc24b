import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { areas, owners } from './layers.ts';

const root = join(import.meta.dirname, '../../..');

const eslint = new ESLint({ cwd: root });

/** The rules that a text breaks at this place. */
async function broken(file: string, text: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath: join(root, file) });
  return (result?.messages ?? []).map((message) =>
    message.fatal === true ? message.message : message.ruleId,
  );
}

const importing = (specifier: string): string =>
  `import { thing } from '${specifier}';\nexport const own = thing;\n`;
const refused = ['hawser/imports'];

const ordered = areas.flatMap((area) =>
  (area.order ?? []).flatMap((lower, index, order) => {
    const higher = order[index + 1];
    return higher === undefined ? [] : [{ area: area.path, lower, higher }];
  }),
);

describe('the order of layers', () => {
  it.each(ordered)(
    'lets $area/$higher import $lower, and never the other way',
    async ({ area, lower, higher }) => {
      expect(await broken(`${area}/${higher}/deep/probe.ts`, importing(`../../${lower}/probe.ts`))).toEqual(
        [],
      );
      expect(await broken(`${area}/${lower}/deep/probe.ts`, importing(`../../${higher}/probe.ts`))).toEqual(
        refused,
      );
    },
  );

  it('sets the files at the root of an area above all its folders', async () => {
    expect(await broken('sidecar/main.ts', importing('./rpc/probe.ts'))).toEqual([]);
    expect(await broken('sidecar/rpc/probe.ts', importing('../main.ts'))).toEqual(refused);
    expect(await broken('app/ui/features/shell/Probe.svelte', script('../../App.svelte'))).toEqual(refused);
  });

  it('asks for a place in the order for each new folder', async () => {
    expect(await broken('sidecar/newcomer/probe.ts', importing('../lib/probe.ts'))).toEqual(refused);
    expect(await broken('sidecar/api/probe.ts', importing('../newcomer/probe.ts'))).toEqual(refused);
  });

  it('keeps features from importing each other', async () => {
    expect(await broken('app/ui/features/editor/probe.ts', importing('./other.ts'))).toEqual([]);
    expect(await broken('app/ui/features/editor/probe.ts', importing('../results/probe.ts'))).toEqual(
      refused,
    );
    expect(await broken('app/ui/features/editor/Probe.svelte', script('../results/Grid.svelte'))).toEqual(
      refused,
    );
  });
});

const script = (specifier: string): string =>
  `<script lang="ts">\n  import Thing from '${specifier}';\n</script>\n\n<Thing />\n`;

describe('the parts of the program', () => {
  it.each([
    ['app/host/probe.ts', '../../sidecar/lib/clock.ts'],
    ['app/host/probe.ts', '../ui/probe.ts'],
    ['app/ui/stores/probe.ts', '../../../sidecar/lib/clock.ts'],
    ['app/ui/stores/probe.ts', '../../host/probe.ts'],
    ['sidecar/lib/probe.ts', '../../app/host/probe.ts'],
    ['sidecar/lib/probe.ts', '../../e2e/fixtures/probe.ts'],
    ['shared/error/probe.ts', '../../sidecar/lib/clock.ts'],
    ['shared/error/probe.ts', '../../app/ui/lib/probe.ts'],
    ['e2e/specs/probe.spec.ts', '../../sidecar/connection/probe.ts'],
    ['e2e/specs/probe.spec.ts', '../../app/host/probe.ts'],
    ['probe.config.ts', './sidecar/lib/clock.ts'],
  ])('%s does not import %s', async (file, specifier) => {
    expect(await broken(file, importing(specifier))).toEqual(refused);
  });

  it.each([
    ['app/host/probe.ts', '#shared/error/codes.ts'],
    ['app/ui/stores/probe.ts', '#shared/error/codes.ts'],
    ['sidecar/lib/probe.ts', '#shared/error/codes.ts'],
    ['shared/error/probe.ts', '../contract/define.ts'],
    ['e2e/specs/probe.spec.ts', '../../sidecar/test/probe.ts'],
    ['e2e/specs/probe.spec.ts', '#shared/error/codes.ts'],
    ['probe.config.ts', './e2e/tools/browser.ts'],
  ])('%s imports %s', async (file, specifier) => {
    expect(await broken(file, importing(specifier))).toEqual([]);
  });

  it('keeps test servers out of the program', async () => {
    expect(await broken('sidecar/lib/probe.test.ts', importing('../test/probe.ts'))).toEqual([]);
    expect(await broken('sidecar/test/probe.ts', importing('../rpc/probe.ts'))).toEqual([]);
    expect(await broken('sidecar/lib/probe.ts', importing('../test/probe.ts'))).toEqual(refused);
    expect(await broken('sidecar/main.ts', importing('./test/probe.ts'))).toEqual(refused);
    expect(await broken('app/host/host.ts', importing('./test/probe.ts'))).toEqual(refused);
    expect(await broken('app/host/bridge/probe.test.ts', importing('../test/probe.ts'))).toEqual([]);
  });

  it('sees every way to import', async () => {
    for (const text of [
      "export { thing } from '../rpc/probe.ts';\n",
      "export * from '../rpc/probe.ts';\n",
      "export const own = () => import('../rpc/probe.ts');\n",
      "import type { Thing } from '../rpc/probe.ts';\nexport const own: Thing = 1;\n",
      "export type Own = import('../rpc/probe.ts').Thing;\n",
      "import '../rpc/probe.ts';\n",
    ]) {
      expect(await broken('sidecar/lib/probe.ts', text), text).toContain('hawser/imports');
    }
  });
});

const libraries = owners.flatMap(({ packages, places }) =>
  packages.map((name) => ({ name: name.replace('*', 'probe'), home: homeOf(places[0] ?? '') })),
);

/** A file at a place of the table of owners. */
function homeOf(place: string): string {
  if (place === 'tests') return 'sidecar/lib/probe.test.ts';
  return place === '(root)' ? 'probe.config.ts' : `${place}/probe.ts`;
}

describe('the owners of libraries', () => {
  it.each(libraries)('$name is imported in $home, not elsewhere', async ({ name, home }) => {
    expect(await broken(home, importing(`${name}/part`))).toEqual([]);
    expect(await broken('sidecar/lib/probe.ts', importing(name))).toEqual(refused);
    expect(await broken('sidecar/lib/probe.ts', `export const own = () => import('${name}');\n`)).toEqual(
      refused,
    );
  });

  it('asks for an owner of each new library', async () => {
    expect(await broken('sidecar/lib/probe.ts', importing('left-pad'))).toEqual(refused);
  });
});

describe('what runs in a browser', () => {
  it('imports nothing of Node', async () => {
    expect(await broken('shared/error/probe.ts', importing('node:fs'))).toEqual(refused);
    expect(await broken('app/ui/lib/probe.ts', importing('node:path'))).toEqual(refused);
    expect(await broken('sidecar/lib/probe.ts', importing('node:fs'))).toEqual([]);
    expect(await broken('sidecar/lib/probe.ts', importing('fs'))).toEqual(refused);
  });

  it('uses neither the page nor the process in shared/', async () => {
    for (const name of ['document', 'window', 'process', 'Buffer', 'fetch']) {
      expect(await broken('shared/error/probe.ts', `export const own = ${name};\n`)).toEqual([
        'no-restricted-globals',
      ]);
    }
    expect(await broken('shared/error/probe.ts', 'export const own = new Map();\n')).toEqual([]);
  });
});

describe('every file', () => {
  it('stays within 350 lines', async () => {
    expect(await broken('sidecar/lib/probe.ts', 'export {};\n'.repeat(350))).not.toContain('max-lines');
    expect(await broken('sidecar/lib/probe.ts', 'export {};\n'.repeat(351))).toContain('max-lines');
  });

  it('keeps its functions within 50 lines', async () => {
    const text = (lines: number) =>
      `export function own(out: number[]) {\n${'  out.push(1);\n'.repeat(lines)}}\n`;
    expect(await broken('sidecar/lib/probe.ts', text(48))).toEqual([]);
    expect(await broken('sidecar/lib/probe.ts', text(49))).toEqual(['max-lines-per-function']);
  });

  it('has no test that is left out and no comment that silences a rule', async () => {
    expect(await broken('sidecar/lib/probe.ts', "it.only('x', () => 1);\n")).toContain(
      'no-restricted-syntax',
    );
    expect(await broken('sidecar/lib/probe.ts', '/* eslint-disable */\nexport {};\n')).toEqual([null]);
    expect(await broken('sidecar/lib/probe.ts', '// @ts-ignore\nexport {};\n')).toContain(
      '@typescript-eslint/ban-ts-comment',
    );
    expect(await broken('sidecar/lib/probe.ts', '// TODO later\nexport {};\n')).toEqual([
      'no-warning-comments',
    ]);
  });
});

/** What oxlint finds in a folder of these files, as `file: rule`. */
async function foundIn(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hawser-lint-'));
  try {
    await cp(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
    const said = await new Promise<string>((resolve) => {
      const args = [oxlint, '--type-aware', '--format', 'json'];
      execFile(process.execPath, args, { cwd: folder }, (_error, stdout) => {
        resolve(stdout);
      });
    });
    const { diagnostics } = JSON.parse(said) as { diagnostics: { code: string; filename: string }[] };
    return diagnostics.map(({ filename, code }) => `${filename}: ${code}`).sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('what only all files together show', () => {
  it('is any cycle of imports, also through components', async () => {
    const found = await foundIn({
      'one.ts': "import { two } from './two.ts';\nexport const one = (): number => two();\n",
      'two.ts': "import { one } from './one.ts';\nexport const two = (): number => one();\n",
      'Whole.svelte': script('./Part.svelte'),
      'Part.svelte': script('./Whole.svelte'),
      'apart.ts': "import { one } from './one.ts';\nexport const apart = one;\n",
    });
    expect(found).toEqual(
      ['Part.svelte', 'Whole.svelte', 'one.ts', 'two.ts'].map((name) => `${name}: import(no-cycle)`),
    );
  });

  it('is what types tell', async () => {
    const found = await foundIn({
      'tsconfig.json': '{ "compilerOptions": { "strict": true, "noEmit": true } }',
      'floating.ts': 'export function own(work: () => Promise<void>): void {\n  work();\n}\n',
      'unsafe.ts': 'export const own = (text: string): number => JSON.parse(text);\n',
    });
    expect(found).toEqual([
      'floating.ts: typescript(no-floating-promises)',
      'unsafe.ts: typescript(no-unsafe-return)',
    ]);
  });
});
