// A thousand readers of the event stream, two hundred events a second: does every reader get every event, and how late?
// AIM_BENCH_READERS=100 makes it smaller.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { actionMessage, actionTimestamp, toSignedAction } from '../src/crypto/action.ts';
import { generateSigningKey } from '../src/crypto/ed25519.ts';
import { post, serve, signIn } from './control-plane/program.ts';
import { figure } from './figure.ts';

const readers = Number(process.env['AIM_BENCH_READERS'] ?? 1000);
const SECONDS = 10;
const PER_SECOND = 200;

const data = mkdtempSync(join(tmpdir(), 'aim-bench-'));
const plane = await serve(data);
const accessToken = await signIn(plane.url);
const key = generateSigningKey();
const { id = '' } = await post(plane.url, '/agents', { name: 'bench', publicKey: key.publicKey }, accessToken);
await post(plane.url, `/agents/${id}/verify`, {}, accessToken);
await post(plane.url, `/agents/${id}/capabilities`, { capabilityType: 'db:read' }, accessToken);

const connections = new Agent({ keepAlive: true, maxSockets: 8 });
const program = fileURLToPath(new URL('control-plane/readers.ts', import.meta.url));
const port = new URL(plane.url).port;
const child = spawn(process.execPath, [program, port, accessToken, String(readers), '?types=verification'], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
await lines.next(); // all are open
const before = plane.processorTime();
const startedAt = Date.now();
const asking: Promise<void>[] = [];
const asked = SECONDS * PER_SECOND;
while (asking.length < asked) {
  const due = Math.min(asked, Math.floor(((Date.now() - startedAt) * PER_SECOND) / 1000));
  while (asking.length < due) asking.push(ask(asking.length));
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await Promise.all(asking);
await new Promise((resolve) => setTimeout(resolve, 3000)); // until the last has arrived
const processorTime = plane.processorTime() - before;
child.stdin.end();
const { value = '{}' } = await lines.next();
const seen = JSON.parse(value) as { least: number; most: number; p50: number; p99: number; missed: number };
const name = `${readers} stream readers, ${PER_SECOND} events a second`;
figure({
  name: `${name}: events that the reader with the fewest got`,
  measured: seen.least,
  unit: 'events',
  goal: { atLeast: asked },
  noise: 0,
  note: `of ${asked}; ${seen.missed} gaps`,
});
figure({ name: `${name}, p99`, measured: seen.p99, unit: 'ms', goal: { atMost: 250 }, note: `p50 ${seen.p50}` });
figure({ name: `${name}: processor time of the server`, measured: processorTime / 1e6 / SECONDS, unit: 'cores' });
figure({ name: `${name}: resident memory`, measured: plane.memory(), unit: 'MB', goal: { atMost: 300 } });
await plane.stop();
rmSync(data, { recursive: true, force: true });
process.exit(0);

function ask(n: number): Promise<void> {
  const asked = { agentId: id, capability: 'db:read', resource: 'users', context: { n }, timestamp: actionTimestamp() };
  const signature = key.sign(actionMessage(toSignedAction(asked)));
  const body = JSON.stringify({ ...asked, signature, publicKey: key.publicKey });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    request(`${plane.url}/api/v1/sdk-api/verifications`, { method: 'POST', agent: connections, headers }, (response) => {
      response.resume();
      response.on('end', resolve);
    })
      .on('error', reject)
      .end(body);
  });
}
