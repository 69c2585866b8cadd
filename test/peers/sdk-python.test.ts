// The same ~/.aim for both languages: what one SDK registers, the published other one finds and acts with.

import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loginWithPassword } from '../../src/auth/login-password.ts';
import type { Api } from '../../src/http/api.ts';
import { createApi } from '../../src/http/create-api.ts';
import { AttestationCache, loadAgentCredentials, loadSdkCredentials, sealCredential, secure } from '../../src/index.ts';
import { startTestControlPlane, type TestControlPlane } from '../../src/testing/control-plane.ts';
import { agentId } from '../../src/wire/scalars.ts';

const run = promisify(execFile);
const pythons = [
  ['aim-sdk 1.21.0', process.env['AIM_PEER_PYTHON_1'] ?? ''],
  ['aim-sdk 2.0.3', process.env['AIM_PEER_PYTHON_2'] ?? ''],
  ...(process.env['AIM_PEER_PYTHON_OTHERS'] ?? '')
    .split(';')
    .filter((one) => one !== '')
    .map((one) => [`aim-sdk ${one.split('=')[0]}`, one.slice(one.indexOf('=') + 1)] as const),
] as const;

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await startTestControlPlane();
});
afterAll(() => controlPlane.stop());

describe.each(pythons)('%s', (version, python) => {
  let home: string;
  let folder: string;
  let api: Api;
  beforeAll(async () => {
    expect(python, 'the path of a python with the SDK (npm run test:peers sets it)').not.toBe('');
    home = await mkdtemp(join(tmpdir(), 'aim-peer-'));
    folder = join(home, '.aim');
    const session = await loginWithPassword({
      server: controlPlane.url,
      ...controlPlane.admin,
      paths: { aim: folder },
      store: 'file',
    });
    api = createApi({ server: controlPlane.url, credentials: session.credentials });
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  // A keyring that refuses: 1.21.0 would otherwise move the sign-in into one, out of everybody's sight.
  async function inPython(script: string, at = home): Promise<string> {
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: at,
      PYTHON_KEYRING_BACKEND: 'keyring.backends.fail.Keyring',
      PYTHONWARNINGS: 'ignore',
    };
    const { stdout } = await run(python, ['-c', script], { env, timeout: 60_000 });
    return stdout.trim().split('\n').at(-1) ?? '';
  }

  async function trust(id: string, capability: string): Promise<void> {
    await api.agents.verify(agentId.parse(id));
    await api.raw('POST', `/api/v1/agents/${id}/capabilities`, { body: { capabilityType: capability } });
  }

  test('acts with an agent that TypeScript has registered', async () => {
    const name = `from-typescript-${version.replace(/\W/g, '-')}`;
    const agent = await secure(name, { credentialsFolder: folder, autoDetect: false });
    await trust(agent.agentId, 'db:read');
    await agent.close();
    const answer = await inPython(`
from aim_sdk.client import AIMClient
import json
found = json.load(open("${folder}/agents/${name}.json"))
client = AIMClient(agent_id=found["agent_id"], public_key=found["public_key"], private_key=found["private_key"], aim_url=found["aim_url"])
result = client.verify_capability("db:read", resource="users")
print(client.agent_id, result["verified"])`);
    expect(answer).toBe(`${agent.agentId} True`);
  });

  test('finds an agent that TypeScript has registered by its name, and acts with its own decorator', async () => {
    const name = `found.by name ${version.replace(/\W/g, '-')}`;
    const agent = await secure(name, { credentialsFolder: folder, autoDetect: false });
    await trust(agent.agentId, 'db:read');
    await agent.close();
    // A home with the agent and without a sign-in, which old releases open only with a keyring.
    const machine = await mkdtemp(join(tmpdir(), 'aim-peer-machine-'));
    await cp(join(folder, 'agents'), join(machine, '.aim', 'agents'), { recursive: true });
    const answer = await inPython(
      `
from aim_sdk import secure
agent = secure("${name}", api_key="${await newApiKey()}", aim_url="${controlPlane.url}", auto_detect=False)
@agent.perform_action("db:read", resource="users")
def read():
    return "rows"
print(agent.agent_id, read())`,
      machine,
    );
    expect(answer).toBe(`${agent.agentId} rows`);
    // And back again: what Python may have written to the file is still ours to read.
    const again = await secure(name, { credentialsFolder: join(machine, '.aim'), autoDetect: false });
    expect(again.agentId).toBe(agent.agentId);
    await expect(again.performAction('db:read', () => 'rows')).resolves.toBe('rows');
    await again.close();
    await rm(machine, { recursive: true, force: true });
  });

  test('registers an agent that TypeScript then acts with', async () => {
    const name = `from-python-${version.replace(/\W/g, '-')}`;
    const key = await newApiKey();
    const id = await inPython(`
from aim_sdk import secure
agent = secure("${name}", api_key="${key}", aim_url="${controlPlane.url}", auto_detect=False)
print(agent.agent_id)`);
    const stored = await loadAgentCredentials(name, { folder });
    expect(stored).toMatchObject({ agentId: id, aimUrl: controlPlane.url });
    await trust(id, 'db:read');
    const agent = await secure(name, { credentialsFolder: folder, autoDetect: false });
    await expect(
      agent.performAction(
        'db:read',
        { resource: 'ünïcode, "quotes"', context: { ratio: 1.5, big: 12345678901234567890n, nested: { ключ: [true, null] } } },
        () => 'rows',
      ),
    ).resolves.toBe('rows');
    await agent.close();
  });

  test.skipIf(/1\.(?:16|19|21)/.test(version))('opens a secret that TypeScript has sealed for its agent', async () => {
    const name = `secretive-${version.replace(/\W/g, '-')}`;
    const agent = await secure(name, { credentialsFolder: folder, autoDetect: false });
    await trust(agent.agentId, 'db:read');
    const { id } = (await agent.secrets.createNamespace(agent.agentId, 'github', { operations: ['read'] })) as { id: string };
    await agent.secrets.storeCredential(id, sealCredential('ghp_s3cret', agent.publicKey));
    const opened = await inPython(`
from aim_sdk.client import AIMClient
from aim_sdk.secrets import SecretsClient
import json
found = json.load(open("${folder}/agents/${name}.json"))
client = AIMClient(agent_id=found["agent_id"], public_key=found["public_key"], private_key=found["private_key"], aim_url=found["aim_url"])
print(SecretsClient(client).resolve("github", "read")["credential"].decode())`);
    expect(opened).toBe('ghp_s3cret');
    await expect(agent.secrets.use('github', (credential) => credential.toString())).resolves.toBe('ghp_s3cret');
    await agent.close();
  });

  test('reads the sign-in that TypeScript has written, and leaves one that TypeScript reads', async () => {
    const mail = await inPython(`
from aim_sdk import load_sdk_credentials, save_sdk_credentials
found = load_sdk_credentials()
save_sdk_credentials(found)
print(found.get("userEmail") or found.get("user_email"))`);
    expect(mail).toBe(controlPlane.admin.email);
    expect(await loadSdkCredentials({ folder })).toMatchObject({
      aimUrl: controlPlane.url,
      userEmail: controlPlane.admin.email,
    });
  });

  test('reads the attestation cache that TypeScript has written, and the reverse', async () => {
    const cache = new AttestationCache({ agentId: 'a1', folder });
    await cache.recordAttestation('s1', { attestationId: 'x', capabilities: ['read'] });
    await cache.recordToolUsage('s1', 'read');
    await cache.flush();
    const decisions = await inPython(`
from aim_sdk import AttestationCache
cache = AttestationCache("a1")
first = cache.should_attest("s1", "read", ["read"])
cache.record_tool_usage("s1", "read")
print(first, cache.should_attest("s2", "read", ["read"]))`);
    expect(decisions).toContain('cached');
    expect(decisions).toContain('first_use');
    expect((await new AttestationCache({ agentId: 'a1', folder }).get('s1'))?.toolsUsed['read']?.count).toBe(2);
  });

  test('finds nothing of its own damaged', async () => {
    const { mode } = await stat(join(folder, 'sdk_credentials.json'));
    expect((mode & 0o077).toString(8)).toBe('0');
    expect(JSON.parse(await readFile(join(folder, 'sdk_credentials.json'), 'utf8'))).not.toHaveProperty('sdkTokenId', null);
    const whole = (await readdir(join(folder, 'agents'))).filter((name) => name.endsWith('.json')).length;
    await writeFile(join(folder, 'agents', 'broken.json'), '{');
    expect(await inPython('from aim_sdk.credentials import list_agent_credentials\nprint(len(list_agent_credentials()))')).toBe(
      String(whole),
    );
  });

  async function newApiKey(): Promise<string> {
    const { body } = await api.raw('POST', '/api/v1/api-keys', { body: { name: 'peer' } });
    return (body as { apiKey: string }).apiKey;
  }
});
