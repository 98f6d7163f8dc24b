import { expect, it } from 'vitest';
import { connectionConfigSchema } from '#shared/connection/config.ts';
import { settingsSchema } from '#shared/settings/settings.ts';
import { FormState } from './formState.svelte.ts';
import { usualOptions } from './usualOptions.ts';

const settings = settingsSchema.parse({
  defaultTlsMode: 'verify-full',
  defaultConnectTimeoutSec: 3,
  defaultStatementTimeoutMs: 60_000,
  defaultKeepaliveIntervalSec: 0,
  defaultApplicationName: 'Harbour',
  defaultAutoCommit: false,
  defaultProductionReadOnly: 'guarded',
});
const defaults = { source: 'session', ...usualOptions(settings) } as const;

it('a new connection begins as the settings say, and that is no change', () => {
  const form = new FormState(undefined, defaults);
  expect(form.draft).toMatchObject({
    tls: { mode: 'verify-full' },
    options: {
      connectTimeoutSec: 3,
      statementTimeoutMs: 60_000,
      keepaliveIntervalSec: 0,
      applicationName: 'Harbour',
      autoCommit: false,
    },
  });
  expect(form.dirty).toBe(false);
});

it('an existing connection keeps what it has', () => {
  const base = connectionConfigSchema.parse({
    id: '00000000-0000-4000-8000-000000000001',
    name: 'billing',
    tls: { mode: 'prefer' },
    createdAt: 1,
    updatedAt: 2,
  });
  const form = new FormState(base, defaults);
  form.setEnvironment('production');
  expect(form.draft).toMatchObject({ ...base, environment: 'production' });
});

it('what becomes production takes the mode for production along, and leaves it behind again', () => {
  const form = new FormState(undefined, defaults);
  const modes = (['production', 'staging'] as const).map((each) => {
    form.setEnvironment(each);
    return form.values.readOnly;
  });
  expect(modes).toEqual(['guarded', 'off']);
  form.values.readOnly = 'strict';
  form.setEnvironment('production');
  expect(form.values.readOnly).toBe('strict');
});
