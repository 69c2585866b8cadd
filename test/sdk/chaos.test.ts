// The one property that everything else serves: whatever happens between agent and server, no action runs without an approval.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AIMClient, AIMError, loadAgentCredentials } from '../../src/index.ts';
import { chaosProxy, type Harm } from './chaos-proxy.ts';
import { type Stage, startStage } from './operator.ts';

let stage: Stage;
let proxy: Awaited<ReturnType<typeof chaosProxy>>;
let privateKey: string;
let agentId: string;

beforeAll(async () => {
  stage = await startStage();
  const agent = await stage.agent('under-fire', { capabilities: ['db:read'] });
  agentId = agent.agentId;
  privateKey = (await loadAgentCredentials('under-fire', { folder: stage.folder }))?.privateKey ?? '';
  proxy = await chaosProxy(stage.url);
});
afterAll(async () => {
  await proxy.stop();
  await stage.stop();
});

const json = (body: string, status = '201 Created'): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const harm: fc.Arbitrary<Harm> = fc.oneof(
  fc.constant<Harm>({ kind: 'none' }),
  fc.record({ kind: fc.constant('delay' as const), ms: fc.nat(20) }),
  fc.constant<Harm>({ kind: 'refuse' }),
  fc.constant<Harm>({ kind: 'reset-after-request' }),
  fc.record({ kind: fc.constant('truncate' as const), bytes: fc.nat(900), politely: fc.boolean() }),
  fc.constant<Harm>({ kind: 'answer-twice' }),
  fc.record({ kind: fc.constant('late-second-answer' as const), ms: fc.nat(10) }),
  fc.constant<Harm>({ kind: 'request-twice' }),
  fc.constantFrom<Harm>(
    { kind: 'nonsense', answer: 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 12\r\n\r\n<h1>hi</h1>\n' },
    { kind: 'nonsense', answer: json('{}') },
    { kind: 'nonsense', answer: json('null') },
    { kind: 'nonsense', answer: json('{"status":"approved"}') },
    { kind: 'nonsense', answer: json('{"id":"x","status":"APPROVED-ish"}') },
    { kind: 'nonsense', answer: json('{"id":"x","status":true}') },
    { kind: 'nonsense', answer: json('{"error":true,"message":"status approved"}') },
    { kind: 'nonsense', answer: json('{"error":"approved"}', '500 Internal Server Error') },
    { kind: 'nonsense', answer: json('{"id":"x","status":"approved"}', '404 Not Found') },
    { kind: 'nonsense', answer: json('{"id":"x","status":"approved"}', '302 Found') },
    { kind: 'nonsense', answer: 'HTTP/1.1 204 No Content\r\n\r\n' },
    { kind: 'nonsense', answer: 'not http at all\r\n\r\n' },
  ),
);

describe('between agent and server', () => {
  test('an action that is denied never runs, and one that runs was approved', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(harm, { minLength: 1, maxLength: 6 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
        async (harms, plan) => {
          const agent = new AIMClient({ agentId, privateKey, aimUrl: proxy.url, timeout: 0.5, maxRetries: 1 });
          proxy.next(harms);
          try {
            for (const isAllowed of plan) {
              let ran = false;
              const action = () => {
                ran = true;
              };
              const outcome = await agent
                .performAction(isAllowed ? 'db:read' : 'db:drop', { autoRegister: false, timeoutSeconds: 1 }, action)
                .then(
                  () => 'done',
                  (error: unknown) => error,
                );
              expect(ran).toBe(outcome === 'done');
              if (!isAllowed) expect(ran).toBe(false);
              if (outcome !== 'done') expect(outcome).toBeInstanceOf(AIMError);
            }
          } finally {
            await agent.close();
          }
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
  }, 60_000);

  test('one that waits for a person runs only after that person’s approval', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(harm, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('approve', 'deny', 'nobody'),
        async (harms, plan) => {
          const agent = new AIMClient({ agentId, privateKey, aimUrl: proxy.url, timeout: 0.5, maxRetries: 2 });
          const resource = `order-${++number}`;
          proxy.next(harms);
          let isApproved = false;
          let ranUnapproved = false;
          let ran = 0;
          const action = () => {
            ran += 1;
            ranUnapproved ||= !isApproved;
          };
          const asking = { resource, jitAccess: true, autoRegister: false, timeoutSeconds: 1.2 };
          try {
            const running = agent.performAction('payment:refund', asking, action).then(
              () => 'done',
              (error: unknown) => error,
            );
            const waiting = plan === 'nobody' ? undefined : await found(resource, running);
            // Set before the decision is sent: from then on it may already hold.
            isApproved = waiting !== undefined && plan === 'approve';
            if (waiting !== undefined)
              await (plan === 'approve'
                ? stage.api.approvals.approve(waiting)
                : stage.api.approvals.deny(waiting, { reason: 'no' })
              ).catch((error: unknown) => expect(error).toBeInstanceOf(AIMError)); // its time was up
            const outcome = await running;
            expect(ran).toBe(outcome === 'done' ? 1 : 0);
            expect(ranUnapproved).toBe(false);
            if (outcome !== 'done') expect(outcome).toBeInstanceOf(AIMError);
          } finally {
            await agent.close();
          }
        },
      ),
      { numRuns: 15, endOnFailure: true },
    );
  }, 60_000);

  async function found(resource: string, running: Promise<unknown>) {
    let isOver = false;
    void running.then(() => {
      isOver = true;
    });
    while (!isOver) {
      const { items } = await stage.api.approvals.list({ limit: 100 });
      const waiting = items.find((request) => request.resource === resource);
      if (waiting !== undefined) return waiting.id;
    }
    return undefined;
  }
});
