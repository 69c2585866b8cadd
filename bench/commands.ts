// What verbs cost: their start beside bare Node, a hundred thousand events in a pipe, a hundred thousand agents page after page.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, median } from './figure.ts';

const program = process.env['AIM_PROGRAM'] ?? fileURLToPath(new URL('../dist/aim.js', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'aim-bench-'));
const EVENTS = 100_000;
const AGENTS = 100_000;

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://here');
  const json = (body: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  if (url.pathname === '/api/v1/status')
    return json({
      product: 'bench',
      version: '0',
      instanceId: 'bench',
      features: ['events.stream'],
      time: new Date().toISOString(),
    });
  if (url.pathname === '/api/v1/events/stream') return stream(response);
  if (url.pathname === '/api/v1/agents') {
    const [limit, offset] = ['limit', 'offset'].map((name) => Number(url.searchParams.get(name) ?? 0)) as [number, number];
    const count = Math.max(0, Math.min(limit, AGENTS - offset));
    return json({ agents: Array.from({ length: count }, (_, index) => agentOf(offset + index)), total: AGENTS });
  }
  return json({});
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: root,
  XDG_STATE_HOME: root,
  XDG_CONFIG_HOME: root,
  XDG_CACHE_HOME: root,
  AIM_SERVER: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  AIM_TOKEN: 'bench',
};

const bare = await timeOf(['-e', '0']);
const version = await timeOf([program, 'version']);
const list = await timeOf([program, 'agents', 'ls', '--json']);
spawnSync(process.execPath, [program, '__complete', '--', 'agents', ''], { env: { ...env, AIM_COMPLETION_REFRESH: 'no' } });
const completion = await timeOf([program, '__complete', '--', 'agents', ''], { AIM_COMPLETION_REFRESH: 'no' });
const baseline = { name: 'node -e 0', value: bare };
figure({ name: 'aim version', measured: version, unit: 'ms', baseline, goal: { atMost: bare * 1.5 } });
figure({
  name: 'aim agents ls --json against a local server',
  measured: list,
  unit: 'ms',
  baseline,
  goal: { atMost: bare * 4 },
});
figure({ name: 'one completion', measured: completion, unit: 'ms', baseline, goal: { atMost: 100 } });

const tail = await drain(['events', 'tail', '--json', '--backlog', '0', '--limit', String(EVENTS)]);
figure({
  name: 'events tail --json | wc -l',
  measured: tail.lines / tail.seconds,
  unit: 'lines/s',
  goal: { atLeast: 50_000 },
  note: `${tail.lines} lines, at most ${Math.round(tail.peakMB)} MB`,
});
const all = await drain(['agents', 'ls', '--all', '--quiet']);
const few = await drain(['agents', 'ls', '--quiet']);
figure({
  name: 'memory of agents ls --all with 100,000 agents',
  measured: all.peakMB,
  unit: 'MB',
  baseline: { name: 'with 50', value: few.peakMB },
  goal: { atMost: few.peakMB * 2 },
  note: `${all.lines} lines in ${all.seconds.toFixed(1)} s`,
});

server.closeAllConnections();
server.close();
rmSync(root, { recursive: true, force: true });

async function timeOf(args: readonly string[], extra: Record<string, string> = {}): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 12; run++) {
    const start = performance.now();
    await ended(spawn(process.execPath, args, { env: { ...env, ...extra }, stdio: 'ignore' }));
    times.push(performance.now() - start);
  }
  return median(times.slice(2)); // the first runs fill the compile cache
}

/** Lines until the end, and the most memory that the process had, as the kernel counts it. */
async function drain(args: readonly string[]): Promise<{ lines: number; seconds: number; peakMB: number }> {
  const start = performance.now();
  const child = spawn('/usr/bin/env', ['time', '-f', '%M', process.execPath, program, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let lines = 0;
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 10) lines++;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await ended(child);
  return { lines, seconds: (performance.now() - start) / 1000, peakMB: Number(said.trim().split('\n').at(-1)) / 1024 };
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve) => child.once('close', () => resolve()));
}

async function stream(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let position = 1; position <= EVENTS; position++) {
    const text = `id: ${position}\nevent: verification\ndata: ${JSON.stringify({ at: '2026-11-23T12:00:00.000Z', change: 'created', subject: eventOf(position) })}\n\n`;
    if (!response.write(text)) await new Promise((resolve) => response.once('drain', resolve));
  }
}

function agentOf(index: number) {
  return {
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    name: `agent-${index}`,
    displayName: `Agent ${index}`,
    status: 'verified',
    agentType: 'custom',
    trustScore: 0.5,
    createdAt: '2026-11-23T12:00:00Z',
    capabilities: ['db:read'],
  };
}

function eventOf(index: number) {
  return {
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    agentId: '00000000-0000-4000-8000-000000000000',
    agentName: 'billing-bot',
    status: 'success',
    result: 'verified',
    action: 'db:read',
    resourceType: `invoices/${index}`,
    startedAt: '2026-11-23T12:00:00Z',
  };
}
