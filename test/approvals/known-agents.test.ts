// The keys of agents and of reviewers, as this machine keeps them.

import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openKnownAgents } from '../../src/credentials/known-agents.ts';
import { openReviewerKey } from '../../src/credentials/reviewer-key.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aim-known-'));
  file = join(folder, 'new', 'known_agents');
});
const entry = {
  server: 'http://127.0.0.1:1',
  agentId: 'a-1',
  name: 'bot\n with spaces',
  fingerprint: 'SHA256:abc',
  firstSeenAt: '2026-01-01T00:00:00Z',
};

describe('known agents', () => {
  test('are kept in a file that only their owner may read, one line each', async () => {
    await (await openKnownAgents(file)).pin(entry);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toBe(
      'http://127.0.0.1:1 a-1 ed25519 SHA256:abc 2026-01-01T00:00:00Z bot%0A%20with%20spaces\n',
    );
    expect((await openKnownAgents(file)).find(entry.server, 'a-1')).toEqual(entry);
  });

  test('keep the first key, until it is replaced on purpose', async () => {
    const known = await openKnownAgents(file);
    await known.pin(entry);
    await known.pin({ ...entry, fingerprint: 'SHA256:other' });
    expect(known.find(entry.server, 'a-1')?.fingerprint).toBe('SHA256:abc');
    await known.replace({ ...entry, fingerprint: 'SHA256:other' });
    expect(known.find(entry.server, 'a-1')?.fingerprint).toBe('SHA256:other');
    expect(known.all()).toHaveLength(1);
  });

  test('are another agent on another server', async () => {
    const known = await openKnownAgents(file);
    await known.pin(entry);
    expect(known.find('http://elsewhere', 'a-1')).toBeNull();
  });

  test('of two windows do not lose each other', async () => {
    const [one, two] = [await openKnownAgents(file), await openKnownAgents(file)];
    await one.pin(entry);
    await two.pin({ ...entry, agentId: 'a-2' });
    await one.pin({ ...entry, agentId: 'a-3' });
    expect((await openKnownAgents(file)).all().map(({ agentId }) => agentId)).toEqual(['a-1', 'a-2', 'a-3']);
  });

  test('keep lines that cannot be read, and comments', async () => {
    file = join(folder, 'known_agents');
    await writeFile(file, '# mine\nsomething else\n');
    const known = await openKnownAgents(file);
    await known.pin(entry);
    expect((await readFile(file, 'utf8')).split('\n').slice(0, 2)).toEqual(['# mine', 'something else']);
    expect(known.all()).toHaveLength(1);
  });
});

test('a reviewer has one key per server and person, in a file that only they may read', async () => {
  const options = { folder, server: 'http://127.0.0.1:1', userId: 'u-1', store: 'file' as const };
  const key = await openReviewerKey(options);
  expect((await openReviewerKey(options)).publicKey).toBe(key.publicKey);
  expect((await openReviewerKey({ ...options, userId: 'u-2' })).publicKey).not.toBe(key.publicKey);
});
