import { SvelteSet } from 'svelte/reactivity';
import { maxDefinitionBytes } from '#shared/connection/definitionLimits.ts';
import type {
  DefinitionSource,
  DefinitionsPreview,
  FoundDefinition,
} from '#shared/connection/definitions.ts';
import type { MethodResult } from '#shared/contract/derive.ts';
import { AppError, fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { DefinitionCommands } from '../../stores/commands/definitionCommands.ts';

export type ScannedSource = MethodResult<'definitions.scan'>['sources'][number];

/** What the dialog shows: places first, then what one of them holds. */
export class ImportState {
  readonly #commands: DefinitionCommands;
  #sources = $state.raw<readonly ScannedSource[]>();
  #preview = $state.raw<DefinitionsPreview>();
  #fileName = $state<string>();
  #error = $state.raw<AppError>();
  #busy = $state(false);
  readonly #chosen = new SvelteSet<string>();
  /** The passwords that were found are taken too. */
  withSecrets = $state(false);

  constructor(commands: DefinitionCommands) {
    this.#commands = commands;
  }

  /** Undefined while they are looked for. */
  get sources(): readonly ScannedSource[] | undefined {
    return this.#sources;
  }

  get preview(): DefinitionsPreview | undefined {
    return this.#preview;
  }

  /** Of a file that the window has read. */
  get fileName(): string | undefined {
    return this.#fileName;
  }

  get error(): AppError | undefined {
    return this.#error;
  }

  get busy(): boolean {
    return this.#busy;
  }

  readonly items = $derived(this.#preview?.items ?? []);
  readonly chosen = $derived(this.items.filter(({ key }) => this.#chosen.has(key)));
  /** Of those that are chosen. */
  readonly secretCount = $derived(this.chosen.filter(({ secretRef }) => secretRef !== undefined).length);

  isChosen(key: string): boolean {
    return this.#chosen.has(key);
  }

  choose(key: string, chosen: boolean): void {
    if (chosen) this.#chosen.add(key);
    else this.#chosen.delete(key);
  }

  chooseAll(chosen: boolean): void {
    for (const { key } of this.items) this.choose(key, chosen);
  }

  async scan(): Promise<void> {
    await this.#doing(async () => {
      this.#sources = await this.#commands.scan();
    });
    this.#sources ??= [];
  }

  async open({ source, path }: { source: DefinitionSource; path?: string | undefined }): Promise<void> {
    await this.#doing(async () => {
      this.#show(await this.#commands.preview({ source, ...(path !== undefined && { path }) }));
    });
  }

  /** A file of the user's own choice; what it is, is told from what stands in it. */
  async openFile(file: File): Promise<void> {
    await this.#doing(async () => {
      if (file.size > maxDefinitionBytes)
        throw new AppError('IMPORT_UNREADABLE', `${file.name} is too large for a list of connections.`);
      const text = await file.text();
      this.#show(await this.#commands.preview({ text, fileName: file.name }), file.name);
    });
  }

  back(): void {
    this.#preview = undefined;
    this.#error = undefined;
  }

  /** Whether it worked. */
  async import(): Promise<boolean> {
    return this.#doing(() =>
      this.#commands.import({
        items: this.chosen.map(({ config, group, secretRef }) => ({
          config,
          group,
          ...(this.withSecrets && secretRef !== undefined && { secrets: { ref: secretRef } }),
        })),
        groups: this.#preview?.groups ?? [],
      }),
    );
  }

  #show(preview: DefinitionsPreview, fileName?: string): void {
    this.#preview = preview;
    this.#fileName = fileName;
    this.withSecrets = false;
    this.#chosen.clear();
    for (const item of preview.items) if (isHarmless(item)) this.#chosen.add(item.key);
  }

  async #doing(work: () => Promise<void>): Promise<boolean> {
    this.#error = undefined;
    this.#busy = true;
    try {
      await work();
      return true;
    } catch (error) {
      this.#error = error instanceof AppError ? error : fromEnvelope(toEnvelope(error));
      return false;
    } finally {
      this.#busy = false;
    }
  }
}

/** What is there already, and what would run something of its own, is only taken where the user ticks it. */
const isHarmless = ({ duplicateOf, runs }: FoundDefinition): boolean =>
  duplicateOf === undefined && runs === undefined;
