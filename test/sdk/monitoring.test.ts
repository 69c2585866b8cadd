// What runs without a decision: nothing, unless monitoring was chosen in code; and then it is logged, and never what was denied or is a person's.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { AIMClient, type AIMClientOptions, securityLogger, type VerifyOptions } from '../../src/index.ts';
import { createEnforcement } from '../../src/sdk/enforcement.ts';
import { answerJson, smallServer } from '../http/small-server.ts';

const log = vi.spyOn(securityLogger, 'logSecurityEvent');
beforeEach(() => void log.mockReset());
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Case = { client?: Partial<AIMClientOptions>; env?: string; options?: VerifyOptions; before?: object; answer?: object };

/** What came of an action: `before` answers the one before it, `answer` this one; without an answer the connection breaks. */
async function outcomeOf({ client = {}, env, options = {}, before, answer }: Case): Promise<string> {
  if (env !== undefined) vi.stubEnv('AIM_STRICT_MODE', env);
  let next = before ?? answer;
  const server = await smallServer(({ url }, response) => {
    if (!url.endsWith('/verifications')) return answerJson(response, {});
    if (next === undefined) response.socket?.destroy();
    else answerJson(response, { id: 'v1', riskLevel: 'low', ...next }, 201);
  });
  const privateKey = Buffer.alloc(32, 1).toString('base64');
  const agent = new AIMClient({ agentId: 'a1', privateKey, aimUrl: server.url, maxRetries: 0, ...client });
  cleanups.push(
    () => server.stop(),
    () => agent.close(),
  );
  const action = vi.fn(() => 'ran');
  const run = () => agent.performAction('db:read', { autoRegister: false, ...options }, action);
  if (before !== undefined) expect(await run()).toBe('ran');
  next = answer;
  action.mockClear();
  log.mockClear();
  await run().catch(() => {});
  return action.mock.calls.length === 0 ? 'nothing ran' : `ran, logged ${log.mock.calls.length}`;
}

const monitoring = { enforcementMode: 'monitoring' as const };
const approved = (enforcementMode: string) => ({ status: 'approved', enforcementMode });

describe('without a decision', () => {
  test.each<[title: string, given: Case, expected: string]>([
    ['nothing runs by default', {}, 'nothing ran'],
    ['an action runs in monitoring mode, and the log says so', { client: monitoring }, 'ran, logged 1'],
    ['nothing runs in monitoring mode where the environment tightens it', { client: monitoring, env: 'true' }, 'nothing ran'],
    ['the environment loosens nothing', { env: 'false' }, 'nothing ran'],
    ['nothing runs that is denied', { client: monitoring, answer: { status: 'denied', enforcementMode: 'monitoring' } }, 'nothing ran'],
    ['nothing runs where the server has said that it is strict', { client: monitoring, before: approved('strict') }, 'nothing ran'],
    ['an action runs where the server has said that it monitors', { client: monitoring, before: approved('monitoring') }, 'ran, logged 1'],
    ['nothing runs by default where the server has said that it monitors', { before: approved('monitoring') }, 'nothing ran'],
    ['nothing runs that a person must decide: jitAccess', { client: monitoring, options: { jitAccess: true } }, 'nothing ran'],
    ['nothing runs that a person must decide: requiresApproval', { client: monitoring, options: { requiresApproval: true } }, 'nothing ran'],
    ['nothing runs that needs a receipt', { client: { ...monitoring, requireReceipts: { reviewerKeys: [generateSigningKey().publicKey], riskLevels: ['low'] } } }, 'nothing ran'],
  ])('%s', async (_, given, expected) => {
    expect(await outcomeOf(given)).toBe(expected);
  }); // biome-ignore format: one table
});

describe('what a server has said of its mode', () => {
  test('holds for five minutes, and strict wins over the choice', () => {
    let now = 0;
    const enforcement = createEnforcement('monitoring', {}, () => now);
    expect(enforcement.mayRunUndecided()).toBe(true);
    expect(enforcement.resolve('strict')).toEqual({ mode: 'strict', source: 'response' });
    now = 299_000;
    expect([enforcement.resolve(), enforcement.mayRunUndecided()]).toEqual([{ mode: 'strict', source: 'cache' }, false]);
    now = 301_000;
    expect([enforcement.resolve().source, enforcement.mayRunUndecided()]).toEqual(['unavailable', true]);
  });
});
