// What ends in between: the server restarts under a wait, the process ends with reports unsent, a client-side limit, a breaker.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startControlPlane } from '../../src/control-plane/start.ts';
import { AIMClient, type ApprovalProgress, secure } from '../../src/index.ts';
import { administratorOf } from '../../src/testing/administrator.ts';
import { answerJson, smallServer } from '../http/small-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
const account = { email: 'operator@example.test', password: 'correct horse battery staple' };

test('a wait survives a restart of the server, and hears the decision that is made after it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aim-restart-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const data = join(folder, 'data');
  const start = (port?: number) =>
    startControlPlane({ data, port, adminEmail: account.email, adminPassword: account.password });
  const before = await start();
  const { url } = before;
  const agent = await secure('patient', {
    aimUrl: url,
    apiKey: await administratorOf(url, account).apiKey(),
    credentialsFolder: join(folder, 'aim'),
    autoDetect: false,
  });
  cleanups.push(() => agent.close());
  await administratorOf(url, account).trust(agent.agentId);
  const states = new Set<ApprovalProgress['state']>();
  const action = vi.fn(() => 'refunded');
  const running = agent.performAction(
    'payment:refund',
    { jitAccess: true, timeoutSeconds: 60, onWaiting: ({ state }) => states.add(state) },
    action,
  );
  const id = await administratorOf(url, account).nextPending();
  await before.stop();
  await vi.waitFor(() => expect(states).toContain('reconnecting'), { timeout: 10_000 });
  const after = await start(Number(new URL(url).port));
  cleanups.push(() => after.stop());
  expect(action).not.toHaveBeenCalled();
  await administratorOf(url, account).approve(id, 'fine');
  await expect(running).resolves.toBe('refunded');
});

describe('a process', () => {
  test.each<[title: string, ending: string]>([
    ['that just ends', ''],
    ['that ends itself at once', 'process.exit(0);'],
    ['that ends itself while reports are under way', 'setTimeout(() => process.exit(0), 25); await new Promise(() => {});'],
    [
      'that ends for an error nobody caught',
      "process.stderr.write = () => true; process.nextTick(() => { throw new Error('gone'); });",
    ],
  ])('%s has sent its reports', async (_, ending) => {
    const reports: string[] = [];
    const server = await smallServer(({ url, body }, response) => {
      if (url.includes('/execution-status')) reports.push(body);
      answerJson(response, { id: 'v1', status: 'approved', enforcementMode: 'strict', riskLevel: 'low' }, 201);
    });
    cleanups.push(() => server.stop());
    await runAgent(
      server.url,
      `
      for (let n = 0; n < 20; n += 1) await agent.performAction('db:read', { autoRegister: false }, () => n);
      await agent.performAction('db:read', { autoRegister: false }, () => { throw new Error('disk full'); }).catch(() => {});
      ${ending}
    `,
    );
    // What was under way is said once more.
    expect(reports.length).toBeGreaterThanOrEqual(21);
    expect(new Set(reports.map((report) => JSON.parse(report).executedAt)).size).toBeGreaterThan(1);
    expect(reports.map((report) => JSON.parse(report))).toContainEqual(
      expect.objectContaining({ executed: true, executionError: 'Error: disk full' }),
    );
  });

  test('that ends itself is not held by a server that is gone', async () => {
    const server = await smallServer((_, response) =>
      answerJson(response, { id: 'v1', status: 'approved', enforcementMode: 'strict', riskLevel: 'low' }, 201),
    );
    cleanups.push(() => server.stop());
    const ran = await runAgent(
      server.url,
      `
      process.once('exit', () => console.log('the end'));
      await agent.performAction('db:read', { autoRegister: false }, () => console.log('ran'));
      process.stdin.once('data', () => process.exit(3));
    `,
      async (stdout) => {
        if (stdout === 'ran\n') await server.stop();
        return true;
      },
    );
    expect(ran).toEqual({ code: 3, stdout: 'ran\nthe end\n' });
  });
});

