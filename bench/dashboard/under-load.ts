// The dashboard on a terminal that counts: frames, bytes, processor time, the time from a key to what it changes. Prints JSON.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { runDashboard } from '../../components/dashboard.tsx';
import type { Dashboard } from '../../components/dashboard-context.ts';
import type { Api } from '../../src/http/api.ts';
import { createApi } from '../../src/http/create-api.ts';
import { loadSettings } from '../../src/settings/load-settings.ts';
import { agent } from '../../src/wire/agent.ts';
import { account } from '../../src/wire/session.ts';

const [url = '', kind = 'load', seconds = '5'] = process.argv.slice(2);
const period = Number(seconds) * 1000;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

class CountingTerminal extends Writable {
  isTTY = true;
  columns = 200;
  rows = 50;
  frames = 0;
  rowsDrawn = 0;
  bytes = 0;
  onFrame: () => void = () => {};
  override _write(chunk: string | Buffer, _: string, done: () => void): void {
    this.bytes += Buffer.byteLength(chunk);
    this.rowsDrawn += String(chunk).match(/\u001b\[\d+(?:;\d+)?H/g)?.length ?? 0;
    // Each frame is bracketed in synchronised output.
    if (String(chunk).includes('\u001b[?2026l')) {
      this.frames++;
      this.onFrame();
    }
    done();
  }
}

const stdout = new CountingTerminal({ decodeStrings: false });
const stdin = Object.assign(new PassThrough(), {
  isTTY: true,
  setRawMode: () => stdin,
  ref: () => stdin,
  unref: () => stdin,
}) as unknown as NodeJS.ReadStream;
const folder = mkdtempSync(join(tmpdir(), 'aim-bench-'));
const settings = loadSettings({ flags: { color: 'always' }, env: { HOME: folder }, cwd: folder });
const real = createApi({ server: url, credentials: { headersFor: () => ({ Authorization: 'Bearer bench' }) }, retries: 0 });
const agents =
  kind === 'agents'
    ? Array.from({ length: 10_000 }, (_, index) =>
        agent.parse({
          id: `a-${index}`,
          name: `agent-${(index * 7919) % 10_000}`,
          status: 'verified',
          trustScore: (index % 100) / 100,
        }),
      )
    : [];
const api: Api = {
  ...real,
  agents: { ...real.agents, list: async () => ({ items: agents, nextCursor: null, total: agents.length }) },
};
let dashboard: Dashboard | undefined;
const ended = runDashboard({
  context: {
    api,
    settings,
    signal: new AbortController().signal,
    io: {
      stdin,
      stdout: stdout as never,
      stderr: process.stderr,
      env: { TERM: 'xterm-256color' },
      cwd: '/',
      mayAsk: true,
      json: false,
      quiet: false,
      note() {},
    },
  },
  registry: [],
  api,
  account: account.parse({ id: 'u', email: 'bench@localhost', role: 'admin' }),
  server: url,
  embedded: false,
  stdin,
  stdout: stdout as never,
  onOpen(opened) {
    dashboard = opened;
  },
});
if (!dashboard) throw new Error('The dashboard did not open.');
const { shell, state } = dashboard;

/** Frames a second, share of a core and events a second over the period; `keys` presses one every so many milliseconds. */
async function measure(keys: number | null) {
  const before = {
    frames: stdout.frames,
    rows: stdout.rowsDrawn,
    bytes: stdout.bytes,
    events: state.events.next,
    cpu: process.cpuUsage(),
    at: performance.now(),
  };
  const latencies: number[] = [];
  for (const end = before.at + period; performance.now() < end; ) {
    if (keys === null) {
      await pause(kind === 'idle' ? period : 100);
      continue;
    }
    const pressed = performance.now();
    const painted = new Promise<void>((resolve) => {
      stdout.onFrame = resolve;
    });
    (stdin as unknown as PassThrough).write(latencies.length % 2 === 0 ? 'k' : 'j');
    await painted;
    latencies.push(performance.now() - pressed);
    await pause(keys);
  }
  stdout.onFrame = () => {};
  const took = (performance.now() - before.at) / 1000;
  const cpu = process.cpuUsage(before.cpu);
  return {
    fps: (stdout.frames - before.frames) / took,
    core: (cpu.user + cpu.system) / 1e6 / took,
    bytesPerFrame: (stdout.bytes - before.bytes) / Math.max(1, stdout.frames - before.frames),
    bytesPerRow: (stdout.bytes - before.bytes) / Math.max(1, stdout.rowsDrawn - before.rows),
    eventsPerSecond: (state.events.next - before.events) / took,
    latencies,
  };
}

/** Milliseconds between two looks, and seconds until the ring is full and what is hot is compiled. */
const LOOK = 3000;
const WARM = 60;

const result: Record<string, unknown> = {};
if (kind === 'agents') {
  shell.jump('agents');
  await pause(1500);
  const keys = ['/', ...'agent-99', '\r', 'o', 'o'];
  const each: number[] = [];
  const worked: number[] = [];
  for (const key of keys) {
    const pressed = performance.now();
    const cpu = process.cpuUsage();
    const painted = new Promise<void>((resolve) => {
      stdout.onFrame = resolve;
    });
    (stdin as unknown as PassThrough).write(key);
    await Promise.race([painted, pause(1000)]);
    each.push(performance.now() - pressed);
    const { user, system } = process.cpuUsage(cpu);
    worked.push((user + system) / 1000);
    await pause(60);
  }
  result['perKey'] = each;
  result['cpuPerKey'] = worked;
} else if (kind === 'soak') {
  // A person is there: a key every few seconds, back and forth between the screens, a filter now and then.
  shell.jump('events');
  const before = { events: state.events.next, at: performance.now() };
  const keys = ['k', 'j', '3', '2', '3', 'G', '1', '3'];
  const samples: [number, number][] = [];
  for (let round = 0; performance.now() - before.at < period; round++) {
    (stdin as unknown as PassThrough).write(keys[round % keys.length] ?? 'j');
    await pause(LOOK);
    const seconds = (performance.now() - before.at) / 1000;
    if (seconds < WARM) continue;
    globalThis.gc?.();
    samples.push([seconds, process.memoryUsage().heapUsed]);
  }
  result['samples'] = samples;
  result['eventsPerSecond'] = ((state.events.next - before.events) / (performance.now() - before.at)) * 1000;
} else {
  shell.jump(kind === 'idle' ? 'overview' : 'events');
  await pause(kind === 'idle' ? 10_000 : 2000);
  if (kind === 'filter') for (const key of ['/', ...'agent-7', '\r']) (stdin as unknown as PassThrough).write(key);
  if (kind === 'filter') await pause(2000);
  if (globalThis.gc) globalThis.gc();
  const heapBefore = process.memoryUsage().heapUsed;
  result['quiet'] = await measure(null);
  if (kind === 'load') result['keys'] = await measure(20);
  if (globalThis.gc) globalThis.gc();
  result['heapGrowth'] = process.memoryUsage().heapUsed - heapBefore;
}
process.stdout.write(`${JSON.stringify(result)}\n`);
dashboard.quit();
await ended;
process.exit();
