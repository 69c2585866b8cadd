// Every screen in every size and theme: what holds for a frame holds for all of them.

import { describe, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { allScreens } from '../../components/screens/all-screens.ts';
import { aSignedRequest } from '../approvals/signed-request.ts';
import { anAgent, anAlert, anEvent, anMcpServer, fakeServer } from './fake-api.ts';
import { openDashboard, sizes, themes } from './harness.ts';

function populated() {
  const many = Array.from({ length: 60 }, (_, index) => index);
  const server = fakeServer({
    agents: many.map((index) =>
      anAgent({
        id: `a-${index}`,
        name: `agent-${index} 漢字 of a team with a long name`,
        status: ['verified', 'pending', 'suspended', 'revoked'][index % 4],
        trustScore: index / 60,
      }),
    ),
    approvals: [aSignedRequest(), aSignedRequest({ id: 'v-2', resource: '/etc/passwd' })],
    alerts: many
      .slice(0, 20)
      .map((index) =>
        anAlert({ id: `l-${index}`, title: `Something of kind ${index} happened, and it takes more words than fit` }),
      ),
    mcp: many.slice(0, 20).map((index) => anMcpServer({ id: `m-${index}`, name: `server-${index}` })),
  });
  const items = many.map((index) => ({
    id: `r-${index}`,
    name: `thing ${index}`,
    email: `u${index}@localhost`,
    status: 'pending',
    url: 'https://hooks.example/x',
  }));
  server.override['raw'] = () => ({ status: 200, headers: {}, body: { items, total: items.length } });
  return server;
}

const ofOne: Record<string, string> = { agent: 'a-1', event: 'e-1', approval: 'v-1', 'mcp-server': 'm-1' };
const cases = [...Object.entries(sizes), ['vast', [300, 100]] as const].flatMap(([name, size]) =>
  themes.filter((theme) => name !== 'vast' || theme === 'truecolor').map((theme) => [name, theme, size] as const),
);

// Most of a case is waiting for a frame, so they wait together.
describe.concurrent('every screen', () => {
  test.each(cases)(
    'keeps the invariants of a frame at the size %s in the theme %s',
    { timeout: 120_000 },
    async (_, colours, size) => {
      const server = populated();
      const request = server.approvals[0]?.id ?? '';
      const open = await openDashboard({ size, colours, server, registry });
      for (let index = 0; index < 80; index++)
        server.happen(anEvent({ id: `e-${index}`, result: index % 5 === 0 ? 'denied' : 'verified', errorReason: 'because' }));
      for (const screen of allScreens) {
        open.dashboard.shell.jump(screen.id, screen.id === 'approval' ? request : (ofOne[screen.id] ?? null));
        // The files of this machine are looked through behind the screen: what they hold comes when it comes.
        if (screen.id === 'mcp') await open.shows(/looked /);
        await open.settled();
        await open.check();
        expect(open.rows()[0], screen.id).toMatch(/^▌aim {2}LOCAL /);
        expect(open.rows().at(-1), screen.id).toContain('help');
        expect(open.text(), screen.id).not.toMatch(/undefined|\[object Object\]|NaN/);
      }
      for (const key of ['?', '\u001b', ':']) {
        await open.press(key);
        await open.settled();
        await open.check();
      }
      await open.press('\u001b');
      await open.close();
    },
  );

  test('is drawn whole after each size of a storm', { timeout: 60_000 }, async () => {
    const open = await openDashboard({ server: populated(), registry, on: 'agents' });
    await open.shows('agent-1');
    for (let round = 0; round < 20; round++) await open.resize(40 + ((round * 37) % 260), 12 + ((round * 11) % 88));
    await open.resize(40, 12);
    await open.settled();
    await open.check();
    expect(open.rows()).toHaveLength(12);
    await open.close();
  });
});
