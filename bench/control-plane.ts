// Verifications per second, their latency, and memory: signed requests from a process of its own, at three concurrencies.
// With AIM_BENCH_DATABASE=postgres://… also on PostgreSQL.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startControlPlane } from '../src/control-plane/start.ts';
import { generateSigningKey } from '../src/crypto/ed25519.ts';
import { figure } from './figure.ts';

// AIM's own Go server with PostgreSQL and Redis, October 2025, on two cores shared with database and generator.
const AIM_SERVER: Record<number, { perSecond: number; p50: number; p99: number }> = {
  1: { perSecond: 208, p50: 4.3, p99: 11 },
  8: { perSecond: 414, p50: 18, p99: 53 },
  32: { perSecond: 451, p50: 67, p99: 116 },
};
const run = promisify(execFile);
const load = fileURLToPath(new URL('control-plane/load.ts', import.meta.url));

async function measure(store: string, options: Parameters<typeof startControlPlane>[0], times: number): Promise<void> {
  const admin = { email: 'bench@example.test', password: 'correct horse battery staple' };
  const plane = await startControlPlane({ adminEmail: admin.email, adminPassword: admin.password, ...options });
  const call = async (path: string, body: object, token?: string): Promise<Record<string, string>> => {
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(`${plane.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as Record<string, string>;
  };
  const { accessToken } = await call('/api/v1/auth/login/local', admin);
  const key = generateSigningKey();
  const agent = await call('/api/v1/agents', { name: `bench-${Date.now()}`, publicKey: key.publicKey }, accessToken);
  await call(`/api/v1/agents/${agent['id']}/verify`, {}, accessToken);
  await call(`/api/v1/agents/${agent['id']}/capabilities`, { capabilityType: 'db:read' }, accessToken);
  const ask = async (concurrency: number, seconds: number) => {
    const { stdout } = await run(process.execPath, [
      load,
      plane.url,
      agent['id'] ?? '',
      key.privateKey,
      String(concurrency),
      String(seconds),
    ]);
    return JSON.parse(stdout) as { perSecond: number; p50: number; p99: number; wrong: number };
  };
  await ask(8, 3); // until the engine has compiled what is hot
  for (const concurrency of [1, 8, 32]) {
    const { perSecond, p50, p99, wrong } = await ask(concurrency, 5);
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
    measured: process.memoryUsage.rss() / 2 ** 20,
    unit: 'MB',
    goal: { atMost: 300 },
  });
  await plane.stop();
}

const data = mkdtempSync(join(tmpdir(), 'aim-bench-'));
await measure('SQLite', { data }, 10);
rmSync(data, { recursive: true, force: true });
const database = process.env['AIM_BENCH_DATABASE'];
if (database !== undefined) await measure('PostgreSQL', { database }, 3);
process.exit(0);
