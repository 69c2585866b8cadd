// The stream of the real control plane, through the client: what an agent does is there, live, and what waits is too.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StreamItem } from '../../src/http/api.ts';
import type { AIMClient } from '../../src/index.ts';
import { type Stage, startStage } from '../sdk/operator.ts';

let stage: Stage;
let agent: AIMClient;
beforeAll(async () => {
  stage = await startStage();
  agent = await stage.agent('streamed', { capabilities: ['db:read'] });
});
afterAll(() => stage.stop());

describe('the live stream', () => {
  test('shows an action, a request that waits, and its decision', async () => {
    const controller = new AbortController();
    const items: StreamItem[] = [];
    let isLive: () => void = () => {};
    const live = new Promise<void>((resolve) => {
      isLive = resolve;
    });
    const following = (async () => {
      for await (const item of stage.api.events.stream({ signal: controller.signal, types: ['verification', 'approval'] })) {
        items.push(item);
        if (item.kind === 'link' && item.link.state === 'live') isLive();
        if (item.kind === 'event' && item.event.type === 'approval' && item.event.change === 'decided') return;
      }
    })();
    await live;
    await agent.performAction('db:read', { resource: 'users' }, () => 1);
    const refund = agent.performAction('payment:refund', { resource: 'ord_1', jitAccess: true }, () => 2);
    await stage.api.approvals.approve(await stage.nextPending());
    await refund;
    await following;
    controller.abort();
    const seen = items.flatMap((item) => (item.kind === 'event' ? [`${item.event.type} ${item.event.change}`] : []));
    expect(seen).toEqual(expect.arrayContaining(['verification created', 'approval created', 'approval decided']));
  });
});
