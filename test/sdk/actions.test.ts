// Actions against the real control plane: allowed, denied, waiting for a person, and what is reported after.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ActionDeniedError, type AIMClient, VerificationUnavailableError } from '../../src/index.ts';
import { verificationId } from '../../src/wire/scalars.ts';
import { type Stage, startStage } from './operator.ts';

let stage: Stage;
let agent: AIMClient;

beforeAll(async () => {
  stage = await startStage();
  agent = await stage.agent('worker', { capabilities: ['db:read', 'file:write'] });
});
afterAll(() => stage.stop());

describe('performAction', () => {
  test('runs the function after a yes and gives its result', async () => {
    const rows = await agent.performAction('db:read', { resource: 'users_table' }, async () => ['ada']);
    expect(rows).toEqual(['ada']);
  });

  test('does not run what is denied, and says why', async () => {
    const action = vi.fn();
    const error = await agent.performAction('db:drop', { resource: 'prod' }, action).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(ActionDeniedError);
    expect((error as ActionDeniedError).reason).toBeTruthy();
    expect(action).not.toHaveBeenCalled();
  });

  test('waits for a person, tells that it waits, and runs after the approval', async () => {
    const progress = vi.fn();
    const action = vi.fn(() => 'refunded');
    const running = agent.performAction(
      'payment:refund',
      { resource: 'ord_123', jitAccess: true, onWaiting: progress },
      action,
    );
    const id = await stage.nextPending();
    expect(action).not.toHaveBeenCalled();
    await stage.api.approvals.approve(id, { reason: 'fine' });
    await expect(running).resolves.toBe('refunded');
    expect(progress).toHaveBeenCalledWith(
      expect.objectContaining({ verificationId: id, state: 'waiting', decideWith: `aim approvals show ${id}` }),
    );
  });

  test('asks for no capability beside an action that a person decides', async () => {
    await agent.flush();
    const { body } = await stage.api.raw('GET', '/api/v1/admin/capability-requests');
    expect(JSON.stringify(body)).not.toContain('payment:refund');
  });

  test('carries the reason of the person who denied, made visible', async () => {
    const action = vi.fn();
    const running = agent.performAction('payment:refund', { jitAccess: true }, action).catch((failure: unknown) => failure);
    await stage.api.approvals.deny(await stage.nextPending(), { reason: 'not on a Friday\u001b[2J' });
    const error = (await running) as ActionDeniedError;
    expect(error).toBeInstanceOf(ActionDeniedError);
    expect(error.reason).toBe('not on a Friday␛[2J');
    expect(error.message).toContain('not on a Friday␛[2J');
    expect(action).not.toHaveBeenCalled();
  });

  test('gives up waiting when the time is up', async () => {
    const action = vi.fn();
    const error = await agent
      .performAction('payment:refund', { resource: 'late', jitAccess: true, timeoutSeconds: 0.3 }, action)
      .catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(VerificationUnavailableError);
    expect((error as VerificationUnavailableError).code).toBe('approval.timeout');
    expect(action).not.toHaveBeenCalled();
    await stage.api.approvals.deny(await stage.nextPending(), { reason: 'cleaning up' });
  });

  test('stops waiting when its signal says so', async () => {
    const controller = new AbortController();
    const action = vi.fn();
    const running = agent.performAction(
      'payment:refund',
      { resource: 'aborted', jitAccess: true, signal: controller.signal },
      action,
    );
    const id = await stage.nextPending();
    controller.abort(new Error('no longer needed'));
    await expect(running).rejects.toThrow('no longer needed');
    expect(action).not.toHaveBeenCalled();
    await stage.api.approvals.deny(id, { reason: 'cleaning up' });
  });

  test('reports that it ran, and how it failed', async () => {
    await agent
      .performAction('file:write', { resource: 'reported' }, () => {
        throw new Error('disk full');
      })
      .catch(() => {});
    await agent.flush();
    const { items } = await stage.api.events.list();
    const event = items.find((one) => one.resource === 'reported');
    expect(event).toMatchObject({ executed: true, executionError: 'Error: disk full' });
  });
});

describe('verifyCapability', () => {
  test('tells who allowed it and until when', async () => {
    const verification = await agent.verifyCapability('db:read', { resource: 'users' });
    expect(verification).toMatchObject({ verified: true, status: 'approved', mode: 'strict', modeSource: 'response' });
    expect(verificationId.safeParse(verification.verificationId).success).toBe(true);
  });
});

describe('a function that is wrapped once', () => {
  test('keeps its arguments and its result', async () => {
    const save = agent.action('file:write', { resource: (path: string) => path })(
      (path: string, size: number) => `${path}:${size}`,
    );
    const result: string = await save('report.txt', 7);
    expect(result).toBe('report.txt:7');
  });

  test('verifies a generator before its first item', async () => {
    const items: AsyncGenerator<number, string, unknown> = agent.action('db:read')(async function* read() {
      yield 1;
      yield 2;
      return 'end';
    })();
    const seen: number[] = [];
    for await (const item of items) seen.push(item);
    expect(seen).toEqual([1, 2]);
    const denied = agent.action('db:drop')(function* drop() {
      yield 1;
    })();
    await expect(denied.next()).rejects.toBeInstanceOf(ActionDeniedError);
  });
});
