// Agents vouch for MCP servers: with the command, against a control plane; their signatures checked here, and consensus as it grows.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveAgentCredentials } from '../../src/credentials/agent-credentials.ts';
import { attestationMessage } from '../../src/crypto/attestation.ts';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { verifyAttestations } from '../../src/mcp/verify-attestation.ts';
import { mcpAttestationList } from '../../src/wire/mcp.ts';
import { runHere } from '../commands/in-process.ts';
import { openWorld, type Person, type TestAgent, type World } from '../control-plane/support/world.ts';
import { attestation } from '../crypto/attestation-example.ts';

const server = fileURLToPath(new URL('../fixtures/mcp/servers/server.mjs', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'aim-attest-'));
const home = join(root, 'home');
let world: World;
let agents: TestAgent[];
beforeAll(async () => {
  world = await openWorld();
  const other: Person = await world.person('manager');
  agents = [await world.agent(), await world.agent(), await world.agent([], { by: other })];
  mkdirSync(join(home, '.cursor'), { recursive: true });
  writeFileSync(
    join(home, '.cursor', 'mcp.json'),
    JSON.stringify({ mcpServers: { files: { command: process.execPath, args: [server, 'good'] } } }),
    { mode: 0o600 },
  );
  for (const { id, name, key } of agents)
    await saveAgentCredentials(
      {
        agentId: id,
        name,
        aimUrl: world.url,
        privateKey: key.privateKey,
        publicKey: key.publicKey,
        status: null,
        trustScore: null,
      },
      { folder: join(home, '.aim') },
    );
});
afterAll(async () => {
  await world.stop();
  rmSync(root, { recursive: true, force: true });
});

const aim = async (...words: string[]) => {
  const env = { HOME: home, PATH: process.env['PATH'] ?? '', AIM_SERVER: world.url, AIM_TOKEN: world.admin.accessToken };
  const { code, stdout, stderr } = await runHere([...words, '--json'], { cwd: root, env });
  return { code, stderr, answer: stdout === '' ? null : JSON.parse(stdout) };
};

describe('aim mcp attest', { timeout: 60_000 }, () => {
  test('one agent after the other brings the server to consensus; the same again is not sent again', async () => {
    const progress: [number, boolean][] = [];
    for (const { name } of agents) {
      const { code, answer, stderr } = await aim('mcp', 'attest', 'files', '--agent', name, '--yes');
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      expect(answer).toMatchObject({ attested: true, reason: 'first_use', agent: name });
      progress.push([answer.consensus.uniqueAgents, answer.consensus.consensusReached]);
    }
    expect(progress).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    const [{ name }] = agents as [TestAgent];
    expect((await aim('mcp', 'attest', 'files', '--agent', name, '--yes')).answer).toMatchObject({
      attested: false,
      reason: 'cached',
    });
    expect((await aim('mcp', 'attest', 'files', '--agent', name, '--yes', '--force')).answer).toMatchObject({ attested: true });
    const { code, answer } = await aim('mcp', 'attestations', 'files');
    expect(code).toBe(0);
    expect(answer.items).toHaveLength(4);
    for (const item of answer.items)
      expect(item).toMatchObject({ signature: 'verified', tools: ['read', 'write'], isValid: true });
    expect((await aim('mcp', 'show', 'files')).answer.status).toBe('verified');
  });

  test('an agent whose key is elsewhere is named, with those that are here', async () => {
    expect(await aim('mcp', 'attest', 'files', '--agent', 'nobody', '--yes')).toMatchObject({
      code: 6,
      stderr: expect.stringContaining(agents[0]?.name ?? ''),
    });
  });

  test('what a person says, and what was taken back, is shown as that', async () => {
    const { body } = await world.admin.call('GET', '/api/v1/mcp-servers');
    const { id } = body.mcpServers[0];
    await world.admin.call('POST', `/api/v1/mcp-servers/${id}/manual-attest`, { notes: 'read the source' });
    const { answer } = await aim('mcp', 'attestations', 'files');
    expect(answer.items[0]).toMatchObject({ signature: 'unsigned', kind: 'manual', isValid: true });
    await world.admin.call('POST', `/api/v1/attestations/${answer.items[0].id}/revoke`, { reason: 'wrong one' });
    expect((await aim('mcp', 'attestations', 'files')).answer.items[0]).toMatchObject({ isValid: false });
    await world.admin.call('POST', `/api/v1/agents/${agents[0]?.id}/attestations/revoke-all`, { reason: 'gone' });
    const after = (await aim('mcp', 'attestations', 'files')).answer;
    expect(after.consensus).toMatchObject({ uniqueAgents: 2, consensusReached: false });
  });

  test('a report tells what is configured, with a method that AIM knows', async () => {
    const [{ name, id }] = agents as [TestAgent];
    expect((await aim('mcp', 'report', '--agent', name)).answer).toMatchObject({ agent: name, reported: expect.any(Number) });
    const { body } = await world.admin.call('GET', `/api/v1/detection/agents/${id}/status`);
    expect(body.detectedMCPs).toContainEqual(
      expect.objectContaining({ name: 'files', confidenceScore: 99, detectedBy: ['claude_config'] }),
    );
  });
});

