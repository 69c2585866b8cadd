// A sign-in is in one place: never in the file and in the keychain, whatever happens between the two writes.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Keychain } from '../../src/credentials/keychain.ts';
import { openSignInStore } from '../../src/credentials/sign-in-store.ts';

const signIn = (refreshToken: string, aimUrl = 'https://aim.example') => ({
  aimUrl,
  userEmail: 'ana@aim.example',
  refreshToken,
});

let folder: string;
let inChain: Map<string, string>;
let atWrite: () => Promise<void>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aim-one-place-'));
  inChain = new Map();
  atWrite = async () => {};
  return () => rm(folder, { recursive: true, force: true });
});

const chain: Keychain = {
  read: async (account) => inChain.get(account) ?? null,
  write: async (account, secret) => {
    await atWrite();
    inChain.set(account, secret);
  },
  remove: async (account) => void inChain.delete(account),
};
const open = (store: 'auto' | 'file' | 'keychain') =>
  openSignInStore({ paths: { aim: folder }, store, keychain: async () => chain });

async function inFiles(): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const texts = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(folder, name), 'utf8')),
  );
  return texts.join('\n');
}
const places = async (token: string): Promise<string[]> => [
  ...((await inFiles()).includes(token) ? ['file'] : []),
  ...([...inChain.values()].some((secret) => secret.includes(token)) ? ['keychain'] : []),
];
const refuse = async (): Promise<void> => {
  throw new Error('Cannot create an item in a locked collection');
};

describe('a sign-in that moves', () => {
  test('to the keychain is not in the file while it is written there', async () => {
    await open('file').keep(signIn('first'));
    let seen = '';
    atWrite = async () => {
      seen ||= `in the file: ${await inFiles()}`;
    };
    await open('keychain').keep(signIn('second'));
    expect(seen).toBe('in the file: ');
    expect([await places('first'), await places('second')]).toEqual([[], ['keychain']]);
  });

  test('to the file is no longer in the keychain', async () => {
    await open('keychain').keep(signIn('first'));
    await open('file').keep(signIn('second'));
    expect([await places('first'), await places('second')]).toEqual([[], ['file']]);
  });

  test('to the keychain leaves nothing in the files beside either, where another server was signed in to since', async () => {
    await open('file').keep(signIn('first'));
    await open('file').keep(signIn('elsewhere', 'https://other.example'));
    await open('keychain').keep(signIn('second'));
    expect([await places('first'), await places('second'), await places('elsewhere')]).toEqual([[], ['keychain'], ['file']]);
    expect((await open('auto').load('https://aim.example'))?.credentials.refreshToken).toBe('second');
  });
});

describe('a keychain that opens and takes nothing', () => {
  beforeEach(() => {
    atWrite = refuse;
  });

  test('is no reason to lose the sign-in: it is kept in the file', async () => {
    expect(await open('auto').keep(signIn('first'))).toBe('file');
    expect(await places('first')).toEqual(['file']);
  });

  test('leaves what was there, where the keychain was asked for', async () => {
    await open('file').keep(signIn('first'));
    await expect(open('keychain').keep(signIn('second'))).rejects.toMatchObject({
      code: 'credentials.no-keychain',
      exitCode: 2,
    });
    expect([await places('first'), await places('second')]).toEqual([['file'], []]);
  });
});
