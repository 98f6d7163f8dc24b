import { describe, expect, it } from 'vitest';
import { maxDefinitionBytes } from '#shared/connection/definitionLimits.ts';
import type { DefinitionsPreview } from '#shared/connection/definitions.ts';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import { Announcer } from '../../stores/announcer.svelte.ts';
import type { CommandStores } from '../../stores/commands/commandStores.ts';
import { DefinitionCommands } from '../../stores/commands/definitionCommands.ts';
import { Toasts } from '../../stores/toasts.svelte.ts';
import { Workspace } from '../../stores/workspace.svelte.ts';
import { ImportState } from './importState.svelte.ts';

const item = { group: ['G'], provenance: {}, warnings: [] };
const preview: DefinitionsPreview = {
  source: 'service',
  items: [
    { ...item, key: 'plain', config: { name: 'plain' } },
    { ...item, key: 'known', config: { name: 'known' }, duplicateOf: 'x' },
    { ...item, key: 'runs', config: { name: 'runs' }, runs: ['SQL'] },
    { ...item, key: 'secret', config: { name: 'secret' }, secretRef: 'handle' },
  ],
  groups: [{ path: ['G'], color: '#aa0000' }],
  leftOut: [],
  warnings: [],
};

/** What the sidecar would say, and what it was asked. */
class Sidecar implements Rpc {
  readonly asked: unknown[] = [];
  fault: AppError | undefined;

  call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    this.asked.push(params);
    if (this.fault) return Promise.reject(this.fault);
    const answers: Partial<Record<MethodName, unknown>> = {
      'definitions.preview': preview,
      'definitions.import': { ids: ['1', '2'] },
    };
    return Promise.resolve(answers[method] as MethodResult<M>);
  }
}

async function opened() {
  const sidecar = new Sidecar();
  const stores = { announcer: new Announcer(), toasts: new Toasts(), workspace: new Workspace() };
  const model = new ImportState(new DefinitionCommands(sidecar, stores as unknown as CommandStores));
  await model.open({ source: 'service', path: '/a' });
  return { model, sidecar, stores };
}
const keys = (model: ImportState) => model.chosen.map(({ key }) => key);

describe('the dialog that imports', () => {
  it('ticks by itself what is new and runs nothing', async () => {
    const { model, sidecar } = await opened();
    expect(sidecar.asked).toEqual([{ source: 'service', path: '/a' }]);
    expect(keys(model)).toEqual(['plain', 'secret']);
    model.chooseAll(true);
    expect(keys(model)).toHaveLength(4);
    model.choose('plain', false);
    expect(keys(model)).toEqual(['known', 'runs', 'secret']);
  });

  it('gives the handle of a password only where it is asked to, and says what came', async () => {
    const { model, sidecar, stores } = await opened();
    expect(model.secretCount).toBe(1);
    expect(await model.import()).toBe(true);
    expect(JSON.stringify(sidecar.asked.at(-1))).not.toContain('handle');
    model.withSecrets = true;
    await model.import();
    expect(sidecar.asked.at(-1)).toEqual({
      items: [
        { config: { name: 'plain' }, group: ['G'] },
        { config: { name: 'secret' }, group: ['G'], secrets: { ref: 'handle' } },
      ],
      groups: preview.groups,
    });
    expect(stores.toasts.list[0]?.text).toBe('Imported 2 connections');
    expect(stores.workspace.selected).toEqual({ kind: 'connection', id: '1' });
  });

  it('stays open with what was chosen, and says why, where the import was refused', async () => {
    const { model, sidecar } = await opened();
    sidecar.fault = new AppError('INVALID_CONFIG', 'The port is wrong.');
    expect(await model.import()).toBe(false);
    expect([model.error?.message, keys(model), model.busy]).toEqual([
      'The port is wrong.',
      ['plain', 'secret'],
      false,
    ]);
    model.back();
    expect([model.error, model.preview]).toEqual([undefined, undefined]);
  });

  it('does not even read a file that is too large, and shows no places where they cannot be looked for', async () => {
    const { model, sidecar } = await opened();
    const asked = sidecar.asked.length;
    await model.openFile(new File([new Uint8Array(maxDefinitionBytes + 1)], 'huge.json'));
    expect([model.error?.code, sidecar.asked.length]).toEqual(['IMPORT_UNREADABLE', asked]);
    sidecar.fault = new AppError('SIDECAR_RESTARTED', 'The engine was started again.');
    await model.scan();
    expect([model.sources, model.error?.code]).toEqual([[], 'SIDECAR_RESTARTED']);
  });
});
