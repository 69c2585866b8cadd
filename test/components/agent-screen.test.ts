// One agent in full: each part is asked for when it is looked at, and what the server does not give is said.

import { afterEach, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { anAgent, fakeServer } from './fake-api.ts';
import { type Harness, openDashboard } from './harness.ts';

let open: Harness | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const TAB = '\t';

test('each part is asked for when it is shown, and what is not given is said', async () => {
  const server = fakeServer({ agents: [anAgent()] });
  const answer = (body: unknown) => () => ({ status: 200, headers: {}, body });
  Object.assign(server.override, {
    'raw GET /api/v1/trust-score/agents/a-1/breakdown': answer({
      factors: { verificationStatus: 1, successRate: 0.5 },
      weights: { verificationStatus: 0.25, successRate: 0.15 },
    }),
    'raw GET /api/v1/agents/a-1/trust-score/history': answer({
      history: [{ trustScore: 0.87, reason: 'recalculated', timestamp: '2026-11-23T02:00:00Z' }],
    }),
    'raw GET /api/v1/agents/a-1/capabilities': answer([
      { id: 'c-1', capabilityType: 'db:read', grantedAt: '2026-11-22T02:00:00Z' },
    ]),
  });
  open = await openDashboard({ registry, server, on: 'agent', of: 'a-1', size: [100, 30] });
  await open.shows('[Identity]');
  expect(server.calls.filter(({ name, args }) => name === 'raw GET' && String(args[0]).includes('a-1'))).toEqual([]);
  await open.press(TAB);
  await open.shows(/verification status +100 %/);
  await open.shows('weighs 25 %');
  await open.shows(/87 % +recalculated/);
  await open.press(TAB);
  await open.shows(/db:read/);
  await open.press(TAB);
  await open.shows('The server does not give it');
  await open.check();
});
