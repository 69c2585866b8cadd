// Security logs: how fast they are written, followed, searched, counted and checked; against the tools that others use, in the same run.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { GENESIS } from '../src/security-log/chain.ts';
import { compileQuery } from '../src/security-log/log-query.ts';
import { countLog, searchLog } from '../src/security-log/search-log.ts';
import { SecurityLogger } from '../src/security-log/security-logger.ts';
import { tail } from '../src/security-log/tail.ts';
import { verifyLog } from '../src/security-log/verify-log.ts';
import { figure, quantile } from './figure.ts';
import { lineOf, makeLog } from './logs-sample/make-log.ts';

/** Of this process in the last `timed()`: what remains comparable on a machine that does other things as well. */
let cpuSeconds = 0;
const scratch = mkdtempSync(join(tmpdir(), 'aim-bench-logs-'));
const LINES = Number(process.env['AIM_BENCH_LOG_LINES'] ?? 50_000);
const MEGABYTES = Number(process.env['AIM_BENCH_LOG_MB'] ?? 1024);

try {
  const python = await writing();
  await following();
  const big = join(scratch, 'big.log');
  makeLog(big, MEGABYTES * 1024 * 1024);
  await reading(big, python);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Redaction and chain on, in bursts of 50 lines between turns of the event loop, as an agent logs. */
async function writing(): Promise<string | null> {
  const theirs = await aimSdk();
  const bare = bareHandler();
  const logger = new SecurityLogger();
  logger.configure({ logFile: join(scratch, 'ours.log'), maxBytes: 0, includeStderr: false });
  logOne(logger, -1); // opens the file and its lock, once in the life of a process
  await logger.flush();
  const calls: number[] = [];
  const begun = performance.now();
  for (let number = 0; number < LINES; number += 1) {
    const before = performance.now();
    logOne(logger, number);
    calls.push(performance.now() - before);
    if (number % 50 === 49) await nextTurn();
  }
  await logger.flush();
  const rate = LINES / ((performance.now() - begun) / 1000);
  if (logger.state.written !== LINES + 1) throw new Error(`Only ${logger.state.written} lines were written`);
  figure({
    name: 'writer, redaction and chain on',
    measured: rate,
    unit: 'lines/s',
    ...(theirs ? { baseline: { name: "aim-sdk's logger", value: theirs.rate }, goal: { atLeast: 5 * theirs.rate } } : {}),
  });
  figure({
    name: 'writer, above a bare JSON handler',
    measured: rate,
    unit: 'lines/s',
    baseline: { name: "Python's logging with json.dumps", value: bare },
    goal: { atLeast: bare },
  });
  figure({
    name: 'writer, p99 of a call',
    measured: quantile(calls, 0.99) * 1000,
    unit: 'µs',
    ...(theirs ? { baseline: { name: "aim-sdk's logger", value: theirs.p99 } } : {}),
    goal: { atMost: 50 },
  });
  figure({ name: 'writer, p50 of a call', measured: quantile(calls, 0.5) * 1000, unit: 'µs' });
  return theirs?.python ?? null;
}

function logOne(logger: SecurityLogger, number: number): void {
  logger.logAuthorization('CAPABILITY_GRANTED', {
    action: 'db:read',
    resource: `orders/${number}`,
    agentId: '11111111-1111-4111-8111-111111111111',
    agentName: 'billing-bot',
    details: { number, rows: 12, note: `row ${number}`, nested: { password: 'x', table: 'orders' } },
  });
}

/** The same events by AIM's own Python SDK, if it is installed for the peer tests. */
async function aimSdk(): Promise<{ python: string; rate: number; p99: number } | null> {
  const cache = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'aim-terminal-peers',
    'aim-sdk-2.0.3',
    'bin',
    'python',
  );
  const python = process.env['AIM_PEER_PYTHON_2'] ?? cache;
  if (!existsSync(python)) return null;
  const code = `
import sys, time
from aim_sdk.security_logging import *
security_logger.configure(log_file=sys.argv[1], max_bytes=0)
calls = []
begun = time.perf_counter()
for n in range(int(sys.argv[2])):
    before = time.perf_counter()
    security_logger.log_authorization(AuthzEventType.CAPABILITY_GRANTED, "db:read", resource="orders/%d" % n, agent_id="11111111-1111-4111-8111-111111111111", details={"number": n, "rows": 12, "note": "row %d" % n, "nested": {"password": "x", "table": "orders"}})
    calls.append(time.perf_counter() - before)
total = time.perf_counter() - begun
calls.sort()
print(len(calls) / total, calls[int(len(calls) * 0.99)] * 1e6)`;
  const out = execFileSync(python, ['-c', code, join(scratch, 'theirs.log'), String(Math.min(LINES, 20_000))], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: scratch },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [rate = 0, p99 = 0] = out.trim().split(/\s+/).map(Number);
  return { python, rate, p99 };
}

