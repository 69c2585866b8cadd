// Two accounts on one server: each keeps its own sign-in, in the file and in the keychain alike.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Keychain } from '../../src/credentials/keychain.ts';
import { openSignInStore, type SignInStore } from '../../src/credentials/sign-in-store.ts';

const SERVER = 'https://aim.example';
const signIn = (userEmail: string, refreshToken = `of ${userEmail}`, aimUrl = SERVER) => ({ aimUrl, userEmail, refreshToken });
const ana = signIn('ana@aim.example');
const bo = signIn('bo@aim.example');

function keychain(): Keychain {
  const kept = new Map<string, string>();
  return {
    read: async (account) => kept.get(account) ?? null,
    write: async (account, secret) => void kept.set(account, secret),
    remove: async (account) => void kept.delete(account),
  };
}

describe.each(['file', 'keychain'] as const)('with sign-ins in the %s', (kept) => {
  let store: SignInStore;
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aim-accounts-'));
    const chain = keychain();
    store = openSignInStore({ paths: { aim: folder }, store: kept, keychain: async () => (kept === 'file' ? null : chain) });
    await store.keep(ana);
    await store.keep(bo);
    return () => rm(folder, { recursive: true, force: true });
  });
  const tokenOf = async (email?: string, server = SERVER) =>
    (await store.load(server, email))?.credentials.refreshToken ?? null;

  test('the latest is meant where none is named, and each where it is', async () => {
    expect([await tokenOf(), await tokenOf(ana.userEmail), await tokenOf(bo.userEmail)]).toEqual([
      bo.refreshToken, ana.refreshToken, bo.refreshToken,
    ]); // biome-ignore format: one line
    expect(await tokenOf('nobody@aim.example')).toBeNull();
  });

  test('new tokens of one leave the other as it is', async () => {
    const first = await store.load(SERVER, ana.userEmail);
    await store.renew({ credentials: { ...ana, refreshToken: 'renewed' }, keptIn: first?.keptIn ?? 'file' });
    expect([await tokenOf(ana.userEmail), await tokenOf(bo.userEmail)]).toEqual(['renewed', bo.refreshToken]);
  });

  test('signing one in again, also by way of another server, loses none', async () => {
    await store.keep(signIn('ana@other.example', 'elsewhere', 'https://other.example'));
    await store.keep(signIn(ana.userEmail, 'again'));
    await store.keep(signIn('ana@other.example', 'elsewhere again', 'https://other.example'));
    expect([await tokenOf(ana.userEmail), await tokenOf(bo.userEmail)]).toEqual(['again', bo.refreshToken]);
    expect(await tokenOf(undefined, 'https://other.example')).toBe('elsewhere again');
  });

  test('signing one out leaves the other signed in', async () => {
    const one = await store.load(SERVER, bo.userEmail);
    if (one) await store.remove(one);
    expect([await tokenOf(bo.userEmail), await tokenOf(ana.userEmail)]).toEqual([null, ana.refreshToken]);
  });
});
