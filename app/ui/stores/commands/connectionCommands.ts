import type { ConnectionConfig, ConnectionDraft, Secrets } from '#shared/connection/config.ts';
import { formatPsqlCommand, formatUri } from '#shared/connection/formatUri.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import { isLive } from '../connections.svelte.ts';
import type { CommandStores } from './commandStores.ts';
import { inSidebar } from './inSidebar.ts';
import type { TabCommands } from './tabCommands.ts';

/** What the user can do with a connection. */
export class ConnectionCommands {
  #rpc: Rpc;
  #stores: CommandStores;
  #tabs: TabCommands;

  constructor(rpc: Rpc, stores: CommandStores, tabs: TabCommands) {
    this.#rpc = rpc;
    this.#stores = stores;
    this.#tabs = tabs;
  }

  /** Makes it the active one of this window and connects it; brings a tab of it to the front. */
  async connect(id: string, secrets: Secrets = {}): Promise<void> {
    this.#tabs.reveal(id);
    await this.retry(id, secrets);
  }

  /** Connects again without touching the tabs: what a banner offers. */
  async retry(id: string, secrets: Secrets = {}): Promise<void> {
    this.#stores.workspace.await(id);
    await inSidebar(this.#stores.workspace, async () => {
      try {
        await this.#rpc.call('connection.switch', { id, secrets });
      } catch (error) {
        // A failed connect has been told by the status already, and stands at the row and in the banner.
        if (!(error instanceof AppError) || !this.#told(id, error)) throw error;
      }
    });
  }

