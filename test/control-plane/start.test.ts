// Starting and stopping: what is in the way is said in one sentence with a next step, and nothing is lost.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { startControlPlane } from '../../src/control-plane/start.ts';
import { isOperatorProof, newNonce, operatorProof } from '../../src/crypto/operator-proof.ts';
import { UsageError } from '../../src/errors.ts';
import { startTestControlPlane } from '../../src/testing/control-plane.ts';
import { caller, openWorld, signIn, until } from './support/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'aim-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let data: string;
let count = 0;
beforeEach(() => {
  count += 1;
  data = join(folder, String(count));
});
const admin = { adminEmail: 'a@example.test', adminPassword: 'correct horse battery staple' };

type Sent = { url: string; clientNonce: string; serverNonce: string; proof: string; lasting?: boolean };

async function signInWith(folder: string, url: string, change = (sent: Sent, _key: string): Sent => sent) {
  const key = readFileSync(join(folder, 'operator.key'), 'utf8').trim();
  const call = caller(url, {});
  const clientNonce = newNonce();
  const { body } = await call('POST', '/api/v1/auth/local-operator/challenge', { clientNonce });
  const exchange = { url, clientNonce, serverNonce: body.serverNonce as string };
  expect(isOperatorProof(body.proof, key, 'server', exchange)).toBe(true);
  const sent = change({ ...exchange, proof: operatorProof(key, 'operator', exchange) }, key);
  return call('POST', '/api/v1/auth/local-operator', sent);
}

async function refusal(options: Parameters<typeof startControlPlane>[0]): Promise<UsageError> {
  const outcome = await startControlPlane({ ...admin, ...options }).then(
    async (plane) => {
      await plane.stop();
      return null;
    },
    (error) => error,
  );
  expect(outcome).toBeInstanceOf(UsageError);
  expect(outcome.next).toEqual(expect.any(String));
  expect(outcome.message).not.toContain('\n');
  return outcome;
}

describe('what is in the way', () => {
  test('a port that is taken: who may hold it and how to choose another', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const { code, message, next } = await refusal({ port });
    expect(code).toBe('serve.port-taken');
    expect(message).toContain(String(port));
    expect(next).toContain('--listen');
    holder.close();
  });

  test('a directory that another control plane uses, with its address', async () => {
    const first = await startControlPlane({ data, ...admin });
    const { code, message } = await refusal({ data });
    expect(code).toBe('serve.data-in-use');
    expect(message).toContain(first.url);
    await first.stop();
  });

  test('a place that is no directory', async () => {
    writeFileSync(data, 'a file');
    expect((await refusal({ data })).code).toBe('serve.data-not-writable');
  });

  test.runIf(process.getuid?.() !== 0)('a directory that may not be written', async () => {
    mkdirSync(data, { mode: 0o500 });
    expect((await refusal({ data })).code).toBe('serve.data-not-writable');
    chmodSync(data, 0o700);
  });

  test('a database of a newer version is left as it is', async () => {
    await (await startControlPlane({ data, ...admin })).stop();
    const database = new DatabaseSync(join(data, 'aim.db'));
    database.exec(`insert into kysely_migration (name, timestamp) values ('2099-01-from-the-future', 'x')`);
    database.close();
    const before = readFileSync(join(data, 'aim.db'));
    const { code, message } = await refusal({ data });
    expect(code).toBe('serve.database-newer');
    expect(message).toContain('2099-01-from-the-future');
    expect(readFileSync(join(data, 'aim.db')).equals(before)).toBe(true);
  });

  test('a file that is no database', async () => {
    mkdirSync(data);
    writeFileSync(join(data, 'aim.db'), 'this is not a database, and it is long enough to be looked at as one');
    expect((await refusal({ data })).code).toBe('serve.database-damaged');
  });

  test('a database that another program has locked', async () => {
    await (await startControlPlane({ data, ...admin })).stop();
    const other = new DatabaseSync(join(data, 'aim.db'));
    other.exec('pragma locking_mode = exclusive; begin exclusive');
    expect((await refusal({ data })).code).toBe('serve.database-locked');
    other.close();
  });

  test('a PostgreSQL that is not there, without its password in the message', async () => {
    const { code, message } = await refusal({ database: 'postgres://aim:secret@127.0.0.1:1/aim' });
    expect(code).toBe('serve.database-unreachable');
    expect(message).not.toContain('secret');
  });
});

