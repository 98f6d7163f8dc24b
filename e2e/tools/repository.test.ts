import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { version } from '#shared/version.ts';
import { root } from './root.ts';

const text = (path: string): string => readFileSync(join(root, path), 'utf8');

const sources = ['shared', 'sidecar', 'app', 'e2e'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
);

describe('the repository', () => {
  it('has a lockfile without addresses, which every registry can serve', () => {
    expect(text('package-lock.json')).not.toMatch(/"resolved"|\.tgz"/);
  });

  it('is called by one version', () => {
    expect((JSON.parse(text('package.json')) as { version: string }).version).toBe(version);
  });

  it('pins every version', () => {
    const manifest = JSON.parse(text('package.json')) as Record<string, Record<string, string>>;
    const versions = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.values(manifest[kind] ?? {}),
    );
    expect(versions.filter((version) => !/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual(
      [],
    );
    expect(versions.length).toBeGreaterThan(10);
  });

  it('has no file of more than 350 lines, those that lint does not read included', () => {
    const long = sources
      .filter((path) => /\.(ts|js|mjs|cjs|svelte|css|sql|html|sh)$/.test(path))
      .filter((path) => text(path).trimEnd().split('\n').length > 350);
    expect(long).toEqual([]);
  });

  it('lets the install scripts run that were looked at, and no others', () => {
    const { allowScripts } = JSON.parse(text('package.json')) as { allowScripts: Record<string, boolean> };
    const lock = JSON.parse(text('package-lock.json')) as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    const scripted = Object.entries(lock.packages)
      .filter(([, entry]) => entry.hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(Object.keys(allowScripts).sort()).toEqual(scripted.sort());
  });
});