/** A real process with an agent in it, and how it ended. `said` hears what it has written; what it awaits is awaited before it goes on. */
async function runAgent(aimUrl: string, program: string, said?: (stdout: string) => unknown) {
  const sdk = fileURLToPath(new URL('../../src/index.ts', import.meta.url));
  const privateKey = Buffer.alloc(32, 1).toString('base64');
  const start = `
    const { AIMClient } = await import(${JSON.stringify(sdk)});
    const agent = new AIMClient(${JSON.stringify({ agentId: 'a1', privateKey, aimUrl })});
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', start + program], {
    env: { PATH: process.env['PATH'], HOME: tmpdir() },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.on('data', async (chunk) => {
    stdout += chunk;
    if (await said?.(stdout)) child.stdin.end('go');
  });
  const [code] = await once(child, 'close');
  return { code, stdout };
}

describe('a client that holds itself back', () => {
  const identity = { agentId: 'a1', privateKey: Buffer.alloc(32, 1).toString('base64') };

  test('asks no more often than it may', async () => {
    const server = await smallServer((_request, response) =>
      answerJson(response, { id: 'v1', status: 'approved', enforcementMode: 'strict', riskLevel: 'low' }, 201),
    );
    cleanups.push(() => server.stop());
    const agent = new AIMClient({ ...identity, aimUrl: server.url, maxRequestsPerSecond: 20 });
    cleanups.push(() => agent.close());
    const all = Promise.all(Array.from({ length: 25 }, () => agent.verifyCapability('db:read')));
    // Twenty may go at once; whatever comes after waits for its turn.
    await vi.waitFor(() => expect(server.received.length).toBeGreaterThanOrEqual(20));
    await expect(all).resolves.toHaveLength(25);
  });

  test('leaves a server alone that does not answer, and says so', async () => {
    const agent = new AIMClient({ ...identity, aimUrl: 'http://127.0.0.1:9', maxRetries: 0 });
    cleanups.push(() => agent.close());
    const codes: string[] = [];
    for (let round = 0; round < 7; round += 1)
      codes.push(
        await agent.verifyCapability('db:read').then(
          () => '',
          (error: { code: string }) => error.code,
        ),
      );
    expect(codes.slice(0, 5)).toEqual(Array(5).fill('verification.unavailable'));
    expect(codes.slice(5)).toEqual(Array(2).fill('verification.circuit-open'));
  });

  test('asks once more with the server’s time where its own clock is off', async () => {
    const server = await smallServer(({ body }, response, count) => {
      const { timestamp } = JSON.parse(body) as { timestamp: string };
      const date = new Date('2030-01-01T00:00:00Z');
      if (count === 1) return answerJson(response, { error: 'timestamp outside window' }, 401, { date: date.toUTCString() });
      const isCorrected = Math.abs(Date.parse(timestamp) - date.getTime()) < 10_000;
      answerJson(
        response,
        { id: 'v1', status: isCorrected ? 'approved' : 'denied', enforcementMode: 'strict', riskLevel: 'low' },
        201,
      );
    });
    cleanups.push(() => server.stop());
    const agent = new AIMClient({ ...identity, aimUrl: server.url });
    cleanups.push(() => agent.close());
    await expect(agent.verifyCapability('db:read')).resolves.toMatchObject({ verified: true });
    expect(server.received).toHaveLength(2);
  });

  test('waits as long as the server asks, and repeats the same question', async () => {
    const server = await smallServer((_request, response, count) =>
      count === 1
        ? answerJson(response, { error: 'slow down' }, 429, { 'retry-after': '1' })
        : answerJson(response, { id: 'v1', status: 'approved', enforcementMode: 'strict', riskLevel: 'low' }, 201),
    );
    cleanups.push(() => server.stop());
    const agent = new AIMClient({ ...identity, aimUrl: server.url });
    cleanups.push(() => agent.close());
    await expect(agent.verifyCapability('db:read')).resolves.toMatchObject({ verified: true });
    const [first, second] = server.received;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
  });
});