function bareHandler(): number {
  const code = `
import json, logging, sys, time
class F(logging.Formatter):
    def format(self, r): return json.dumps({"timestamp": r.created, "severity": r.levelname, "message": r.getMessage(), **r.members}, separators=(",", ":"))
log = logging.getLogger("x"); h = logging.FileHandler(sys.argv[1]); h.setFormatter(F()); log.addHandler(h); log.setLevel(logging.INFO)
begun = time.perf_counter()
for n in range(20000):
    log.info("Authorization CAPABILITY_GRANTED: db:read on orders/%d - GRANTED", n, extra={"members": {"action": "db:read", "resource": "orders/%d" % n, "details": {"number": n, "rows": 12, "note": "row %d" % n, "nested": {"table": "orders"}}}})
print(20000 / (time.perf_counter() - begun))`;
  return Number(execFileSync('python3', ['-c', code, join(scratch, 'bare.log')], { encoding: 'utf8' }));
}

/** A process writes whole batches as fast as it can; every line must come, at less than one core. */
async function following(): Promise<void> {
  const file = join(scratch, 'followed.log');
  appendFileSync(file, '');
  const count = 400_000;
  const ending = new AbortController();
  const code = `const fs = require('node:fs'); const fd = fs.openSync(process.argv[1], 'a'); const line = process.argv[2] + '\\n';
    for (let n = 0; n < ${count}; n += 500) fs.writeSync(fd, line.repeat(500));`;
  const writer = spawn(process.execPath, ['-e', code, file, lineOf(1, GENESIS).replace(/,"seq".*/, '}')], { stdio: 'inherit' });
  const cpu = process.cpuUsage();
  const begun = performance.now();
  let seen = 0;
  for await (const item of tail([file], { follow: true, backlog: 0, signal: ending.signal })) {
    if (item.kind === 'entry') seen += 1;
    if (seen === count) ending.abort();
  }
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  writer.kill();
  figure({
    name: 'tail, lines followed without loss',
    measured: seen / seconds,
    unit: 'lines/s',
    goal: { atLeast: 100_000 },
    note: `${seen} of ${count} lines`,
  });
  figure({
    name: 'tail, cores used at that rate',
    measured: (user + system) / 1e6 / seconds,
    unit: 'cores',
    note: 'goal: under one at 100,000 lines/s',
  });
}

