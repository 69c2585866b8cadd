// One suite for the real control plane and the scripted agent: what holds for one holds for the other.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ActionDeniedError, AIMClient, loadAgentCredentials, VerificationUnavailableError } from '../../src/index.ts';
import { scriptedAgent } from '../../src/testing/index.ts';
import { startStage } from './operator.ts';

type Side = {
  agent: AIMClient;
  /** An agent that cannot reach anybody. */
  cutOff: AIMClient;
  decide(decision: 'approved' | 'denied', reason: string): Promise<void>;
  stop(): Promise<void>;
};

async function real(): Promise<Side> {
  const stage = await startStage();
  const agent = await stage.agent('contract', { capabilities: ['db:read'] });
  const privateKey = (await loadAgentCredentials('contract', { folder: stage.folder }))?.privateKey ?? '';
  const cutOff = new AIMClient({ agentId: agent.agentId, privateKey, aimUrl: 'http://127.0.0.1:9', maxRetries: 0 });
  return {
    agent,
    cutOff,
    async decide(decision, reason) {
      const id = await stage.nextPending();
      await (decision === 'approved' ? stage.api.approvals.approve(id) : stage.api.approvals.deny(id, { reason }));
    },
    async stop() {
      await cutOff.close();
      await stage.stop();
    },
  };
}

async function scripted(): Promise<Side> {
  const { agent, calls, decide } = scriptedAgent({ 'db:read': 'allowed', 'payment:*': { pending: 'undecided' } });
  const { agent: cutOff } = scriptedAgent({ '*': 'unavailable' });
  let decided = 0;
  return {
    agent,
    cutOff,
    async decide(decision, reason) {
      await vi.waitFor(() =>
        expect(calls.filter((call) => call.capability.startsWith('payment:')).length).toBeGreaterThan(decided),
      );
      decided += 1;
      decide(decision, { reason });
    },
    stop: () => agent.close(),
  };
}

describe.each<[name: string, start: () => Promise<Side>]>([
  ['the control plane in memory', real],
  ['the scripted agent', scripted],
])('%s', (_, start) => {
  let side: Side;
  beforeAll(async () => {
    side = await start();
  });
  afterAll(() => side.stop());

  test('allows: the function runs, and the decision says who and how', async () => {
    await expect(
      side.agent.performAction('db:read', { resource: 'users' }, (verification) => verification?.status),
    ).resolves.toBe('approved');
    await expect(side.agent.verifyCapability('db:read')).resolves.toMatchObject({
      verified: true,
      mode: 'strict',
      approvedBy: 'system',
    });
  });

  test('denies: the function does not run, and there is a reason', async () => {
    const action = vi.fn();
    const error = await side.agent.performAction('db:drop', action).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(ActionDeniedError);
    expect((error as ActionDeniedError).reason).toEqual(expect.any(String));
    expect(action).not.toHaveBeenCalled();
  });

  test('waits, then runs after an approval', async () => {
    const running = side.agent.performAction('payment:refund', { jitAccess: true }, () => 'refunded');
    await side.decide('approved', '');
    await expect(running).resolves.toBe('refunded');
  });

  test('waits, then tells the reason of a denial', async () => {
    const running = side.agent
      .performAction('payment:refund', { jitAccess: true }, () => 'refunded')
      .catch((failure: unknown) => failure);
    await side.decide('denied', 'not today');
    expect(await running).toMatchObject({ code: 'action.denied', reason: 'not today' });
  });

  test('runs nothing when nobody answers', async () => {
    const action = vi.fn();
    await expect(side.cutOff.performAction('db:read', action)).rejects.toBeInstanceOf(VerificationUnavailableError);
    expect(action).not.toHaveBeenCalled();
  });
});
