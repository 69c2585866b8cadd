// The SDK against AIM's published Python SDKs on one stub server: rate, client CPU, import, attestation cache, detection.

import { execFileSync, fork, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, median } from './figure.ts';

/** Answers every request with an approval, in a process of its own. */
function serve(): void {
  const answer = JSON.stringify({
    id: '22222222-2222-4222-8222-222222222222', status: 'approved', approvedBy: 'system', approved_by: 'system', expiresAt: '2026-12-03T03:04:05Z',
    expires_at: '2026-12-03T03:04:05Z', trustScore: 0.7, enforcementMode: 'strict', riskLevel: 'low', riskAutoDetected: true,
  }); // biome-ignore format: one answer
  const server = http.createServer((request, response) => {
    request
      .resume()
      .on('end', () =>
        response
          .writeHead(201, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) })
          .end(answer),
      );
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

type Cost = { rate: number; cpuMs: number };

async function measure(): Promise<void> {
  const stub = fork(fileURLToPath(import.meta.url), ['stub']);
  const port = await new Promise<number>((resolve) => stub.once('message', (message) => resolve(message as number)));
  const scratch = mkdtempSync(join(tmpdir(), 'aim-bench-sdk-'));
  try {
    const url = `http://127.0.0.1:${port}`;
    // Before, between and after the others, so that a machine that is busy for a minute is busy for all.
    const runs = [await measureCalls(url)];
    const theirs: Python[] = [];
    for (const name of ['aim-sdk-1.21.0', 'aim-sdk-2.0.3']) {
      theirs.push(...[measurePython(name, url, scratch) ?? []].flat());
      runs.push(await measureCalls(url));
    }
    const middle = (what: 'verify' | 'perform'): Cost => ({
      rate: median(runs.map((run) => run[what].rate)),
      cpuMs: median(runs.map((run) => run[what].cpuMs)),
    });
    const ours = { verify: middle('verify'), perform: middle('perform'), ...(await measureRest(url, scratch)) };
    for (const what of ['verify', 'perform'] as const) {
      const best = theirs.toSorted((left, right) => right[what].rate - left[what].rate)[0];
      const named = (value: number) => best && { name: `Python ${best.name}`, value };
      const rate = named(best?.[what].rate ?? 0);
      const cpu = named(best?.[what].cpuMs ?? 0);
      figure({
        name: `sdk ${what}, one after another`,
        measured: ours[what].rate,
        unit: 'calls/s',
        note: `a bare client gets ${Math.round(ours.bareRate)} answers/s from the stub, one after another`,
        ...(rate && { baseline: rate, goal: { atLeast: 5 * rate.value } }),
      });
      figure({
        name: `sdk ${what}, client CPU a call`,
        measured: ours[what].cpuMs,
        unit: 'ms',
        ...(cpu && { baseline: cpu, goal: { atMost: cpu.value / 5 } }),
      });
    }
    const sequential = theirs.map((one) => one.verify.rate).sort((left, right) => right - left)[0];
    figure({
      name: 'sdk verify, 100 at once',
      measured: ours.atOnce,
      unit: 'calls/s',
      note: `the stub itself gives ${Math.round(ours.limit)}/s to a bare client`,
      ...(sequential && {
        baseline: { name: 'Python, one after another', value: sequential },
        goal: { atLeast: Math.min(20 * sequential, ours.limit * 0.5) },
      }),
    });
    const cacheBaseline = theirs.map((one) => one.cache).sort((left, right) => right - left)[0];
    figure({
      name: 'attestation cache, tool uses with 100 servers',
      measured: ours.cache,
      unit: 'uses/s',
      ...(cacheBaseline && { baseline: { name: 'Python', value: cacheBaseline }, goal: { atLeast: 50 * cacheBaseline } }),
    });
    importing();
  } finally {
    stub.kill();
    rmSync(scratch, { recursive: true, force: true });
  }
}

const builtIndex = (): string =>
  resolve(process.env['AIM_OUT'] ?? fileURLToPath(new URL('../dist', import.meta.url)), 'index.js');

type Sdk = typeof import('../src/index.ts');

async function load(): Promise<Sdk> {
  const built = builtIndex();
  return (await import(existsSync(built) ? built : '../src/index.ts')) as Sdk;
}

async function agentAt(aimUrl: string) {
  const { AIMClient } = await load();
  const privateKey = Buffer.alloc(32, 1).toString('base64');
  return new AIMClient({ agentId: '11111111-1111-4111-8111-111111111111', privateKey, aimUrl });
}

async function measureCalls(url: string): Promise<{ verify: Cost; perform: Cost }> {
  const agent = await agentAt(url);
  const verify = await cost(400, () => agent.verifyCapability('db:read', { resource: 'users' }));
  const perform = await cost(300, () => agent.performAction('db:read', { resource: 'users', autoRegister: false }, () => 1));
  await agent.close();
  return { verify, perform };
}

async function measureRest(url: string, folder: string) {
  const { AttestationCache } = await load();
  const agent = await agentAt(url);
  const atOnce = await together(6000, () => agent.verifyCapability('db:read', { resource: 'users' }));
  await agent.close();
  const pool = new http.Agent({ keepAlive: true });
  const limit = await together(6000, () => bare(url, pool));
  const { rate: bareRate } = await cost(400, () => bare(url, pool));
  pool.destroy();
  const cache = new AttestationCache({ agentId: 'a1', folder });
  for (let server = 0; server < 100; server += 1)
    await cache.recordAttestation(`s${server}`, { attestationId: 'x', capabilities: ['read', 'write'] });
  const uses = 5000;
  const begun = performance.now();
  for (let use = 0; use < uses; use += 1) await cache.recordToolUsage(`s${use % 100}`, 'read');
  await cache.flush();
  return { atOnce, limit, bareRate, cache: perSecond(uses, begun) };
}

// Rounds, and the median of them: a machine that does something else for a moment spoils one round and not the figure.
const ROUNDS = 11;

async function cost(count: number, call: () => Promise<unknown>): Promise<Cost> {
  // An agent runs for long: what the compiler takes in its first seconds is not what a call costs.
  for (let warm = 0; warm < 1500; warm += 1) await call();
  const rounds: Cost[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const cpu = process.cpuUsage();
    const begun = performance.now();
    for (let made = 0; made < count; made += 1) await call();
    const { user, system } = process.cpuUsage(cpu);
    rounds.push({ rate: perSecond(count, begun), cpuMs: (user + system) / 1000 / count });
  }
  return { rate: median(rounds.map(({ rate }) => rate)), cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)) };
}

