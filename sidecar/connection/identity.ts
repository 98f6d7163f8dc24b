import type { IdentityChange, IdentityReport } from '#shared/connection/identity.ts';

/** What a server is known again by. What it does not tell is undefined, which is no change. */
export interface Identity {
  systemIdentifier?: string | undefined;
  timeline?: number | undefined;
  inRecovery: boolean;
  serverVersionNum: number;
}

/**
 * What is different behind the same address: another server altogether, a standby that was promoted, a primary that is a
 * standby now, or another version. A changed system identifier means that nothing of before can be relied upon.
 */
export function identityChanges(before: Identity, now: Identity): IdentityChange[] {
  const changes: IdentityChange[] = [];
  const note = (what: IdentityChange['what'], from: Told, to: Told): void => {
    if (from !== undefined && to !== undefined && from !== to)
      changes.push({ what, before: String(from), after: String(to) });
  };
  note('systemIdentifier', before.systemIdentifier, now.systemIdentifier);
  note('timeline', before.timeline, now.timeline);
  note('role', roleOf(before), roleOf(now));
  note('version', before.serverVersionNum, now.serverVersionNum);
  return changes;
}

type Told = string | number | undefined;

const roleOf = ({ inRecovery }: Identity): string => (inRecovery ? 'standby' : 'primary');

/** Compares each server that answers at an address with the one before, for as long as the process lives. */
export class IdentityWatch {
  #last: { address: string; identity: Identity } | undefined;
  #writesHeld = false;

  /** Undefined where there is nothing to compare with. */
  seen(address: string, identity: Identity): IdentityReport | undefined {
    const before = this.#last?.address === address ? this.#last.identity : undefined;
    this.#last = { address, identity };
    if (!before) this.#writesHeld = false;
    if (!before) return undefined;
    const changes = identityChanges(before, identity);
    if (changes.some(({ what }) => what === 'systemIdentifier')) this.#writesHeld = true;
    return { known: identity.systemIdentifier !== undefined, changes, writesHeld: this.#writesHeld };
  }

  acknowledge(): void {
    this.#writesHeld = false;
  }
}
