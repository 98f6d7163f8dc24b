import type { Rpc } from '../../lib/rpc/rpc.ts';
import { CatalogCommands } from './catalogCommands.ts';
import { ComeBackCommands } from './comeBackCommands.ts';
import type { CommandStores } from './commandStores.ts';
import { ConnectionCommands } from './connectionCommands.ts';
import { CredentialCommands } from './credentialCommands.ts';
import { DefinitionCommands } from './definitionCommands.ts';
import { ExportCommands } from './exportCommands.ts';
import { GroupCommands } from './groupCommands.ts';
import { LedgerCommands } from './ledgerCommands.ts';
import { RunCommands } from './runCommands.ts';
import { SidebarCommands } from './sidebarCommands.ts';
import { SettingsCommands } from './settingsCommands.ts';
import { TabCommands } from './tabCommands.ts';
import { TransactionCommands } from './transactionCommands.ts';

/** Everything that components ask for, by subject. What the sidecar changes comes back by notification. */
export class Commands {
  readonly catalog: CatalogCommands;
  readonly comeBack: ComeBackCommands;
  readonly connections: ConnectionCommands;
  readonly credentials: CredentialCommands;
  readonly definitions: DefinitionCommands;
  readonly exports: ExportCommands;
  readonly groups: GroupCommands;
  readonly ledger: LedgerCommands;
  readonly runs: RunCommands;
  readonly settings: SettingsCommands;
  readonly sidebar: SidebarCommands;
  readonly tabs: TabCommands;
  readonly transactions: TransactionCommands;

  constructor(rpc: Rpc, stores: CommandStores) {
    this.transactions = new TransactionCommands(rpc, stores);
    this.tabs = new TabCommands(stores, this.transactions);
    this.connections = new ConnectionCommands(rpc, stores, this.tabs);
    this.comeBack = new ComeBackCommands(rpc, stores);
    this.credentials = new CredentialCommands(rpc, stores);
    this.definitions = new DefinitionCommands(rpc, stores);
    this.ledger = new LedgerCommands(rpc, stores);
    this.runs = new RunCommands(stores);
    this.exports = new ExportCommands(stores, this.runs);
    this.catalog = new CatalogCommands(rpc, stores, this.runs, this.transactions);
    this.settings = new SettingsCommands(rpc, stores);
    this.groups = new GroupCommands(rpc, stores);
    this.sidebar = new SidebarCommands(stores, this.connections, this.groups);
  }
}
