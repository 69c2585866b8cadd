// Every list and every number of the control plane with 10,000 agents and 1,000,000 events: how long one page takes.
// AIM_BENCH_EVENTS=200000 makes it smaller.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { actionMessage, actionTimestamp, toSignedAction } from '../src/crypto/action.ts';
import { generateSigningKey } from '../src/crypto/ed25519.ts';
import { post, serve, signIn } from './control-plane/program.ts';
import { figure, median, quantile } from './figure.ts';

const events = Number(process.env['AIM_BENCH_EVENTS'] ?? 1_000_000);
const agents = 10_000;
const TIMES = 60;
const seeder = fileURLToPath(new URL('control-plane/seed.ts', import.meta.url));

const data = mkdtempSync(join(tmpdir(), 'aim-bench-'));
const first = await serve(data);
const { agentId } = await oneOfEach(first.url);
await first.stop();
const before = performance.now();
// In a process of its own: what it reads is not what the server holds.
execFileSync(process.execPath, [seeder, join(data, 'aim.db'), String(agents), String(events)]);
console.log(`${agents} agents and ${events} events in ${Math.round((performance.now() - before) / 1000)} s`);

await new Promise((resolve) => setTimeout(resolve, 50)); // until fetch has noticed that its connections were closed
const plane = await serve(data);
const accessToken = await signIn(plane.url);
const get = async (path: string): Promise<Record<string, unknown>> => {
  const response = await fetch(`${plane.url}/api/v1${path}`, { headers: { authorization: `Bearer ${accessToken}` } });
  if (response.status !== 200) throw new Error(`${path}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
};
const busy = '00000001-0000-4000-8000-000000000001';
const deep = await cursorAt('/verification-events?limit=100', 50);
const deepAgents = await cursorAt('/agents?limit=100', 50);

// What AIM’s own server (October 2025) took on two cores, where it was measured.
const paths: [name: string, path: string, aim?: number][] = [
  ['agents', '/agents?limit=50'],
  ['agents, page 51 by cursor', `/agents?limit=50&cursor=${deepAgents}`],
  ['agents of one status', '/agents?limit=50&status=pending'],
  ['events', '/verification-events?limit=50', 26],
  ['events, page 51 by cursor', `/verification-events?limit=50&cursor=${deep}`],
  ['events of one agent', `/verification-events/agent/${busy}?limit=50`],
  ['events that failed', '/verification-events?limit=50&status=failed'],
  ['events of one capability', '/verification-events?limit=50&capability=db:read3'],
  ['statistics of a week', '/verification-events/statistics?period=7d', 305],
  ['counters of the overview', '/analytics/dashboard', 376],
  ['trends', '/analytics/trends'],
  ['agents by activity', '/analytics/agents/activity?limit=50'],
  ['agents verified by month', '/analytics/verification-activity'],
  ['what waits for approval', '/admin/verifications/pending?page_size=50'],
  ['audit log', '/admin/audit-logs?limit=50'],
  ['audit entries of one agent', `/agents/${busy}/audit-logs?limit=50`],
  ['violations of all agents', '/security/violations?limit=50'],
  ['violations of one agent', `/agents/${agentId}/violations`],
  ['trust score, nine factors', `/trust-score/agents/${busy}/breakdown`],
  ['alerts', '/admin/alerts?limit=50'],
];
for (const [name, path, aim] of paths) {
  await get(path);
  const milliseconds: number[] = [];
  const before = plane.processorTime();
  for (let time = 0; time < TIMES; time += 1) {
    const startedAt = performance.now();
    await get(path);
    milliseconds.push(performance.now() - startedAt);
  }
  const processorTime = plane.processorTime() - before;
  figure({
    name: `${name}, p99`,
    measured: quantile(milliseconds, 0.99),
    unit: 'ms',
    ...(aim === undefined ? {} : { baseline: { name: 'AIM Oct 2025, p50, of 100,000', value: aim } }),
    goal: { atMost: 20 },
    note: `p50 ${median(milliseconds).toFixed(1)}, processor time of the server ${(processorTime / 1000 / TIMES).toFixed(1)}`,
  });
}
figure({
  name: 'resident memory after all lists',
  measured: plane.memory(),
  unit: 'MB',
  goal: { atMost: 300 },
});
await plane.stop();
rmSync(data, { recursive: true, force: true });
process.exit(0);

async function cursorAt(path: string, page: number): Promise<string> {
  let cursor = '';
  for (let at = 0; at < page; at += 1)
    cursor = String((await get(`${path}${cursor === '' ? '' : `&cursor=${cursor}`}`))['nextCursor']);
  return cursor;
}

/** An agent, a capability, an approved and a denied event: what the seed is made of. */
async function oneOfEach(url: string): Promise<{ agentId: string }> {
  const token = await signIn(url);
  const key = generateSigningKey();
  const { id = '' } = await post(url, '/agents', { name: 'template', description: 'Asks.', publicKey: key.publicKey }, token);
  await post(url, `/agents/${id}/verify`, {}, token);
  await post(url, `/agents/${id}/capabilities`, { capabilityType: 'db:read' }, token);
  for (const capability of ['db:read', 'db:drop']) {
    const asked = { agentId: id, capability, resource: 'users', context: { n: 1 }, timestamp: actionTimestamp() };
    const signature = key.sign(actionMessage(toSignedAction(asked)));
    await post(url, '/sdk-api/verifications', { ...asked, signature, publicKey: key.publicKey });
  }
  return { agentId: id };
}
