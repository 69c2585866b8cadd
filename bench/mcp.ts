// How long it takes to find MCP servers, to ask many of them, and to check what they say.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkInspection } from '../src/mcp/checks/check.ts';
import { detectMcpServers } from '../src/mcp/detect.ts';
import { AT_ONCE, inspectAll } from '../src/mcp/inspect-all.ts';
import type { LaunchStdio } from '../src/mcp/launch.ts';
import type { DetectedServer } from '../src/mcp/record.ts';
import { inspectionFrom } from '../src/mcp/saved-inspection.ts';
import { figure, median } from './figure.ts';

const fixtures = fileURLToPath(new URL('../test/fixtures/mcp/clients', import.meta.url));
const program = fileURLToPath(new URL('../test/fixtures/mcp/servers/server.mjs', import.meta.url));

await detection();
await inspection();
checks();

/** One home with the files of every client, against reading the same files and doing nothing with them. */
async function detection(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'aim-bench-mcp-'));
  for (const client of readdirSync(fixtures)) cpSync(join(fixtures, client, 'linux'), root, { recursive: true });
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
  const options = {
    home: join(root, 'home'),
    cwd: join(root, 'project'),
    root: join(root, 'disk'),
    platform: 'linux',
    env: {},
  } as const;
  const reading = async (): Promise<void> => void (await Promise.all(files.map((file) => readFile(file))));
  const finding = (): Promise<unknown> => detectMcpServers(options);
  const started = performance.now();
  await finding();
  const first = performance.now() - started;
  const [read, found] = [await time(reading), await time(finding)];
  const { servers, filesRead } = await detectMcpServers(options);
  figure({
    name: `Detection over ${filesRead} files of every client (${servers.length} servers)`,
    measured: found,
    unit: 'ms',
    baseline: { name: 'reading the same files', value: read },
    goal: { atMost: 2 * read },
  });
  figure({ name: 'The first look of a process, parsers loaded on the way', measured: first, unit: 'ms' });
  const python = process.env['AIM_PEER_PYTHON_2'] ?? process.env['AIM_PEER_PYTHON_1'];
  if (python) {
    const code = `import time\nfrom aim_sdk.detection import MCPDetector\nd = MCPDetector()\nd.detect_from_claude_config()\nt = []\nfor _ in range(50):\n    s = time.perf_counter(); d.detect_all(); t.append(time.perf_counter() - s)\nprint(sorted(t)[25] * 1000)`;
    const value = Number(
      execFileSync(python, ['-c', code], { env: { ...process.env, HOME: options.home }, encoding: 'utf8' })
        .trim()
        .split('\n')
        .at(-1),
    );
    figure({
      name: 'Detection of every client',
      measured: found,
      unit: 'ms',
      baseline: { name: "the Python SDK's of its one client", value },
    });
  }
  rmSync(root, { recursive: true });
}

/** 50 processes, eight at a time, against what eight at a time cannot be faster than. */
async function inspection(): Promise<void> {
  const launches = Array.from(
    { length: 50 },
    (): LaunchStdio => ({ kind: 'stdio', command: process.execPath, args: [program, 'good'], cwd: null, env: {} }),
  );
  const before = zombies();
  const started = performance.now();
  const answers = [...(await inspectAll(launches)).values()];
  const total = performance.now() - started;
  const durations = answers.map((answer) => (answer.kind === 'said' ? (answer.inspection.durationMs ?? 0) : 0));
  let batches = 0;
  for (let at = 0; at < durations.length; at += AT_ONCE) batches += Math.max(...durations.slice(at, at + AT_ONCE));
  const failed = answers.filter((answer) => answer.kind !== 'said' || answer.inspection.tools.length !== 2).length;
  figure({
    name: `50 servers inspected, ${AT_ONCE} at a time`,
    measured: total,
    unit: 'ms',
    baseline: { name: 'the slowest of each batch, one after the other', value: batches },
    goal: { atMost: 1.3 * batches },
    note: `${failed} failed`,
  });
  figure({
    name: 'Processes left by 50 inspections',
    measured: Math.max(0, zombies() - before),
    unit: 'processes',
    goal: { atMost: 0 },
  });
}

function checks(): void {
  const words =
    'Reads the records that fit the given filter and gives them back in pages. Use the cursor to go on. See https://docs.example.test for the filter language.';
  const tools = Array.from({ length: 5_000 }, (_, index) => ({
    name: `get_record_${index}`,
    description: `${words} (${index})`,
    inputSchema: {
      type: 'object',
      properties: {
        filter: { type: 'string', description: words },
        limit: { type: 'number', description: 'At most so many.' },
        order: { enum: ['name', 'age', 'size'] },
      },
    },
    annotations: { readOnlyHint: true },
  }));
  const said = inspectionFrom({ serverName: 'large', tools });
  const server = { key: 'large', name: 'large', sightings: [] } as unknown as DetectedServer;
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now();
    checkInspection(server, said);
    return performance.now() - started;
  });
  figure({ name: 'Checks over 5,000 tools', measured: median(times), unit: 'ms', goal: { atMost: 1_000 } });
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 60; round += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return median(times.slice(10));
}

/** Processes that carry the marker of an inspection, and dead ones that nobody waited for. */
function zombies(): number {
  if (!existsSync('/proc')) return 0;
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const [, , parent] = /^(\d+) \(.*\) . (\d+)/s.exec(stat) ?? [];
      return /\) Z/.test(stat) && Number(parent) === process.pid
        ? true
        : readFileSync(`/proc/${pid}/environ`, 'latin1').includes('AIM_INSPECTION=');
    } catch {
      return false;
    }
  }).length;
}
