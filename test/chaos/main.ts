// The chaos run: a whole installation at work while everything around it breaks; at the end, what must hold is looked up, not hoped for.
// `npm run chaos` takes ten minutes; `npm run chaos -- --seconds 60` is the short form. Needs PostgreSQL (Debian's) and aim-sdk from PyPI.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freshMachine, type Machine, openTerminal, pause, program, run, type Terminal, waitUntil } from '../pty/terminal.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { faultsOf, mountSmall } from './faults.ts';
import { type Finding, findingsOf } from './findings.ts';
import { startReader } from './reader.ts';
import { type Reviewer, startReviewer } from './reviewer.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, agents: { type: 'string', default: '20' } },
});
const seconds = Number(values.seconds);
const numberOfAgents = Number(values.agents);
const python = process.env['AIM_PEER_PYTHON_2'] ?? process.env['AIM_PEER_PYTHON_1'];
const sdk = join(dirname(program), 'index.js');
const password = 'correct horse battery staple';

const folder = mkdtempSync(join(tmpdir(), 'aim-chaos-'));
const mark = { AIM_CHAOS: folder };
const ran = join(folder, 'ran.ndjson');
writeFileSync(ran, '', { mode: 0o600 });
const crowded = join(folder, 'small');
mkdirSync(crowded);
const unmount = mountSmall(crowded);
if (unmount === null) console.log('No small file system could be mounted (that takes root): no disk will be full.');
const machines: Machine[] = [];

const cluster = await startCluster(folder, mark);
const token = await adminToken(cluster);
const reader = [startReader(cluster.url, () => token), startReader(cluster.url, () => token)];
const agents = await startAgents(await apiKey());
await admit();
const reviewers = await Promise.all([1, 2, 3].map(startOneReviewer));
const dashboards = await Promise.all([1, 2].map(startDashboard));
console.log(`${agents.length} agents, ${reviewers.length} reviewers, ${dashboards.length} dashboards at work.`);
const before = cluster.planes.map((plane) => plane.residentMiB());

const faults = faultsOf(cluster, unmount === null ? null : crowded);
const until = Date.now() + seconds * 1000;
const struck = new Map<string, number>();
for (let turn = 0; Date.now() < until; turn += 1) {
  const fault = faults[turn % faults.length];
  if (fault === undefined) break;
  console.log(`${new Date().toISOString()}  ${fault.name}`);
  await fault.strike();
  struck.set(fault.name, (struck.get(fault.name) ?? 0) + 1);
  await pause(2000);
}

// Everything works again from here on; what waits may end, and then everybody goes home.
console.log('Coming to rest');
for (const { child } of agents) child.kill('SIGTERM');
await Promise.all(agents.map(({ child }) => ended(child, 45_000)));
await Promise.all(reviewers.map((reviewer) => reviewer.end()));
await waitUntil(
  async () => (await readersAreCurrent()) || null,
  30_000,
  () => 'the readers of the stream never caught up',
);
const alive = await Promise.all(dashboards.map(dashboardFinding));
const chains = await Promise.all(cluster.planes.map((plane) => chainFinding(plane.url)));
const memory = cluster.planes.map((plane, index) => memoryFinding(plane.name, before[index] ?? 0, plane.residentMiB()));
for (const { end } of reader) end();
for (const { terminal } of dashboards) await terminal.keys('q');
await Promise.all(dashboards.map(({ terminal }) => Promise.race([terminal.exited, pause(5000).then(() => terminal.kill())])));
const work = reviewers.map(reviewerFinding);
const facts = await findingsOf({
  database: cluster.postgres.url,
  ran,
  readers: reader.map(({ positions }) => positions),
});
await cluster.stop();
const findings = [...facts, ...work, ...chains, ...alive, ...memory, leftovers()];
unmount?.();

report(findings);
if (findings.every(({ broken }) => broken.length === 0)) rmSync(folder, { recursive: true, force: true });
else console.log(`\nLogs are kept in ${folder}`);
for (const machine of machines) machine.remove();
process.exit(findings.every(({ broken }) => broken.length === 0) ? 0 : 1);

function report(all: readonly Finding[]): void {
  console.log(`\n${[...struck].map(([name, times]) => `${times} × ${name}`).join('\n')}\n`);
  const decided = reviewers.reduce((sum, each) => sum + each.decided, 0);
  const refused = reviewers.reduce((sum, each) => sum + each.refused, 0);
  console.log(
    `${decided} decisions went through, ${refused} were refused or lost; readers came back ${reader.map(({ cuts }) => cuts).join(' and ')} times\n`,
  );
  for (const { title, count, broken } of all) {
    console.log(`${broken.length === 0 ? 'holds ' : 'BROKEN'}  ${title} (${count})`);
    for (const line of broken.slice(0, 10)) console.log(`          ${line}`);
    if (broken.length > 10) console.log(`          and ${broken.length - 10} more`);
  }
}

async function adminToken({ planes, admin }: Cluster): Promise<string> {
  const answer = await fetch(`${planes[0]?.url}/api/v1/auth/login/local`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(admin),
  });
  const { accessToken } = (await answer.json()) as { accessToken: string };
  return accessToken;
}

