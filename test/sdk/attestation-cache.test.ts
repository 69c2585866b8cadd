// The attestation cache: when to attest again, in a file that other SDKs read, safe between processes.

import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { AttestationCache, driftBetween } from '../../src/sdk/attestation-cache.ts';

let folder: string;
let time: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aim-cache-'));
  time = Date.UTC(2026, 0, 2);
  return () => rm(folder, { recursive: true, force: true });
});
const open = (agentId = 'a1') => new AttestationCache({ agentId, folder, now: () => time });
const hour = 3_600_000;

describe('whether to attest', () => {
  test.each<
    [
      title: string,
      prepare: (cache: AttestationCache) => Promise<void>,
      ask: { toolName?: string; capabilities?: string[] },
      reason: string,
    ]
  >([
    ['at the first use', async () => {}, { toolName: 'read' }, 'first_use'],
    ['not when all is as it was', async () => {}, { toolName: 'read', capabilities: ['read', 'list'] }, 'cached'],
    ['at a tool that was neither used nor attested', async () => {}, { toolName: 'exec' }, 'new_tool'],
    ['not at a tool that was used before', (cache) => cache.recordToolUsage('s1', 'exec'), { toolName: 'exec' }, 'cached'],
    [
      'after a day',
      async () => {
        time += 25 * hour;
      },
      { toolName: 'read' },
      'stale',
    ],
    ['when the tools have changed', async () => {}, { capabilities: ['read'] }, 'capability_drift'],
  ])('%s', async (_, prepare, ask, reason) => {
    const cache = open();
    if (reason !== 'first_use') await cache.recordAttestation('s1', { attestationId: 'x', capabilities: ['list', 'read'] });
    await prepare(cache);
    const decision = await cache.shouldAttest('s1', ask);
    expect(decision).toMatchObject({ reason, shouldAttest: reason !== 'cached' });
  });
});

describe('what others have left in the files', () => {
  test.each<[title: string, file: string, log: string]>([
    ['half a file', '{"a1": {"agentId": "a1", "mcpServers": {"s1"', ''],
    ['a list', '[1, 2]', ''],
    ['an agent that is none', '{"a1": "x"}', ''],
    ['servers that are none', '{"a1": {"mcpServers": ["s1"]}}', ''],
    ['a server that is null', '{"a1": {"mcpServers": {"s1": null}}}', ''],
    ['members of other kinds', '{"a1": {"mcpServers": {"s1": {"toolsUsed": ["read"], "capabilitiesAttested": "read", "lastAttestedAt": 7}}}}', ''],
    ['lines that are JSON and no happening', '{}', 'null\n7\n"x"\n[]\n{}\n{"kind":"used"}\n{"kind":"attested","serverId":"s1","at":"2026-01-02T00:00:00Z"}\n'],
    ['a line that was cut off', '{}', '{"kind":"attested","serverId":"s1","at":"2026-01-02T00:0'],
  ])('%s is no attestation, and goes away with the next one', async (_, file, log) => {
    await writeFile(join(folder, 'attestation_cache.json'), file);
    await writeFile(join(folder, 'attestation_cache.json.a1.log'), log === '' ? '' : `${log}\n`);
    const cache = open();
    expect(await cache.shouldAttest('s1', { toolName: 'read' })).toMatchObject({ shouldAttest: true });
    await cache.recordAttestation('s1', { attestationId: 'x', capabilities: ['read'] });
    await cache.recordToolUsage('s1', 'read');
    expect(await cache.shouldAttest('s1', { toolName: 'read' })).toMatchObject({ reason: 'cached' });
    await cache.flush();
    expect(await open().get('s1')).toMatchObject({ attestationId: 'x', toolsUsed: { read: { count: 1 } } });
  }); // biome-ignore format: one table

  test.each(['constructor', 'toString', '__proto__'])('a tool called %s is one as any other', async (tool) => {
    const cache = open();
    await cache.recordAttestation('s1', { attestationId: 'x', capabilities: ['read'] });
    expect(await cache.shouldAttest('s1', { toolName: tool })).toMatchObject({ reason: 'new_tool' });
    await cache.recordToolUsage('s1', tool);
    expect(await cache.shouldAttest('s1', { toolName: tool })).toMatchObject({ reason: 'cached' });
    await cache.flush();
    expect(await open().shouldAttest('s1', { toolName: tool })).toMatchObject({ reason: 'cached' });
  });

  test('an attestation from the future holds as little as one without a time', async () => {
    const cache = open();
    time += 48 * hour;
    await cache.recordAttestation('s1', { attestationId: 'x', capabilities: ['read'] });
    time -= 48 * hour;
    expect(await cache.shouldAttest('s1')).toMatchObject({ reason: 'invalid_timestamp' });
  });

  test('a folder that cannot be written is said, and tried again', async () => {
    const cache = new AttestationCache({ agentId: 'a1', folder: join(folder, 'file'), now: () => time });
    await writeFile(join(folder, 'file'), '');
    await expect(cache.recordToolUsage('s1', 'read')).rejects.toMatchObject({ code: 'credentials.file' });
    await rm(join(folder, 'file'));
    await cache.recordToolUsage('s1', 'read');
    expect(await cache.get('s1')).toMatchObject({ toolsUsed: { read: { count: 1 } } });
  });
});