describe('the text that is signed', () => {
  // An attestation that AIM's own server of the first generation took, with the key that was registered there.
  test('of the oldest servers is the one that theirs verifies', async () => {
    const taken = {
      agent_id: 'bd8dbc8d-3dc6-4c0c-9784-e16659bce073',
      capabilities_found: ['read_file', 'write_file'],
      connection_latency_ms: 12.5,
      connection_successful: true,
      health_check_passed: true,
      mcp_name: 'files',
      mcp_url: 'http://127.0.0.1:9/mcp',
      sdk_version: 'recorder-1',
      timestamp: '2026-11-23T03:54:48Z',
    };
    const row = {
      id: 'a',
      agentId: taken.agent_id,
      attestationType: 'sdk',
      attestation: taken,
      signature: 'DdutvRxxN8ZOU3Z7YCLiwHShcx5FfNOj+pZgH+HVw6RdXKawiLQJ8TUEdzVzCAmNWEhScSjMPXcOatD8gvfGCQ==',
      publicKeys: ['DBD3daUnQbZEyDbtLoDp4o7DvWpjy+pMYFufMmXoqi8='],
    };
    const { attestations } = mcpAttestationList.parse({ attestations: [row] });
    expect([...(await verifyAttestations(attestations)).values()]).toEqual(['verified']);
  });
});

describe('attestations of others', () => {
  const key = generateSigningKey();
  const row = (change: object = {}, form: 'exact' | 'go' | 'python' = 'exact', content = attestation) => ({
    id: 'a',
    agentId: content.agent_id,
    attestationType: 'sdk',
    capabilitiesConfirmed: content.capabilities_found,
    attestation: content,
    signature: key.sign(attestationMessage(content, form)),
    publicKeys: [key.publicKey],
    ...change,
  });
  const verdicts = async (...rows: object[]) => {
    const { attestations } = mcpAttestationList.parse({ attestations: rows });
    const found = await verifyAttestations(attestations);
    return attestations.map((each) => found.get(each));
  };

  test.each<[title: string, rows: object[], expected: string[]]>([
    ['one that its agent signed', [row()], ['verified']],
    ['in the form of servers before', [row({}, 'go')], ['verified']],
    ['by a Python agent', [row({}, 'python', { ...attestation, mcp_name: 'fü' })], ['verified']],
    ['one whose tools were added to', [row({ attestation: { ...attestation, capabilities_found: ['x'] } })], ['broken']],
    ['one under the name of another agent', [row({ agentId: 'another' })], ['broken']],
    ['with the key of somebody else', [row({ publicKeys: [generateSigningKey().publicKey] })], ['broken']],
    ['with a signature that is none', [row({ signature: 'AAAA' })], ['broken']],
    ['the same one twice, newest first', [row({ id: 'b' }), row()], ['replayed', 'verified']],
    ['one from a person', [row({ attestationType: 'manual' })], ['unsigned']],
    ['from a server that hands out no keys', [row({ publicKeys: [] })], ['unchecked']],
  ])('%s', async (_, rows, expected) => {
    expect(await verdicts(...rows)).toEqual(expected);
  });
});