describe('what stays', () => {
  test('no sign-in where another program holds the port by now: what was sent there meanwhile is worth nothing', async () => {
    const first = await openWorld({ data });
    const { refreshToken, email, password } = first.admin;
    const { port } = new URL(first.url);
    await first.stop();
    const thief = createServer((socket) => socket.destroy())
      .listen(Number(port), '127.0.0.1')
      .unref();
    await once(thief, 'listening');
    const second = await openWorld({ data, adminEmail: email });
    const refresh = () => second.call('POST', '/api/v1/auth/refresh', { refreshToken });
    expect([new URL(second.url).port === port, (await refresh()).status]).toEqual([false, 401]);
    expect((await signIn(second.url, email, password)).email).toBe(email);
    const { body } = await second.admin.call('GET', '/api/v1/admin/audit-logs?action=revoke');
    expect(body.logs[0]).toMatchObject({ resourceType: 'session', metadata: { port: Number(port), sessions: 1 } });
    await second.stop();
    thief.close();
  });

  test('agents, history, sign-ins and the port', async () => {
    const first = await openWorld({ data, ...admin });
    const agent = await first.agent(['db:read']);
    const { body } = await agent.ask('db:read');
    await first.stop();
    const second = await startControlPlane({ data, ...admin });
    expect(second.url).toBe(first.url);
    const asAdmin = caller(second.url, { authorization: `Bearer ${first.admin.accessToken}` });
    const event = await until(async () => asAdmin('GET', `/api/v1/verification-events/${body.id}`).catch(() => null));
    expect(event.body).toMatchObject({ status: 'success', agentName: agent.name });
    await second.stop();
  });

  test('a folder and a database that others could reach are closed to them', async () => {
    mkdirSync(data);
    writeFileSync(join(data, 'aim.db'), '');
    chmodSync(join(data, 'aim.db'), 0o666);
    chmodSync(data, 0o777);
    const plane = await startControlPlane({ data, ...admin });
    await plane.stop();
    expect([data, join(data, 'aim.db')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
  });

  // Only the superuser can put something into another's name.
  test.runIf(process.getuid?.() === 0)('a folder where somebody else may have put keys is not used', async () => {
    mkdirSync(data);
    writeFileSync(join(data, 'token-secret'), 'a secret that somebody else knows, of more than 43 characters');
    chownSync(join(data, 'token-secret'), 65_534, 65_534);
    chmodSync(data, 0o777);
    expect(await refusal({ data, ...admin })).toMatchObject({ code: 'serve.data-open' });
  });

  test.each<[title: string, put: (file: string) => void]>([
    ['everybody could read', (file) => writeFileSync(file, 'x-R7c0vT3mQ9bL2sK5wZ8yN1dF4gH6jP0aEuIoXrVtYcMb', { mode: 0o644 })],
    ['is short', (file) => writeFileSync(file, 'abc', { mode: 0o600 })],
    ['is one letter', (file) => writeFileSync(file, 'a'.repeat(64), { mode: 0o600 })],
    [
      'is a link to something that others know',
      (file) => {
        // A file of its own: where this does not hold, what the link leads to is changed.
        writeFileSync(`${file}.known`, 'x-R7c0vT3mQ9bL2sK5wZ8yN1dF4gH6jP0aEuIoXrVtYcMb', { mode: 0o600 });
        symlinkSync(`${file}.known`, file);
      },
    ],
  ])('a secret that %s is none, and another takes its place', async (_, put) => {
    mkdirSync(data, { mode: 0o700 });
    const file = join(data, 'token-secret');
    put(file);
    const before = readFileSync(file, 'utf8');
    await (await startControlPlane({ data, ...admin })).stop();
    expect(readFileSync(file, 'utf8')).not.toBe(before);
    expect([lstatSync(file).isFile(), lstatSync(file).mode & 0o777]).toEqual([true, 0o600]);
    const kept = readFileSync(file, 'utf8');
    await (await startControlPlane({ data, ...admin })).stop();
    expect(readFileSync(file, 'utf8')).toBe(kept);
  });

  test('what a link leads to is not closed to others', async () => {
    mkdirSync(data, { mode: 0o700 });
    const shared = join(folder, 'shared-file');
    writeFileSync(shared, '', { mode: 0o644 });
    for (const name of ['aim.db-shm', 'token-secret', 'operator.key']) symlinkSync(shared, join(data, name));
    await startControlPlane({ data, ...admin }).then(
      (plane) => plane.stop(),
      () => undefined,
    );
    expect(statSync(shared).mode & 0o777).toBe(0o644);
  });

  test('a folder that leads nowhere is refused in words', async () => {
    symlinkSync(join(data, '..', 'nowhere', 'at', 'all'), data);
    expect(await refusal({ data, ...admin })).toMatchObject({ code: 'serve.data-not-writable' });
  });

  test('secrets and database are for their owner alone', async () => {
    const plane = await startControlPlane({ data, ...admin });
    expect(statSync(data).mode & 0o777).toBe(0o700);
    for (const name of ['aim.db', 'aim.db-wal', 'operator.key', 'token-secret', 'endpoint.json', 'lock']) {
      expect([name, (statSync(join(data, name)).mode & 0o777).toString(8)]).toEqual([name, '600']);
    }
    await plane.stop();
    expect(existsSync(join(data, 'endpoint.json'))).toBe(false);
  });
});

describe('embedded', () => {
  test('signs the local operator in with the key of the directory, and nobody with another', async () => {
    const plane = await startControlPlane({ data, embedded: true });
    expect(readFileSync(plane.passwordFile ?? '', 'utf8').trim()).toBe(plane.admin.password);
    const { url, instanceId } = JSON.parse(readFileSync(join(data, 'endpoint.json'), 'utf8'));
    expect([url, instanceId]).toEqual([plane.url, plane.instanceId]);
    const { status, body } = await signInWith(data, plane.url);
    expect([status, body.user.role]).toEqual([200, 'admin']);
    await plane.stop();
  });

  test.each<[title: string, change: (sent: Sent, key: string) => Sent]>([
    ['another key', (sent) => ({ ...sent, proof: operatorProof('x'.repeat(43), 'operator', sent) })],
    ['the proof of the server, sent back', (sent, key) => ({ ...sent, proof: operatorProof(key, 'server', sent) })],
    [
      'a proof made for another address',
      (sent, key) => ({ ...sent, proof: operatorProof(key, 'operator', { ...sent, url: 'http://127.0.0.1:1' }) }),
    ],
    [
      'a nonce of its own',
      (sent, key) => {
        const own = { ...sent, serverNonce: `${Date.now()}.${'a'.repeat(22)}.${'a'.repeat(43)}` };
        return { ...own, proof: operatorProof(key, 'operator', own) };
      },
    ],
    ['the key itself', (sent, key) => ({ ...sent, proof: key })],
  ])('refuses %s', async (_, change) => {
    const plane = await startControlPlane({ data, embedded: true, ...admin });
    const { status, body } = await signInWith(data, plane.url, change);
    expect([status, body.reasonCode]).toEqual([401, 'operatorKeyInvalid']);
    await plane.stop();
  });

  test('takes a proof once, tires of wrong ones, and never of right ones', async () => {
    const plane = await startControlPlane({ data, embedded: true, ...admin });
    let sent: Sent | undefined;
    expect((await signInWith(data, plane.url, (each) => (sent = each))).status).toBe(200);
    const call = caller(plane.url, {});
    expect((await call('POST', '/api/v1/auth/local-operator', sent)).status).toBe(401);
    const wrong = [];
    for (let index = 0; index < 12; index += 1) wrong.push((await call('POST', '/api/v1/auth/local-operator', sent)).status);
    expect(wrong.at(-1)).toBe(429);
    expect((await signInWith(data, plane.url)).status).toBe(200);
    await plane.stop();
  });

  test('what was given to a program of the last run is worth nothing at the next, what agents hold is', async () => {
    const first = await startControlPlane({ data, embedded: true, ...admin });
    const brief = (await signInWith(data, first.url)).body.accessToken;
    const lasting = (await signInWith(data, first.url, (sent) => ({ ...sent, lasting: true }))).body.accessToken;
    await first.stop();
    const second = await startControlPlane({ data, embedded: true, ...admin });
    // A connection that was kept from the first may break once.
    const me = (token: string) =>
      until(async () => {
        const answer = caller(second.url, { authorization: `Bearer ${token}` })('GET', '/api/v1/auth/me');
        return answer.then(({ status }) => status).catch(() => null);
      });
    expect([await me(brief), await me(lasting)]).toEqual([401, 200]);
    await second.stop();
  });

  test('is not offered by one that is not embedded', async () => {
    const plane = await startTestControlPlane();
    expect(
      (await caller(plane.url, {})('POST', '/api/v1/auth/local-operator/challenge', { clientNonce: 'x'.repeat(24) })).status,
    ).toBe(404);
    await plane.stop();
  });

  test('ends after the last hold is let go', async () => {
    let unused = false;
    const plane = await startControlPlane({ data, embedded: true, ...admin, onUnused: () => (unused = true) });
    const person = await signIn(plane.url, admin.adminEmail, admin.adminPassword);
    const hold = () => {
      const stop = new AbortController();
      const held = fetch(`${plane.url}/api/v1/embedded/hold`, {
        signal: stop.signal,
        headers: { authorization: `Bearer ${person.accessToken}` },
      });
      return { held, stop };
    };
    const [one, two] = [hold(), hold()];
    await Promise.all([one.held, two.held]);
    one.stop.abort();
    expect((await person.call('GET', '/readyz')).status).toBe(200);
    two.stop.abort();
    await until(async () => unused);
    await expect(fetch(`${plane.url}/healthz`)).rejects.toThrow();
  });
});

describe('killed', () => {
  // A hundred times, and on PostgreSQL too: test/peers/control-plane-crash.test.ts.
  test('loses nothing that it acknowledged', async () => {
    const script = join(folder, 'serve.ts');
    const module = new URL('../../src/control-plane/start.ts', import.meta.url).href;
    writeFileSync(
      script,
      `const { startControlPlane } = await import(${JSON.stringify(module)});\nconst plane = await startControlPlane(JSON.parse(process.argv[2]));\nconsole.log(plane.url);\n`,
    );
    const serve = async () => {
      const child = spawn(process.execPath, [script, JSON.stringify({ data, ...admin })], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      return { child, url: line.toString().trim() };
    };
    const acknowledged: string[] = [];
    for (let round = 0; round < 1; round += 1) {
      const { child, url } = await serve();
      const person = await signIn(url, admin.adminEmail, admin.adminPassword);
      const load = Array.from({ length: 4 }, async (_, worker) => {
        for (let index = 0; ; index += 1) {
          const { status, body } = await person.call('POST', '/api/v1/agents', { name: `agent-${round}-${worker}-${index}` });
          if (status === 201) acknowledged.push(body.id);
        }
      });
      const ended = Promise.allSettled(load);
      const goal = acknowledged.length + 10;
      await until(async () => acknowledged.length >= goal);
      child.kill('SIGKILL');
      await ended;
    }
    const { child, url } = await serve();
    const person = await signIn(url, admin.adminEmail, admin.adminPassword);
    const kept = (await person.call('GET', '/api/v1/agents?limit=1000')).body.agents.map(({ id }: { id: string }) => id);
    expect(acknowledged.filter((id) => !kept.includes(id))).toEqual([]);
    expect((await person.call('GET', '/api/v1/admin/audit-logs/verify')).body.valid).toBe(true);
    child.kill('SIGTERM');
  }, 180_000);
});
