// OpenTelemetry's collector receives every line, also when it is killed in between, and reads severity, time, body and attributes as we mean them.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { shipLog } from '../../src/security-log/export/ship.ts';
import { sinkFor } from '../../src/security-log/export/sinks.ts';
import { openSpool } from '../../src/security-log/export/spool.ts';
import { sampleEntries, sampleLines } from '../security-log/samples.ts';
import { folder } from '../security-log/scratch.ts';

const program = process.env['AIM_PEER_COLLECTOR'] ?? '';

let running: ChildProcess | null = null;
async function kill(): Promise<void> {
  const child = running;
  running = null;
  if (!child) return;
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
}
afterEach(kill);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

type Collector = { url: string; start(): void; records(): Received[] };

async function collectorIn(base: string): Promise<Collector> {
  const port = await freePort();
  const config = join(base, 'collector.yaml');
  const out = join(base, 'received');
  writeFileSync(
    config,
    `receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${port}" } } } }
exporters: { debug: { verbosity: detailed, use_internal_logger: false } }
service:
  telemetry: { metrics: { level: none }, logs: { level: error } }
  pipelines: { logs: { receivers: [otlp], exporters: [debug] } }
`,
  );
  return {
    url: `http://127.0.0.1:${port}/v1/logs`,
    start() {
      running = spawn(program, ['--config', `file:${config}`], { stdio: ['ignore', openSync(out, 'a'), 'inherit'] });
    },
    records: () => (existsSync(out) ? recordsOf(readFileSync(out, 'utf8')) : []),
  };
}

type Received = { body: string; severity: string; timestamp: string; trace: string; attributes: Record<string, string> };

/** The records that the debug exporter printed. */
function recordsOf(text: string): Received[] {
  return text
    .split(/^LogRecord #\d+\n/m)
    .slice(1)
    .map((record) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(record)?.[1] ?? '';
      const pairs = [...record.matchAll(/^ {5}-> ([^:]+): (.*)$/gm)].map(([, key = '', value = '']) => [key, value]);
      return {
        body: /^Body: Str\(([\s\S]*?)\)\n(?:Attributes|Trace ID):/m.exec(record)?.[1] ?? '',
        severity: `${field('SeverityText')} ${field('SeverityNumber')}`,
        timestamp: field('Timestamp'),
        trace: field('Trace ID'),
        attributes: Object.fromEntries(pairs) as Record<string, string>,
      };
    });
}

async function ship(lines: readonly string[], url: string, { signal = new AbortController().signal, follow = false } = {}) {
  const base = folder();
  const file = join(base, 'security.log');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  const spool = openSpool(join(base, 'spool.db'));
  const sink = sinkFor(url, { format: 'otlp', stdout: process.stdout });
  // Tried again at once, so that nobody waits for the pause.
  return shipLog({ files: [file], spool, sink, fits: () => true, follow, signal, random: () => 0.01 }).finally(() =>
    spool.close(),
  );
}

const numbered = Array.from({ length: 3000 }, (_, number) =>
  JSON.stringify({
    timestamp: '2026-01-01T00:00:00.250000+00:00',
    category: 'MCP',
    event_type: 'MCP_TOOL_USED',
    severity: 'ERROR',
    message: `m${number}`,
    agent_name: 'billing-bot',
    http_status: 403,
    details: { text: 'ünï', huge: 1e300, deep: { list: [1, 0.5, true, null] } },
    correlation_id: '22222222-2222-4222-8222-222222222222',
  }),
);

describe.runIf(program)('the OpenTelemetry Collector', () => {
  test('has every line once it is there again, and reads what it says', { timeout: 120_000 }, async () => {
    const collector = await collectorIn(folder());
    const sending = ship(numbered, collector.url);
    collector.start();
    await expect.poll(() => collector.records().length, { timeout: 30_000 }).toBeGreaterThan(100);
    await kill();
    collector.start();
    expect(await sending).toMatchObject({ queued: 0, sent: 3000, refused: 0 });
    await expect
      .poll(() => new Set(collector.records().map(({ body }) => body)).size, { timeout: 30_000 })
      .toBe(numbered.length);
    expect(collector.records()[0]).toMatchObject({
      severity: 'ERROR Error(17)',
      timestamp: '2026-01-01 00:00:00.25 +0000 UTC',
      trace: '22222222222242228222222222222222',
      attributes: {
        'aim.event_type': 'Str(MCP_TOOL_USED)',
        'aim.agent.name': 'Str(billing-bot)',
        'http.response.status_code': 'Int(403)',
        'aim.details': 'Map({"deep":{"list":[1,0.5,true,""]},"huge":"1e+300","text":"ünï"})',
      },
    });
  });

  test('refuses none of the lines that try to break out of a format', { timeout: 60_000 }, async () => {
    const collector = await collectorIn(folder());
    collector.start();
    const sent = await ship(sampleLines, collector.url);
    expect(sent).toMatchObject({ queued: 0, sent: sampleLines.length, refused: 0 });
    await expect.poll(() => collector.records().length, { timeout: 30_000 }).toBe(sampleLines.length);
    const bodies = new Set(collector.records().map(({ body }) => body));
    expect(sampleEntries.filter(({ message }) => !bodies.has(message.toWellFormed())).map(({ message }) => message)).toEqual(
      [],
    );
  });
});