  /** Makes the built-in sample anew after its connection was deleted, and connects it. */
  async openSample(): Promise<void> {
    await inSidebar(this.#stores.workspace, async () => {
      const { config } = await this.#rpc.call('connection.save', {
        config: { name: 'Sample shop (embedded)', mode: 'embedded', credential: { source: 'none' } },
        secrets: {},
      });
      await this.connect(config.id);
    });
  }

  /** A planned reconnect goes out at once. */
  async retryNow(id: string): Promise<void> {
    await inSidebar(this.#stores.workspace, () => this.#rpc.call('connection.retryNow', { id }));
  }

  /** No further reconnect is tried. */
  async stopRetry(id: string): Promise<void> {
    await inSidebar(this.#stores.workspace, () => this.#rpc.call('connection.stopRetry', { id }));
  }

  /** The user has seen that another server answers, and lets statements write to it. */
  async allowWrites(id: string): Promise<void> {
    await inSidebar(this.#stores.workspace, () => this.#rpc.call('connection.acknowledgeIdentity', { id }));
  }

  /**
   * Ends what lies idle of Hawser's own connections to the same server, this one's and others'; returns how many. A
   * connection that could not be made itself has none.
   */
  async closeIdle(id: string): Promise<number> {
    const { connections, workspace } = this.#stores;
    const own = connections.get(id)?.config;
    const near = connections.list.filter(
      (row) => isLive(row) && row.config.host === own?.host && row.config.port === own.port,
    );
    let closed = 0;
    await inSidebar(workspace, async () => {
      const calls = near.map(({ config }) => this.#rpc.call('connection.closeIdle', { id: config.id }));
      for (const answer of await Promise.all(calls)) closed += answer.closed;
    });
    return closed;
  }

  /** Lets statements write, in this window, until its session ends. Asks first. */
  async openWritable(id: string): Promise<void> {
    const { connections, questions, workspace } = this.#stores;
    const config = connections.get(id)?.config;
    if (!config) return;
    const production = config.environment === 'production';
    const confirmed = await questions.ask({
      title: `Allow writing on “${config.name}”?`,
      text: `From now on statements of this window may change data there, until its session ends.${production ? ' It is a production server: each text that writes is still asked about.' : ''}`,
      confirm: 'Open a writable session',
      cancel: 'Stay read-only',
      danger: true,
    });
    if (confirmed)
      await inSidebar(workspace, () => this.#rpc.call('connection.override', { id, readOnly: 'off' }));
  }

  /** Back to what the definition says. */
  async closeWritable(id: string): Promise<void> {
    const readOnly = this.#stores.connections.get(id)?.config.options.readOnly;
    if (readOnly === undefined) return;
    await inSidebar(this.#stores.workspace, () => this.#rpc.call('connection.override', { id, readOnly }));
  }

  /** Creates it, or changes it where the draft has an id; returns its id. Rejects with what is wrong with it. */
  async save(config: ConnectionDraft, secrets: Secrets): Promise<string> {
    const saved = await this.#rpc.call('connection.save', { config, secrets });
    const { id } = saved.config;
    // The definition is saved, and its form closes; that there is no keychain at all stood in it.
    if (saved.problem && saved.problem.code !== 'KEYCHAIN_UNAVAILABLE')
      this.#stores.toasts.show(`${saved.problem.message} The password is kept for this session.`);
    this.#stores.workspace.selected = { kind: 'connection', id };
    return id;
  }

  /** A name that is empty or the same changes nothing. */
  async rename(config: ConnectionConfig, name: string): Promise<void> {
    const wanted = name.trim();
    if (wanted === '' || wanted === config.name) return;
    await inSidebar(this.#stores.workspace, () =>
      this.#rpc.call('connection.save', { config: { ...config, name: wanted }, secrets: {} }),
    );
  }

  /** Asks first where tabs would lose what their open transactions have done. */
  async disconnect(...ids: string[]): Promise<void> {
    const { connections, questions, transactions, workspace } = this.#stores;
    const count = ids.flatMap((id) => transactions.tabsOn(id)).length;
    const [first = ''] = ids;
    const what =
      ids.length === 1 ? `“${connections.get(first)?.config.name ?? ''}”` : `${ids.length} connections`;
    const confirmed =
      count === 0 ||
      (await questions.ask({
        title: `Disconnect ${what}?`,
        text: `${count === 1 ? 'A tab has an open transaction' : `${count} tabs have open transactions`}. Disconnecting rolls back: nothing that was changed is kept.`,
        confirm: 'Roll back and disconnect',
        cancel: 'Stay connected',
        danger: true,
      }));
    if (!confirmed) return;
    await inSidebar(workspace, () =>
      Promise.all(ids.map((id) => this.#rpc.call('connection.disconnect', { id }))),
    );
  }

  /** Connects several without a tab for each; what each comes to is told at its row. */
  async connectAll(ids: readonly string[]): Promise<void> {
    await inSidebar(this.#stores.workspace, () =>
      Promise.all(
        ids.map(async (id) => {
          try {
            await this.#rpc.call('connection.connect', { id, secrets: {} });
          } catch (error) {
            if (!(error instanceof AppError) || !this.#told(id, error)) throw error;
          }
        }),
      ),
    );
  }

  /** Double click and Enter: connects, or opens a further tab where it is connected already. */
  async activate(id: string): Promise<void> {
    const row = this.#stores.connections.get(id);
    if (row?.status === 'connected' || row?.status === 'degraded') this.#tabs.open(id);
    else await this.connect(id);
  }

  /** The copy has the settings, never the password: that is said, so that nobody waits for it in vain. */
  async duplicate(id: string): Promise<void> {
    const { toasts, workspace } = this.#stores;
    await inSidebar(workspace, async () => {
      const { config } = await this.#rpc.call('connection.duplicate', { id });
      workspace.selected = { kind: 'connection', id: config.id };
      toasts.show(`Made “${config.name}”${mayHaveSecret(config) ? '. The copy has no password yet' : ''}`);
    });
  }

  async copyUri(id: string): Promise<void> {
    await this.#copy(id, formatUri, 'Copied the URI, which has no password in it');
  }

  async copyPsqlCommand(id: string): Promise<void> {
    await this.#copy(id, formatPsqlCommand, 'Copied the command, which has no password in it');
  }

  async #copy(id: string, format: (config: ConnectionConfig) => string, words: string): Promise<void> {
    const { connections, toasts } = this.#stores;
    const config = connections.get(id)?.config;
    if (!config) return;
    const beyond = config.ssh?.enabled ? '; SSH is no part of it' : '';
    await navigator.clipboard.writeText(format(config)).then(
      () => toasts.show(words + beyond),
      () => toasts.show('Not copied: this window may not use the clipboard'),
    );
  }

  async remove(config: ConnectionConfig): Promise<void> {
    const { questions, toasts, workspace } = this.#stores;
    const confirmed = await questions.ask({
      title: `Delete “${config.name}”?`,
      text: `${deletedThings(config)} Query tabs stay as they are.`,
      confirm: 'Delete connection',
      cancel: 'Keep it',
      danger: true,
    });
    if (!confirmed) return;
    await inSidebar(workspace, async () => {
      const restore = await this.delete(config);
      toasts.show(deletedWords(config), { undo: () => void inSidebar(workspace, restore) });
    });
  }

  /** Without a question. Returns what makes it anew, with another id, and binds the tabs to it that were its own. */
  async delete(config: ConnectionConfig): Promise<() => Promise<void>> {
    const { documents } = this.#stores;
    const bound = documents.list.filter(({ connectionId }) => connectionId === config.id).map(({ id }) => id);
    await this.#rpc.call('connection.delete', { id: config.id });
    return async () => {
      const connectionId = await this.save(definitionOf(config), {});
      for (const id of bound)
        if (documents.get(id)?.connectionId === config.id) documents.update(id, { connectionId });
    };
  }

  async resetSample(config: ConnectionConfig): Promise<void> {
    const confirmed = await this.#stores.questions.ask({
      title: 'Reset the sample data?',
      text: 'Everything in the built-in server is thrown away, your own tables there too. The next connect makes the sample anew.',
      confirm: 'Throw the data away',
      cancel: 'Keep the data',
      danger: true,
    });
    if (!confirmed) return;
    await inSidebar(this.#stores.workspace, () => this.#rpc.call('embedded.reset', { id: config.id }));
  }

  /** Opens the form, after asking what becomes of unsaved changes in one that is open. */
  async edit(id: string): Promise<void> {
    const { workspace } = this.#stores;
    const open = workspace.form?.target;
    if (open?.kind === 'edit' && open.connectionId === id) workspace.showForm();
    else if (await this.mayLeaveForm()) workspace.openForm({ kind: 'edit', connectionId: id });
  }

  /** Opens the form with a test of the definition as it is stored. */
  async diagnose(id: string): Promise<void> {
    if (await this.mayLeaveForm())
      this.#stores.workspace.openForm({ kind: 'edit', connectionId: id, diagnose: true });
  }

  async create(groupId?: string): Promise<void> {
    if (await this.mayLeaveForm()) this.#stores.workspace.openForm({ kind: 'new', groupId });
  }

  /** Opens the form with what the clipboard says; where that may not be read, it is pasted there. */
  async createFromClipboard(): Promise<void> {
    const text = await navigator.clipboard.readText().catch(() => '');
    if (await this.mayLeaveForm()) this.#stores.workspace.openForm({ kind: 'new', text: text.trim() });
  }

  async closeForm(): Promise<void> {
    if (await this.mayLeaveForm()) this.#stores.workspace.closeForm();
  }

  async mayLeaveForm(): Promise<boolean> {
    const { questions, workspace } = this.#stores;
    if (!workspace.formDirty) return true;
    const answer = await questions.choose({
      title: 'Save the changes?',
      text: 'The connection form has changes that are not saved.',
      confirm: 'Save',
      alternative: 'Discard changes',
      cancel: 'Keep editing',
      danger: false,
    });
    return answer === 'confirm' ? workspace.saveForm() : answer === 'alternative';
  }

  #told(id: string, error: AppError): boolean {
    if (error.code === 'CANCELLED') return true;
    const row = this.#stores.connections.get(id);
    return row?.error?.code === error.code || error.facts.promptId !== undefined;
  }
}

/** A definition without what belongs to the one connection that it was. */
function definitionOf(config: ConnectionConfig): ConnectionDraft {
  const {
    id: _,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    lastConnectedAt: _last,
    lastError: _error,
    ...rest
  } = config;
  return rest;
}

/** Only a keychain outlasts the session. */
const deletedThings = ({ credential }: ConnectionConfig): string =>
  credential.source === 'keychain'
    ? 'Its settings and its stored password are deleted.'
    : 'Its settings are deleted.';

/** Whether there is one is known to the sidecar only. */
const mayHaveSecret = ({ credential }: Pick<ConnectionDraft, 'credential'>): boolean =>
  credential?.source === 'keychain' || credential?.source === 'session';

/** Its secrets are gone for good. */
const deletedWords = (config: ConnectionConfig): string =>
  `Deleted “${config.name}”${mayHaveSecret(config) ? '; its password would have to be entered again' : ''}`;
