// How an agent comes in with a token that an operator made, and what a broker keeps for it: against the real control plane.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AIMClient,
  AuthenticationError,
  loadAgentCredentials,
  PolicyError,
  sealCredential,
  secure,
} from '../../src/index.ts';
import { type Stage, startStage } from './operator.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

describe('secure with a bootstrap token', () => {
  // A machine where nobody has signed in.
  const machine = () => join(stage.folder, 'another-machine');

  test('registers the agent, keeps its key, and finds it again without the token', async () => {
    const options = { bootstrapToken: await token(), aimUrl: stage.url, credentialsFolder: machine(), autoDetect: false };
    const agent = await secure('onboarded', options);
    expect(await loadAgentCredentials('onboarded', { folder: machine() })).toMatchObject({
      agentId: agent.agentId,
      publicKey: agent.publicKey,
      aimUrl: stage.url,
    });
    await stage.trust(agent, ['db:read']);
    await expect(agent.performAction('db:read', () => 'rows')).resolves.toBe('rows');
    await agent.close();
    const again = await secure('onboarded', { credentialsFolder: machine(), autoDetect: false });
    expect(again.agentId).toBe(agent.agentId);
    await again.close();
  });

  test.each<[title: string, given: () => Promise<string>, code: RegExp]>([
    ['was used', async () => used(), /used/],
    ['nobody made', async () => 'aim_ob_nothing', /not one of this server/],
  ])('refuses one that %s, registers nothing, and quotes no token', async (_, given, words) => {
    const bootstrapToken = await given();
    const options = { bootstrapToken, aimUrl: stage.url, credentialsFolder: machine(), autoDetect: false };
    const error = await secure('refused', options).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect((error as AuthenticationError).message).toMatch(words);
    expect((error as AuthenticationError).next).toContain('ask an operator for another');
    expect((error as Error).message).not.toContain(bootstrapToken);
    expect(await loadAgentCredentials('refused', { folder: machine() })).toBeNull();
  });

  async function token(): Promise<string> {
    const { body } = await stage.api.raw('POST', '/api/v1/onboarding/bootstrap-tokens', { body: {} });
    return (body as { token: string }).token;
  }

  async function used(): Promise<string> {
    const bootstrapToken = await token();
    const folder = join(stage.folder, 'third-machine');
    await (await secure('first', { bootstrapToken, aimUrl: stage.url, credentialsFolder: folder, autoDetect: false })).close();
    return bootstrapToken;
  }
});

describe('agent.secrets', () => {
  let agent: AIMClient;
  let namespace: string;
  beforeAll(async () => {
    agent = await stage.agent('secretive');
    const made = await agent.secrets.createNamespace(agent.agentId, 'github', {
      operations: ['read'],
      urlPatterns: ['https://api.github.com/*'],
    });
    namespace = String(made['id']);
    await agent.secrets.storeCredential(namespace, sealCredential('ghp_s3cret', agent.publicKey));
  });

  test('opens what was sealed for the agent, and zeroes it after its use', async () => {
    let lent: Buffer | undefined;
    const length = await agent.secrets.use('github', (credential) => {
      lent = credential;
      expect(credential.toString()).toBe('ghp_s3cret');
      return credential.length;
    });
    expect([length, lent?.every((byte) => byte === 0)]).toEqual([10, true]);
  });

  test('is refused another operation', async () => {
    await expect(agent.secrets.resolve('github', 'write')).rejects.toBeInstanceOf(PolicyError);
  });

  test('rotates, lists and looks back', async () => {
    await agent.secrets.rotateCredential(namespace, sealCredential('ghp_next', agent.publicKey));
    expect((await agent.secrets.resolve('github')).credential.toString()).toBe('ghp_next');
    expect((await agent.secrets.listNamespaces(agent.agentId)).map(({ id }) => id)).toEqual([namespace]);
    expect(await agent.secrets.getNamespace(namespace)).toMatchObject({ namespace: 'github' });
    const actions = (await agent.secrets.getAuditLog(agent.agentId)).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['store', 'resolve', 'deny']));
  });
});