/** One plain file: the disk is warm for all, and each tool reads all of it. */
async function reading(file: string, python: string | null): Promise<void> {
  const megabytes = statSync(file).size / 1e6;
  execFileSync('cat', [file], { stdio: ['ignore', 'ignore', 'inherit'] });

  const firstLines = await timed(async () => {
    let left = 100;
    for await (const _ of tail([file], { backlog: 100 })) left -= 1;
    if (left > 0) throw new Error(`${left} lines are missing`);
  });
  figure({ name: `first screen of ${megabytes.toFixed(0)} MB`, measured: firstLines / 1000, unit: 's', goal: { atMost: 0.3 } });

  const memory = process.memoryUsage().rss;
  const counted = await timed(async () => {
    const { lines, bySeverity } = await countLog(file, null);
    if (lines === 0 || bySeverity.size !== 5) throw new Error('wrong counts');
  });
  const countedCpu = cpuSeconds;
  figure({
    name: 'counts by level, type, agent and minute of the whole log (its index)',
    measured: counted / 1000,
    unit: 's',
    goal: { atMost: (4.4 * megabytes) / 1074 },
    note: `goal: half of what lnav needs to index as much; ${countedCpu.toFixed(1)} s of CPU`,
  });
  const byLevel = await timed(async () => {
    const { bySeverity } = await countLog(file, null, { depth: 'head' });
    if (bySeverity.size !== 5) throw new Error('wrong counts');
  });
  const byLevelCpu = cpuSeconds;
  const duck = duckCount(file, python);
  figure({
    name: 'counts by level',
    measured: byLevel / 1000,
    unit: 's',
    ...(duck ? { baseline: { name: 'DuckDB, count by level', value: duck }, goal: { atMost: 2 * duck } } : {}),
    note: `${byLevelCpu.toFixed(1)} s of CPU`,
  });
  figure({
    name: 'memory grown by that',
    measured: (process.memoryUsage().rss - memory) / 1e6,
    unit: 'MB',
    goal: { atMost: 300 },
  });

  for (const [name, filter] of [
    ['severity:critical', 'severity:critical'],
    ['agent:agent-7 action:db:write', 'agent:agent-777 action:db:write'],
  ] as const) {
    const query = compileQuery({ filter });
    let found = 0;
    const took = await timed(async () => {
      for await (const entries of searchLog(file, query)) found += entries.length;
    });
    const perCpu = megabytes / cpuSeconds;
    const grep = await timed(async () => {
      spawnSync('grep', ['-c', name.startsWith('severity') ? '"severity":"CRITICAL"' : '"agent_name":"agent-777"', file], {
        env: { LC_ALL: 'C' },
      });
    });
    figure({
      name: `structured filter (${name})`,
      measured: megabytes / (took / 1000),
      unit: 'MB/s',
      baseline: { name: 'grep -c', value: megabytes / (grep / 1000) },
      goal: { atLeast: 500 },
      note: `${found} found; ${perCpu.toFixed(0)} MB per second of CPU`,
    });
  }

  const verified = await timed(async () => {
    const { verdict, findings } = await verifyLog(file);
    if (verdict !== 'intact') throw new Error(JSON.stringify(findings[0]));
  });
  const perCpu = megabytes / cpuSeconds;
  const sum = await timed(async () => {
    spawnSync('sha256sum', [file]);
  });
  figure({
    name: 'chain verified',
    measured: megabytes / (verified / 1000),
    unit: 'MB/s',
    baseline: { name: 'sha256sum', value: megabytes / (sum / 1000) },
    goal: { atLeast: 300 },
    note: `${perCpu.toFixed(0)} MB per second of CPU`,
  });
}

function duckCount(file: string, python: string | null): number | null {
  // In an environment of its own, or beside aim-sdk.
  const own = join(homedir(), '.cache', 'aim-terminal-peers', 'duckdb-1', 'bin', 'python');
  const interpreter = existsSync(own) ? own : python;
  if (interpreter === null) return null;
  const code = `import duckdb, sys, time
begun = time.perf_counter()
duckdb.sql("SELECT severity, count(*) FROM read_json('%s', format='newline_delimited', columns={severity: 'VARCHAR'}) GROUP BY 1" % sys.argv[1]).fetchall()
print(time.perf_counter() - begun)`;
  const { status, stdout } = spawnSync(interpreter, ['-c', code, file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? Number(stdout) : null;
}

async function timed(run: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(cpu);
  cpuSeconds = (user + system) / 1e6;
  return performance.now() - begun;
}
