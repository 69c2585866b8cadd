// AIM's own server, as it answered in 2025, through every screen: nothing breaks, and what it cannot do is said.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ScreenId } from '../../commands/action.ts';
import { registry } from '../../commands/registry.ts';
import type { Api } from '../../src/http/api.ts';
import { createApi } from '../../src/http/create-api.ts';
import { type RecordedServer, startRecordedServer } from '../recorded/server.ts';
import { fakeServer } from './fake-api.ts';
import { type Harness, openDashboard } from './harness.ts';

let recorded: RecordedServer;
let open: Harness | undefined;
beforeAll(async () => {
  recorded = await startRecordedServer();
});
afterEach(async () => {
  await open?.close();
  open = undefined;
});
afterAll(() => recorded.stop());

const AGENT = 'bd8dbc8d-3dc6-4c0c-9784-e16659bce073';

async function openOn(screen: ScreenId, of?: string): Promise<Harness> {
  const api: Api = createApi({
    server: recorded.url,
    credentials: { headersFor: () => ({ Authorization: 'Bearer recorded' }) },
    retries: 0,
  });
  open = await openDashboard({
    server: { ...fakeServer(), api },
    registry,
    on: screen,
    ...(of ? { of } : {}),
    size: [120, 40],
  });
  return open;
}

describe('a recorded AIM server', () => {
  test.each<[screen: ScreenId, of: string | undefined, shows: string | RegExp]>([
    ['overview', undefined, /polling/],
    ['agents', undefined, /verified|pending/],
    ['agent', AGENT, 'May do without asking'],
    ['events', undefined, /allowed|denied|failed/],
    ['approvals', undefined, /does not|cannot|no approval|not have|unsupported/i],
    ['mcp', undefined, 'looked'],
    ['logs', undefined, 'Logs'],
    ['requests', undefined, 'send_email'],
    ['alerts', undefined, /high|critical|warning|info/],
    ['audit', undefined, /\d{4}-\d\d-\d\d/],
    ['policies', undefined, 'Critical Trust Score Block'],
    ['users', undefined, '@'],
    ['keys', undefined, 'first key'],
    ['webhooks', undefined, /https?:/],
    ['grants', undefined, /does not|There is no|not have/],
    ['settings', undefined, 'theme'],
    ['calls', undefined, '/api/v1/agents'],
  ])('can be read on the screen %s', async (screen, of, shows) => {
    const dashboard = await openOn(screen, of);
    await dashboard.shows(shows);
    await dashboard.settled();
    expect(dashboard.rows()[0]).toContain('polling');
    expect(dashboard.text()).not.toMatch(/undefined|\[object Object\]|NaN/);
    await dashboard.check();
  });
});
