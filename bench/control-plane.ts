// Verifications per second, their latency, processor time and memory: signed requests from a process of its own, at three concurrencies,
// beside a server of the same run that answers as many bytes and does nothing. On SQLite, and on PostgreSQL where Debian’s is installed.

import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { generateSigningKey } from '../src/crypto/ed25519.ts';
import { startPostgres } from '../test/peers/support-postgres.ts';
import { post, serve, signIn } from './control-plane/program.ts';
import { figure } from './figure.ts';

// AIM's own Go server with PostgreSQL and Redis, October 2025, on two cores shared with database and generator.
const AIM_SERVER: Record<number, { perSecond: number; p50: number; p99: number }> = {
  1: { perSecond: 208, p50: 4.3, p99: 11 },
  8: { perSecond: 414, p50: 18, p99: 53 },
  32: { perSecond: 451, p50: 67, p99: 116 },
};
const run = promisify(execFile);
const load = fileURLToPath(new URL('control-plane/load.ts', import.meta.url));

type Load = { answered: number; perSecond: number; p50: number; p99: number; wrong: number; processorUs: number };
/** `processorUs` is the server's part, `askerUs` that of who asks: on two cores it is the server's loss. */
type Seen = Load & { askerUs: number };

async function underLoad(
  url: string,
  agentId: string,
  privateKey: string,
  concurrency: number,
  seconds: number,
  processorTime: () => number,
): Promise<Seen> {
  const before = processorTime();
  const { stdout } = await run(process.execPath, [load, url, agentId, privateKey, String(concurrency), String(seconds)]);
  const seen = JSON.parse(stdout) as Load;
  return { ...seen, askerUs: seen.processorUs, processorUs: (processorTime() - before) / seen.answered };
}

/** What this machine can do at all, now: the same requests, answered by nobody. */
async function nothing(): Promise<Seen> {
  const body = JSON.stringify({ status: 'approved', filling: 'x'.repeat(500) });
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': body.length });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const seen = await underLoad(
    `http://127.0.0.1:${port}`,
    '11111111-1111-4111-8111-111111111111',
    generateSigningKey().privateKey,
    32,
    3,
    () => process.cpuUsage().user + process.cpuUsage().system,
  );
  server.closeAllConnections();
  server.close();
  return seen;
}

async function measure(store: string, times: number, database?: string): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'aim-bench-'));
  const plane = await serve(data, database);
  const token = await signIn(plane.url);
  const key = generateSigningKey();
  const { id = '' } = await post(plane.url, '/agents', { name: `bench-${Date.now()}`, publicKey: key.publicKey }, token);
  await post(plane.url, `/agents/${id}/verify`, {}, token);
  await post(plane.url, `/agents/${id}/capabilities`, { capabilityType: 'db:read' }, token);
  const ask = (concurrency: number, seconds: number) =>
    underLoad(plane.url, id, key.privateKey, concurrency, seconds, plane.processorTime);
  figure({ name: `resident memory at rest on ${store}`, measured: plane.memory(), unit: 'MB', goal: { atMost: 150 } });
  await ask(32, 10); // until the engine has compiled what is hot: some 15,000 requests
  for (const concurrency of [1, 8, 32]) {
    const { perSecond, p50, p99, wrong, processorUs, askerUs } = await ask(concurrency, 5);
    const before = AIM_SERVER[concurrency];
    const name = `verifications on ${store}, ${concurrency} at a time`;
    const isLast = concurrency === 32;
    figure({
      name,
      measured: perSecond,
      unit: '/s',
      ...(before === undefined ? {} : { baseline: { name: 'AIM Oct 2025', value: before.perSecond } }),
      ...(isLast && before !== undefined ? { goal: { atLeast: before.perSecond * times } } : {}),
      ...(wrong > 0 ? { note: `${wrong} wrong answers` } : {}),
    });
    figure({
      name: `${name}: processor time of each`,
      measured: processorUs,
      unit: 'µs',
      baseline: { name: 'a server that does nothing', value: bare.processorUs },
    });
    if (isLast) figure({ name: `${name}: processor time of who asks`, measured: askerUs, unit: 'µs' });
    figure({
      name: `${name}, p50`,
      measured: p50,
      unit: 'ms',
      ...(before === undefined ? {} : { baseline: { name: 'AIM Oct 2025', value: before.p50 } }),
    });
    figure({
      name: `${name}, p99`,
      measured: p99,
      unit: 'ms',
      ...(before === undefined ? {} : { baseline: { name: 'AIM Oct 2025', value: before.p99 } }),
      ...(isLast && before !== undefined ? { goal: { atMost: before.p99 / 4 } } : {}),
    });
  }
  figure({
    name: `resident memory after load on ${store}`,
    measured: plane.memory(),
    unit: 'MB',
    goal: { atMost: 300 },
  });
  await plane.stop();
  rmSync(data, { recursive: true, force: true });
}

const [store] = process.argv.slice(2);
// Each store in a process of its own: what one leaves in memory is not the other's.
if (store === undefined) {
  for (const each of ['sqlite', ...(existsSync('/usr/lib/postgresql') ? ['postgres'] : [])])
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), each], { stdio: 'inherit' });
  process.exit(0);
}
const bare = await nothing();
figure({ name: `a server that does nothing, 32 at a time, beside ${store}`, measured: bare.perSecond, unit: '/s' });
if (store === 'postgres') {
  const postgres = await startPostgres();
  await measure('PostgreSQL', 3, postgres.url);
  postgres.stop();
} else await measure('SQLite', 10);
process.exit(0);
