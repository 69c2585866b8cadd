// The dashboard's own state behind a proxy that stalls, cuts in the middle of an event and tells again what it told: nothing is lost or doubled.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createCaller } from '../../src/http/caller.ts';
import { noCredentials } from '../../src/http/credential-source.ts';
import { nodeTransport } from '../../src/http/node-transport.ts';
import { batchesOf } from '../../src/http/stream.ts';
import { createDashboardState } from '../../src/state/dashboard-state.ts';
import { createFrameClock } from '../../src/state/frame-clock.ts';
import { fakeServer } from '../components/fake-api.ts';

const MANY = 400;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const frameOf = (position: number): string => {
  const at = new Date(Date.parse('2026-11-23T03:00:00.000Z') + position).toISOString();
  const outcome = position % 3 === 0 ? '"failed","result":"denied"' : '"success","result":"verified"';
  const subject = `{"id":"v-${position}","agentId":"a-${position % 7}","agentName":"agent","status":${outcome},"action":"db:read"}`;
  return `id: ${position}\nevent: verification\ndata: {"at":"${at}","change":"created","subject":${subject}}\n\n`;
};

/** A small generator of our own: the same storms in every run. */
function storm(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

type Mood = 'cuts' | 'stalls' | 'replays' | 'fair';

async function proxiedServer(seed: number): Promise<{ url: string; connections: () => number; moods: Set<Mood> }> {
  const random = storm(seed);
  const moods = new Set<Mood>();
  let connections = 0;
  const answer = (response: ServerResponse, after: number) => {
    connections += 1;
    const mood: Mood =
      connections > 12 ? 'fair' : ((['cuts', 'stalls', 'replays'] as const)[Math.floor(random() * 3)] ?? 'fair');
    moods.add(mood);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const from = mood === 'replays' ? Math.max(0, after - 25) : after;
    const text = Array.from({ length: MANY - from }, (_, index) => frameOf(from + index + 1)).join('');
    if (mood === 'fair') return response.write(text);
    // Not at the end of an event: somewhere.
    const piece = Buffer.from(text).subarray(0, Math.floor(text.length * (0.05 + random() * 0.15)));
    return response.write(piece, () => {
      if (mood !== 'stalls') setTimeout(() => response.destroy(), 2);
    });
  };
  const server = createServer((request, response) => answer(response, Number(request.headers['last-event-id'] ?? 0)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => server.closeAllConnections(),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections, moods };
}

describe('a stream through a bad proxy', () => {
  test.each([1, 7, 42])('loses nothing and doubles nothing (storm %i)', async (seed) => {
    const { url, connections, moods } = await proxiedServer(seed);
    const caller = createCaller({
      server: url, transport: nodeTransport(url), credentials: noCredentials, userAgent: 'test', timeoutMs: 5_000, retries: 0, readOnly: false,
    }); // biome-ignore format: one table
    const fake = fakeServer();
    const parts = { caller, has: async () => true, events: fake.api.events, approvals: fake.api.approvals };
    const batches = batchesOf(parts, { heartbeatMs: 60, longestPauseMs: 5 });
    const clock = createFrameClock();
    const state = createDashboardState({ api: () => ({ ...fake.api, events: { ...fake.api.events, batches } }), clock });
    const states = new Set<string>();
    state.link.subscribe(({ link }) => states.add(link.state));
    const ended = new AbortController();
    ends.push(
      () => clock.stop(),
      () => ended.abort(),
    );
    const following = state.follow(ended.signal);
    for (
      const end = performance.now() + 20_000;
      state.events.next < MANY;
      await new Promise((resolve) => setTimeout(resolve, 10))
    ) {
      if (performance.now() > end) throw new Error(`Only ${state.events.next} events came in ${connections()} connections.`);
    }
    const keys = Array.from({ length: state.events.next }, (_, sequence) => state.events.at(sequence)?.key);
    expect(keys).toEqual(Array.from({ length: MANY }, (_, index) => `v-${index + 1}`));
    const denied = Math.floor(MANY / 3);
    expect(state.outcomes.totals()).toMatchObject({ denied, allowed: MANY - denied });
    expect(connections()).toBeGreaterThan(3);
    expect(moods.size).toBeGreaterThan(2);
    expect([...states]).toEqual(expect.arrayContaining(['live', 'reconnecting']));
    ended.abort();
    await following;
  });
});
