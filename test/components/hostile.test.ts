// Hostile text through every screen: whatever agents, servers and people are called, the screen stays the operator's.

import { afterEach, describe, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { hostile, hostileStrings } from '../corpus/hostile.ts';
import { anAgent, anAlert, anEvent, anMcpServer, aRequest, fakeServer } from './fake-api.ts';
import { type Harness, openDashboard, sizes } from './harness.ts';

let open: Harness | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** A server on which everything that can be named is named by the corpus. */
function hostileServer() {
  const some = hostileStrings.map((text, index) => ({ text, index, or: text === '' ? 'x' : text }));
  const server = fakeServer({
    agents: some.map(({ or, index }) =>
      anAgent({
        id: `a-${index}`,
        name: or,
        displayName: or,
        description: or,
        agentType: or,
        version: or,
        capabilities: [or],
        talksTo: [or],
        tags: [{ id: 't', key: or, value: or }],
        repositoryUrl: or,
        createdByEmail: or,
        publicKey: or,
      }),
    ),
    alerts: some.map(({ or, index }) => anAlert({ id: `l-${index}`, title: or, agentName: or })),
    mcp: some.map(({ or, index }) => anMcpServer({ id: `m-${index}`, name: or, description: or, url: or, version: or })),
    approvals: some
      .slice(0, 60)
      .map(({ or, index }) =>
        aRequest({ id: `v-${index}`, agentName: or, capability: or, resource: or, context: { [or]: or }, riskReason: or }),
      ),
  });
  const rows = some.map(({ or, index }) => ({
    id: `r-${index}`,
    name: or,
    email: or,
    status: or,
    capabilityType: or,
    reason: or,
    agentName: or,
    url: or,
    policyType: or,
    enforcementAction: or,
  }));
  server.override['raw'] = () => ({ status: 200, headers: {}, body: { items: rows, total: rows.length } });
  return server;
}

const eventOf = (text: string, index: number) =>
  anEvent({
    id: `e-${index}`,
    agentName: text,
    action: text,
    resourceType: text,
    errorReason: text,
    details: text,
    initiatorName: text,
    executionError: text,
    metadata: { [text]: text },
  });

describe('hostile text', () => {
  test('is of every class that we know, and of more than two hundred kinds', () => {
    expect(hostileStrings.length).toBeGreaterThan(200);
    expect(new Set(hostileStrings).size).toBeGreaterThan(200);
    for (const [name, strings] of Object.entries(hostile)) expect(strings.length, name).toBeGreaterThan(3);
  });

  test.each(Object.entries(sizes))(
    'keeps lists in their rows and their chrome at the size %s',
    { timeout: 120_000 },
    async (_, size) => {
      open = await openDashboard({ size, server: hostileServer(), registry, on: 'agents' });
      for (const screen of [
        'agents',
        'approvals',
        'mcp',
        'alerts',
        'requests',
        'users',
        'policies',
        'keys',
        'webhooks',
        'grants',
        'audit',
        'overview',
      ] as const) {
        open.dashboard.shell.jump(screen);
        // The files of this machine are looked through behind the screen: what they hold comes when it comes.
        if (screen === 'mcp') await open.shows(/\[MCP\][^\n]*\n[^\n]*looked /);
        await open.settled();
        for (let page = 0; page < (size === sizes.usual ? 3 : 1); page++) {
          await open.press('\u001b[6~');
          await open.settled();
          await open.check();
          expect(open.rows()[0]).toMatch(/^▌aim {2}LOCAL /);
          expect(open.rows().at(-1)).toContain('? help');
        }
      }
    },
  );

  test('shows no agent, event or request in a way that is not of this program', { timeout: 120_000 }, async () => {
    open = await openDashboard({ server: hostileServer(), registry, colours: 'truecolor' });
    hostileStrings.forEach((text, index) => {
      open?.server.happen(eventOf(text === '' ? 'x' : text, index));
    });
    open.dashboard.shell.jump('events');
    await open.settled();
    await open.check();
    for (let index = 0; index < hostileStrings.length; index += 13) {
      open.dashboard.shell.jump('agent', `a-${index}`);
      open.dashboard.shell.go('event', `e-${index}`);
      await open.settled();
      await open.check();
      expect(open.rows()[0]).toMatch(/^▌aim {2}LOCAL /);
    }
  });
});
