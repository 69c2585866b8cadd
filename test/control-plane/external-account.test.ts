// Whose account it is that somebody signs in to by an identity provider.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { externalAccount } from '../../src/control-plane/auth/external-account.ts';
import type { ExternalIdentity, OidcSettings } from '../../src/control-plane/auth/oidc.ts';
import { startSession } from '../../src/control-plane/auth/sessions.ts';
import type { UserTable } from '../../src/control-plane/database/tables/people.ts';
import { openStore, type Store } from './support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

const settings: OidcSettings = {
  issuer: 'https://id.example.test',
  clientId: 'aim',
  roles: [{ role: 'member', group: 'staff' }],
};
const comes = (email: string, change: Partial<ExternalIdentity> = {}): Promise<UserTable> =>
  store.changes.run((each) =>
    externalAccount(
      each,
      {
        issuer: settings.issuer,
        subject: randomUUID(),
        email,
        isEmailVerified: true,
        name: null,
        groups: ['staff'],
        provedAt: null,
        ...change,
      },
      settings,
    ),
  );

/** As the public registration makes it: nobody has shown that the address is theirs. */
async function asksFor(email: string, change: Partial<UserTable> = {}): Promise<UserTable> {
  const row: UserTable = {
    id: randomUUID(),
    organizationId: (await store.queries.selectFrom('organizations').select('id').executeTakeFirstOrThrow()).id,
    email,
    name: email,
    role: 'viewer',
    status: 'pending',
    statusReason: null,
    passwordHash: '$scrypt$of whoever asked',
    forcePasswordChange: 0,
    groups: '[]',
    reviewKey: null,
    reviewKeyAt: null,
    externalId: null,
    lastLoginAt: null,
    createdAt: 0,
    updatedAt: 0,
    ...change,
  };
  await store.queries.insertInto('users').values(row).execute();
  return row;
}
const kept = (id: string) => store.queries.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

describe('an account that somebody asked for under the address of another', () => {
  test('is the one of whoever shows that the address is theirs, and the password of the first is worth nothing', async () => {
    const { id } = await asksFor('vera@example.test');
    expect(await comes('Vera@example.test')).toMatchObject({ id, status: 'active', passwordHash: null });
    expect(await kept(id)).toMatchObject({ status: 'active', passwordHash: null });
  });

  test('also where an administrator has let it in already: its sessions end', async () => {
    const asked = await asksFor('vito@example.test', { status: 'active', statusReason: 'approved' });
    const session = await store.changes.run((change) => startSession(change, asked, { ip: '192.0.2.7', userAgent: null }));
    await comes('vito@example.test');
    expect(await kept(asked.id)).toMatchObject({ passwordHash: null });
    const row = await store.queries.selectFrom('sessions').select('endedAt').where('id', '=', session.id).executeTakeFirst();
    expect(row?.endedAt).not.toBeNull();
  });

  test('stays as it is for whoever only says so', async () => {
    const { id } = await asksFor('vlad@example.test');
    await expect(comes('vlad@example.test', { isEmailVerified: false })).rejects.toMatchObject({ reasonCode: 'emailTaken' });
    expect(await kept(id)).toMatchObject({ status: 'pending', externalId: null });
  });
});

test('one that an administrator made keeps its password', async () => {
  const { passwordHash } = await comes(store.admin.email);
  expect(passwordHash).not.toBeNull();
});

test('an address with what nobody sees makes no account', async () => {
  await expect(comes('ad\u200bmin@example.test')).rejects.toMatchObject({ reasonCode: 'emailMissing' });
});