describe('drift', () => {
  test.each<[title: string, before: string[], now: string[], severity: string | null]>([
    ['none where only the order changed', ['a', 'b'], ['b', 'a'], null],
    ['low where something was added', ['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'd', 'e'], 'low'],
    ['medium where something was removed', ['a', 'b', 'c', 'd'], ['a', 'b', 'c'], 'medium'],
    ['high where more than 30 % changed', ['a', 'b'], ['a', 'c'], 'high'],
  ])('%s', (_, before, now, severity) => {
    expect(driftBetween(before, now)?.severity ?? null).toBe(severity);
  });
});

describe('the file', () => {
  test('has the form of the Python SDK after a flush, and nothing beside it', async () => {
    const cache = open();
    await cache.recordAttestation('s1', { attestationId: 'x', capabilities: ['read'], confidenceScore: 40 });
    await cache.recordToolUsage('s1', 'read');
    time += hour;
    await cache.recordToolUsage('s1', 'read');
    await cache.flush();
    expect(JSON.parse(await readFile(join(folder, 'attestation_cache.json'), 'utf8'))).toEqual({
      a1: {
        agentId: 'a1',
        mcpServers: {
          s1: {
            capabilitiesAttested: ['read'],
            toolsUsed: {
              read: { count: 2, firstUsed: '2026-01-02T00:00:00.000+00:00', lastUsed: '2026-01-02T01:00:00.000+00:00' },
            },
            firstSeenAt: '2026-01-02T00:00:00.000+00:00',
            confidenceScore: 40,
            lastAttestedAt: '2026-01-02T00:00:00.000+00:00',
            attestationId: 'x',
          },
        },
      },
    });
    expect(await readdir(folder)).toEqual(['attestation_cache.json']);
  });

  test('keeps what other agents have in it', async () => {
    for (const agentId of ['a1', 'a2']) {
      const cache = open(agentId);
      await cache.recordToolUsage('s1', 'read');
      await cache.flush();
    }
    expect(await open('a1').listServers()).toEqual(['s1']);
  });

  test('loses no use between two writers of one agent', async () => {
    const [one, two] = [open(), open()];
    await Promise.all(Array.from({ length: 200 }, (_, index) => (index % 2 ? one : two).recordToolUsage('s1', 'read')));
    await Promise.all([one.flush(), two.flush()]);
    expect((await open().get('s1'))?.toolsUsed['read']?.count).toBe(200);
  });

  test('survives a line that was cut off', async () => {
    const cache = open();
    await cache.recordToolUsage('s1', 'read');
    await appendFile(join(folder, 'attestation_cache.json.a1.log'), '{"kind":"used","ser');
    expect((await open().get('s1'))?.toolsUsed['read']?.count).toBe(1);
  });

  test('forgets what is cleared', async () => {
    const cache = open();
    await cache.recordToolUsage('s1', 'read');
    await cache.recordToolUsage('s2', 'read');
    await cache.clearServer('s1');
    expect(await open().listServers()).toEqual(['s2']);
    await cache.clearAll();
    expect(await open().listServers()).toEqual([]);
  });
});