async function asAdmin<Body>(method: string, path: string, body?: unknown): Promise<Body> {
  const answer = await fetch(`${cluster.planes[0]?.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Body;
}

async function apiKey(): Promise<string> {
  const made = await asAdmin<{ apiKey?: string; key?: string }>('POST', '/api-keys', { name: 'chaos' });
  return made.apiKey ?? made.key ?? '';
}

type Agent = { name: string; child: ChildProcess };

/** Half of each SDK where the published one is at hand. Every fifth has its home on the small disk, every seventh a wrong clock. */
async function startAgents(key: string): Promise<Agent[]> {
  const script = fileURLToPath(new URL('agent', import.meta.url));
  const pauseMs = '700';
  const log = openSync(join(folder, 'agents.log'), 'a');
  const started = Array.from({ length: numberOfAgents }, (_, index) => {
    const isPython = python !== undefined && index % 2 === 1;
    const name = `chaos-${isPython ? 'python' : 'typescript'}-${index + 1}`;
    const machine = fresh();
    const home = index % 5 === 4 && unmount !== null ? join(crowded, name) : machine.home;
    mkdirSync(home, { recursive: true });
    const clock = index % 7 === 6 ? wrongClock() : {};
    const env = { ...machine.env, ...mark, ...clock, HOME: home, CHAOS_API_KEY: key };
    const [command, ...rest] = isPython
      ? [python, `${script}.py`, name, cluster.url, ran, pauseMs]
      : [process.execPath, `${script}.ts`, name, cluster.url, ran, pauseMs, sdk];
    const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', log] });
    return { name, child };
  });
  await Promise.all(started.map(({ name, child }) => ready(name, child)));
  return started;
}

async function ready(name: string, child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit').then(() =>
    Promise.reject(new Error(`${name} ended before it was ready; see ${folder}/agents.log`)),
  );
  gone.catch(() => undefined);
  await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), gone]);
}

/** Four minutes ahead, by libfaketime where it is installed: within what a server should forgive. */
function wrongClock(): Record<string, string> {
  const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
  return existsSync(library) ? { LD_PRELOAD: library, FAKETIME: '+4m', FAKETIME_DONT_FAKE_MONOTONIC: '1' } : {};
}

async function admit(): Promise<void> {
  const { agents: known } = await asAdmin<{ agents: { id: string; name: string; status: string }[] }>(
    'GET',
    '/agents?limit=100',
  );
  for (const { id, name, status } of known) {
    if (!name.startsWith('chaos-')) continue;
    if (status !== 'verified') await asAdmin('POST', `/agents/${id}/verify`);
    await asAdmin('POST', `/agents/${id}/capabilities`, { capabilityType: 'order:read' }).catch(() => undefined);
  }
}

async function startOneReviewer(number: number): Promise<Reviewer> {
  const email = `reviewer-${number}@example.test`;
  await asAdmin('POST', '/admin/users', { email, password, role: 'admin' });
  return startReviewer(fresh(), { url: cluster.url, email, password });
}

type Dashboard = { number: number; terminal: Terminal; machine: Machine };

async function startDashboard(number: number): Promise<Dashboard> {
  const email = `watcher-${number}@example.test`;
  await asAdmin('POST', '/admin/users', { email, password, role: 'viewer' });
  const machine = fresh();
  const login = await run(['login', '--server', cluster.url, '--email', email, '--password-stdin'], {
    env: machine.env,
    input: password,
  });
  if (login.code !== 0) throw new Error(`${email} could not sign in: ${login.stderr}`);
  const terminal = openTerminal([], { env: machine.env, columns: 120, rows: 40 });
  await terminal.waitFor(/live/i, 30_000);
  return { number, terminal, machine };
}

async function dashboardFinding({ number, terminal }: Dashboard): Promise<Finding> {
  const said = await terminal.waitFor(/live/i, 20_000).catch(() => null);
  const broken = said === null ? [`it shows:\n${terminal.text()}`] : [];
  return { title: `dashboard ${number} is there and live again`, count: 1, broken };
}

/** A run in which nobody decided anything shows nothing. */
function reviewerFinding({ decided, refused, complaint }: Reviewer, index: number): Finding {
  const broken = decided === 0 ? [`nothing went through, ${refused} refused; the last was told: ${complaint}`] : [];
  return { title: `reviewer ${index + 1} decides`, count: decided, broken };
}

async function chainFinding(url: string): Promise<Finding> {
  const answer = await fetch(`${url}/api/v1/admin/audit-logs/verify`, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  const verdict = JSON.parse(text) as { valid?: boolean; entries?: number; checked?: number };
  return {
    title: `the audit chain verifies (${url})`,
    count: verdict.entries ?? verdict.checked ?? 0,
    broken: verdict.valid === true ? [] : [text.slice(0, 300)],
  };
}

/** What a plane holds at the end against what it held under work at the beginning; a restarted one began anew. */
function memoryFinding(name: string, atFirst: number, atLast: number): Finding {
  const broken =
    atLast > Math.max(300, atFirst * 1.5) ? [`${Math.round(atFirst)} MiB at first, ${Math.round(atLast)} MiB at last`] : [];
  return { title: `${name} keeps its memory: ${Math.round(atFirst)} MiB, then ${Math.round(atLast)} MiB`, count: 1, broken };
}

async function readersAreCurrent(): Promise<boolean> {
  const counts = reader.map(({ positions }) => positions.at(-1));
  await pause(1500);
  return counts.every((position, index) => position !== undefined && position === reader[index]?.positions.at(-1));
}

/** Every process of this run has the folder in its environment; at the end there is none. */
function leftovers(): Finding {
  const left = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const isOurs = [folder, ...machines.map(({ root }) => root)].some((root) =>
        readFileSync(`/proc/${name}/environ`, 'utf8').includes(root),
      );
      return isOurs ? [`${name} ${readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')}`] : [];
    } catch {
      return []; // It ended while we looked.
    }
  });
  return { title: 'no process is left', count: agents.length + 2, broken: left };
}

function fresh(): Machine {
  const machine = freshMachine();
  machines.push(machine);
  return machine;
}

async function ended(child: ChildProcess, patience: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await Promise.race([once(child, 'exit'), pause(patience).then(() => child.kill('SIGKILL'))]);
}
