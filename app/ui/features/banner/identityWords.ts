import type { IdentityChange } from '#shared/connection/identity.ts';
import type { ConnectionRow } from '#shared/connection/status.ts';

interface IdentityNotice {
  /** `held`: stays until the user allows writes. `said`: told once, and may be put away. */
  kind: 'held' | 'said';
  title: string;
  /** What it was before, and what it is now. */
  text: string;
  /** One notice, so that another change of the same connection is told again. */
  key: string;
}

/** What is different from before behind a connection's address; undefined where nothing is, or the user knows. */
export function identityNotice({ config, info }: ConnectionRow): IdentityNotice | undefined {
  const { changes = [], writesHeld = false } = info?.identity ?? {};
  if (changes.length === 0 && !writesHeld) return undefined;
  const replaced = changes.some(({ what }) => what === 'systemIdentifier');
  const key = `${config.id} ${info?.connectedAt ?? 0}`;
  const words = changes.map(changeWords);
  if (writesHeld) {
    const text = ['writes wait', ...words].join(' · ');
    return { kind: 'held', title: `Another server answers for ${config.name}`, text, key };
  }
  // Who has allowed writes has read what else changed with the server.
  if (replaced) return undefined;
  return { kind: 'said', title: saidTitle(config.name, changes), text: words.join(' · '), key };
}

function saidTitle(name: string, changes: readonly IdentityChange[]): string {
  const role = changes.find(({ what }) => what === 'role');
  if (role) return role.after === 'standby' ? `${name} is a standby now` : `${name} is the primary now`;
  return changes.some(({ what }) => what === 'version')
    ? `${name} has another version now`
    : `${name} has a new timeline`;
}

function changeWords({ what, before, after }: IdentityChange): string {
  const change = (words: string, show = (text: string) => text) =>
    `${words} ${show(before)} before, ${show(after)} now`;
  switch (what) {
    case 'systemIdentifier':
      return change('system identifier');
    case 'timeline':
      return change('timeline');
    case 'role':
      return change('role:');
    case 'version':
      return change('PostgreSQL', versionWords);
  }
}

/** `160004`, the server's own number, as people write it: `16.4`. */
function versionWords(text: string): string {
  const number = Number(text);
  return Number.isInteger(number) && number >= 100_000
    ? `${Math.floor(number / 10_000)}.${number % 10_000}`
    : text;
}