async function together(count: number, call: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  let made = 0;
  const worker = async (): Promise<void> => {
    while (made < count) {
      made += 1;
      await call();
    }
  };
  await Promise.all(Array.from({ length: 100 }, worker));
  return perSecond(count, begun);
}

function bare(url: string, agent: http.Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { agent, method: 'POST', headers: { 'content-length': 400 } }, (response) =>
      response.resume().on('end', resolve),
    );
    request.on('error', reject).end('x'.repeat(400));
  });
}

const perSecond = (count: number, begun: number): number => count / ((performance.now() - begun) / 1000);

type Python = { name: string; verify: Cost; perform: Cost; cache: number };

/** Null where `npm run test:peers` has not brought that SDK. */
function measurePython(name: string, url: string, scratch: string): Python | null {
  const python =
    process.env[name.includes('1.21') ? 'AIM_PEER_PYTHON_1' : 'AIM_PEER_PYTHON_2'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aim-terminal-peers', name, 'bin', 'python');
  if (!existsSync(python)) {
    console.log(`${name} is not here: npm run test:peers brings it`);
    return null;
  }
  const script = join(scratch, 'measure.py');
  writeFileSync(script, PYTHON);
  const home = mkdtempSync(join(scratch, 'home-'));
  const output = execFileSync(python, [script, url], {
    env: { PATH: process.env['PATH'], HOME: home, PYTHON_KEYRING_BACKEND: 'keyring.backends.fail.Keyring' },
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  return { name, ...(JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as Omit<Python, 'name'>) };
}

const PYTHON = `
import base64, contextlib, io, json, resource, sys, time, warnings
warnings.simplefilter("ignore")
quiet = io.StringIO()
with contextlib.redirect_stdout(quiet):
    from aim_sdk import AIMClient, AttestationCache
public = "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w="
private = base64.b64encode(bytes([1] * 32) + base64.b64decode(public)).decode()
client = AIMClient(agent_id="11111111-1111-4111-8111-111111111111", public_key=public, private_key=private, aim_url=sys.argv[1])
def cost(count, call):
    for _ in range(100): call()
    rates, cpus = [], []
    for _ in range(11):
        before = resource.getrusage(resource.RUSAGE_SELF); begun = time.perf_counter()
        for _ in range(count): call()
        took = time.perf_counter() - begun; after = resource.getrusage(resource.RUSAGE_SELF)
        rates.append(count / took)
        cpus.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000 / count)
    return {"rate": sorted(rates)[5], "cpuMs": sorted(cpus)[5]}
@client.perform_action("db:read", resource="users", auto_register=False)
def act(): return 1
with contextlib.redirect_stdout(quiet):
    verify = cost(100, lambda: client.verify_capability("db:read", resource="users"))
    perform = cost(60, act)
    cache = AttestationCache("a1")
    for number in range(100): cache.record_attestation("s%d" % number, "x", ["read", "write"])
    begun = time.perf_counter()
    for number in range(200): cache.record_tool_usage("s%d" % (number % 100), "read")
    uses = 200 / (time.perf_counter() - begun)
print(json.dumps({"verify": verify, "perform": perform, "cache": uses}))
`;

function importing(): void {
  const built = builtIndex();
  if (!existsSync(built)) {
    console.log('import: npm run build first');
    return;
  }
  const time = (...arguments_: string[]): number => {
    const begun = performance.now();
    spawnSync(process.execPath, arguments_);
    return performance.now() - begun;
  };
  const runs = Array.from({ length: 9 }, () => ({ ours: time(built), node: time('-e', '0') }));
  const node = median(runs.map((run) => run.node));
  figure({
    name: 'sdk import',
    measured: median(runs.map((run) => run.ours)),
    unit: 'ms',
    baseline: { name: 'node -e 0', value: node },
    goal: { atMost: 3 * node },
  });
}

if (process.argv[2] === 'stub') serve();
else await measure();
