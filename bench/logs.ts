// Security logs: how fast they are written, followed, searched, counted and checked; against the tools that others use, in the same run.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
import { splitLog } from './logs-sample/split-log.ts';
import { brought, others, pythonWith } from './logs-sample/tools.ts';

/** Of this process in the last `timed()`: what remains comparable on a machine that does other things as well. */
let cpuSeconds = 0;
const scratch = mkdtempSync(join(tmpdir(), 'aim-bench-logs-'));
const LINES = Number(process.env['AIM_BENCH_LOG_LINES'] ?? 50_000);
const MEGABYTES = Number(process.env['AIM_BENCH_LOG_MB'] ?? 1024);

brought();
try {
  await writing();
  await following();
  const big = join(scratch, 'big.log');
  makeLog(big, MEGABYTES * 1024 * 1024);
  await reading(big);
  await inParts(big);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Redaction and chain on, in bursts of 50 lines between turns of the event loop, as an agent logs. */
async function writing(): Promise<void> {
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

/** The same events by AIM's own Python SDK. */
async function aimSdk(): Promise<{ rate: number; p99: number } | null> {
  const python = pythonWith('aim-sdk-2.0.3', 'aim-sdk==2.0.3');
  if (python === null) return null;
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
  return { rate, p99 };
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

/** A process writes 100,000 lines a second, and as fast as it can; every line must come. */
async function following(): Promise<void> {
  for (const pace of [100_000, Number.POSITIVE_INFINITY]) {
    const { seen, count, seconds, cores } = await followed(pace);
    const isPaced = pace < Number.POSITIVE_INFINITY;
    figure({
      name: isPaced ? 'tail, lines of 100,000 a second that came' : 'tail, lines followed without loss',
      measured: seen / seconds,
      unit: 'lines/s',
      // Starting and ending are in the time; what was lost would be in the count.
      goal: { atLeast: isPaced ? 95_000 : 100_000 },
      note: `${seen} of ${count} lines`,
    });
    figure({
      name: isPaced ? 'tail, cores used at 100,000 lines a second' : 'tail, cores used at that rate',
      measured: cores,
      unit: 'cores',
      ...(isPaced ? { goal: { atMost: 1 } } : {}),
    });
  }
}

async function followed(pace: number): Promise<{ seen: number; count: number; seconds: number; cores: number }> {
  const file = join(scratch, `followed-${pace}.log`);
  appendFileSync(file, '');
  const count = 500_000;
  const ending = new AbortController();
  const code = `const fs = require('node:fs'); const fd = fs.openSync(process.argv[1], 'a'); const lines = (process.argv[2] + '\\n').repeat(500);
    const sleep = new Int32Array(new SharedArrayBuffer(4)); const begun = performance.now();
    for (let n = 0; n < ${count}; n += 500) {
      const early = begun + (n / ${pace}) * 1000 - performance.now();
      if (early > 1) Atomics.wait(sleep, 0, 0, early);
      fs.writeSync(fd, lines);
    }`;
  const items = tail([file], { follow: true, backlog: 0, signal: ending.signal });
  const writer = spawn(process.execPath, ['-e', code, file, lineOf(1, GENESIS).replace(/,"seq".*/, '}')], { stdio: 'inherit' });
  let cpu = process.cpuUsage();
  let begun = performance.now();
  let seen = 0;
  for await (const item of items) {
    if (item.kind !== 'entry') continue;
    if (seen === 0) [cpu, begun] = [process.cpuUsage(), performance.now()];
    seen += 1;
    if (seen === count) ending.abort();
  }
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  writer.kill();
  return { seen, count, seconds, cores: (user + system) / 1e6 / seconds };
}

/** One plain file: the disk is warm for all, and each tool reads all of it. */
async function reading(file: string): Promise<void> {
  const megabytes = statSync(file).size / 1e6;
  execFileSync('cat', [file], { stdio: ['ignore', 'ignore', 'inherit'] });

  const theirs = others(file);
  const lnav = theirs.lnav();
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
    ...(lnav ? { baseline: { name: 'lnav, the same file opened and counted by level', value: lnav } } : {}),
    goal: { atMost: (4.4 * megabytes) / 1074 },
    note: `goal: half of what lnav 0.11 needs to index as much; ${countedCpu.toFixed(1)} s of CPU`,
  });
  const byLevel = await timed(async () => {
    const { bySeverity } = await countLog(file, null, { depth: 'head' });
    if (bySeverity.size !== 5) throw new Error('wrong counts');
  });
  const byLevelCpu = cpuSeconds;
  const duck = duckCount(file);
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
    const ripgrep = name.startsWith('severity') ? theirs.ripgrep() : null;
    const jq = name.startsWith('severity') ? theirs.jq() : null;
    const beside = [
      ...(ripgrep ? [`ripgrep ${(megabytes / ripgrep).toFixed(0)} MB/s`] : []),
      ...(jq ? [`jq ${(megabytes / jq).toFixed(0)} MB/s`] : []),
    ];
    figure({
      name: `structured filter (${name})`,
      measured: megabytes / (took / 1000),
      unit: 'MB/s',
      baseline: { name: 'grep -c', value: megabytes / (grep / 1000) },
      goal: { atLeast: 500 },
      note: [`${found} found`, `${perCpu.toFixed(0)} MB per second of CPU`, ...beside].join('; '),
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

/** The same lines as rotation leaves them: two older parts, the oldest compressed. */
async function inParts(file: string): Promise<void> {
  const { size } = statSync(file);
  splitLog(file);
  const took = await timed(async () => {
    const { lines, bytes } = await countLog(file, null);
    if (lines === 0 || bytes < size - 10) throw new Error('lines are missing');
  });
  figure({
    name: `the same in rotated parts, one compressed (${(size / 1e6).toFixed(0)} MB)`,
    measured: took / 1000,
    unit: 's',
    goal: { atMost: (4.4 * size) / 1.074e9 },
    note: `${cpuSeconds.toFixed(1)} s of CPU`,
  });
}

function duckCount(file: string): number | null {
  const interpreter = pythonWith('duckdb-1', 'duckdb');
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
