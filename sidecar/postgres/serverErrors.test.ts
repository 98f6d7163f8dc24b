import { expect, it } from 'vitest';
import { fromServer, mayNeedTls } from './serverErrors.ts';

const german = {
  code: '28000',
  severity: 'FATAL',
  message:
    'kein pg_hba.conf-Eintrag für Host »127.0.0.1«, Benutzer »app«, Datenbank »postgres«, keine Verschlüsselung',
  routine: 'ClientAuthentication',
};

it('a refusal by the rules for hosts is known in every language', () => {
  const error = fromServer(german);
  expect(error).toMatchObject({
    code: 'AUTH_REJECTED',
    facts: { sqlstate: '28000', detail: german.message },
  });
  expect(mayNeedTls(error)).toMatchObject({
    code: 'AUTH_NEEDS_TLS',
    facts: { detail: german.message, actions: [{ id: 'enableTls' }] },
  });
});

it('a role that may not log in is none', () => {
  const message = 'Rolle »app« hat keine Berechtigung zum Einloggen';
  const error = fromServer({ ...german, message, routine: 'InitializeSessionUserId' });
  expect(mayNeedTls(error)).toMatchObject({ code: 'AUTH_REJECTED' });
});

it('a session that the server ended leaves the why to its own words', () => {
  const message = 'terminating connection due to unexpected postmaster exit';
  const { code, message: said, facts } = fromServer({ message, code: '57P01' });
  expect([code, said, facts.detail]).toEqual([
    'SERVER_TERMINATED',
    'The server ended this session.',
    message,
  ]);
  expect(facts.hint).toContain('may have crashed');
});
