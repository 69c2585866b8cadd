// Looking after it: backup and restore, how long events are kept, certificates, weak settings, what its log says.

import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { holdsLease } from '../../src/control-plane/database/lease.ts';
import { openDatabase } from '../../src/control-plane/database/open.ts';
import { backUp, checkBackup } from '../../src/control-plane/operation/backup.ts';
import { followCertificate } from '../../src/control-plane/operation/certificate.ts';
import { createLogger } from '../../src/control-plane/operation/logger.ts';
import { restore } from '../../src/control-plane/operation/restore.ts';
import { weakSettings } from '../../src/control-plane/operation/weak-settings.ts';
import { startControlPlane } from '../../src/control-plane/start.ts';
import { openWorld, signIn, until } from './support/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'aim-upkeep-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let place: string;
let count = 0;
beforeEach(() => {
  count += 1;
  place = join(folder, String(count));
});
const admin = { adminEmail: 'a@example.test', adminPassword: 'correct horse battery staple' };
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { code: string; next?: string }) => {
      expect(error.next).toEqual(expect.any(String));
      return error.code;
    },
  );

describe('a backup', () => {
  test('is taken while others write, and holds everything up to one moment', async () => {
    const world = await openWorld({ data: place, ...admin });
    const agent = await world.agent(['db:read']);
    let writing = true;
    const load = (async () => {
      for (let index = 0; writing; index += 1) await agent.ask('db:read', { context: { index } });
    })();
    const { contents } = await backUp(place, `${place}.db`);
    writing = false;
    await load;
    expect(contents).toMatchObject({ organizations: 1, users: 1, agents: 1 });
    expect((statSync(`${place}.db`).mode & 0o777).toString(8)).toBe('600');
    expect(readdirSync(folder).filter((name) => name.includes('unfinished'))).toEqual([]);
    await world.stop();
    expect(readFileSync(`${place}.db`, 'latin1')).not.toContain('form-key');

    const into = `${place}-new`;
    expect((await restore(`${place}.db`, into)).contents).toEqual(contents);
    const second = await startControlPlane({ data: into });
    const person = await signIn(second.url, admin.adminEmail, admin.adminPassword);
    expect((await person.call('GET', '/api/v1/admin/audit-logs/verify')).body.valid).toBe(true);
    expect((await person.call('GET', `/api/v1/agents/${agent.id}`)).body.name).toBe(agent.name);
    await second.stop();
  });

  test('never takes the place of something unasked', async () => {
    const plane = await startControlPlane({ data: place, ...admin });
    await backUp(place, `${place}.db`);
    expect(await refusal(backUp(place, `${place}.db`))).toBe('backup.exists');
    expect((await backUp(place, `${place}.db`, { replace: true })).contents.users).toBe(1);
    expect(await refusal(restore(`${place}.db`, place))).toBe('serve.data-in-use');
    await plane.stop();
    expect(await refusal(restore(`${place}.db`, place))).toBe('restore.not-empty');
    const { setAside } = await restore(`${place}.db`, place, { replace: true });
    expect((await checkBackup(setAside ?? '')).users).toBe(1);
  });

  test.each<[title: string, damage: (file: string) => void]>([
    ['cut off', (file) => writeFileSync(file, readFileSync(file).subarray(0, 20_000))],
    ['no database', (file) => writeFileSync(file, 'hello')],
    [
      'another database',
      (file) => {
        rmSync(file);
        new DatabaseSync(file).exec('create table "x" ("y")');
      },
    ],
    ['one with a changed audit entry', (file) => new DatabaseSync(file).exec(`update "auditEntries" set "action" = 'nothing'`)],
    ['one whose last audit entry is gone', (file) => new DatabaseSync(file).exec('delete from "auditEntries"')],
  ])('that is %s is not restored', async (_, damage) => {
    await (await startControlPlane({ data: place, ...admin })).stop();
    await backUp(place, `${place}.db`);
    damage(`${place}.db`);
    expect(await refusal(restore(`${place}.db`, `${place}-new`))).toBe('backup.damaged');
    expect(existsSync(`${place}-new`)).toBe(false);
  });

  test('of nothing, or from nowhere, is refused', async () => {
    expect(await refusal(backUp(place, `${place}.db`))).toBe('backup.nothing');
    expect(await refusal(restore(`${place}.db`, place))).toBe('restore.no-backup');
  });
});

describe('how long events are kept', () => {
  test('is chosen by an administrator; what is old goes, what is signed, waits or is audited stays', async () => {
    let now = Date.now();
    const world = await openWorld({ clock: () => now });
    const agent = await world.agent(['db:read']);
    const { body: old } = await agent.ask('db:read');
    const settings = '/api/v1/admin/retention-settings';
    expect((await world.admin.call('GET', settings)).body).toMatchObject({ eventsDays: null, isDefault: true });
    expect((await world.admin.call('PUT', settings, { eventsDays: 0 })).status).toBe(400);
    expect((await world.admin.call('PUT', settings, { eventsDays: 30 })).body.eventsDays).toBe(30);
    expect((await world.plane.forgetEvents()).size).toBe(0);
    const entries = (await world.admin.call('GET', '/api/v1/admin/audit-logs')).body.total;
    now += 31 * 24 * 60 * 60 * 1000;
    expect([...(await world.plane.forgetEvents()).values()]).toEqual([1]);
    const person = await world.signIn(world.admin.email, world.admin.password);
    expect((await person.call('GET', `/api/v1/verification-events/${old.id}`)).status).toBe(404);
    expect((await person.call('GET', '/api/v1/admin/audit-logs')).body.total).toBeGreaterThan(entries);
    expect((await person.call('GET', '/api/v1/admin/audit-logs/verify')).body.valid).toBe(true);
    await world.stop();
  });
});

test('a lease is one instance’s until it ends', async () => {
  const { queries, close } = await openDatabase({ location: ':memory:' });
  const at = (now: number) => ({ now, lasting: 100 });
  expect(await holdsLease(queries, 'x', 'one', at(0))).toBe(true);
  expect(await holdsLease(queries, 'x', 'two', at(50))).toBe(false);
  expect(await holdsLease(queries, 'x', 'one', at(80))).toBe(true);
  expect(await holdsLease(queries, 'x', 'two', at(150))).toBe(false);
  expect(await holdsLease(queries, 'x', 'two', at(181))).toBe(true);
  await close();
});

describe('TLS', () => {
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const make = (days = '2'): void => {
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-keyout', files.key, '-out', files.cert, '-days', days, ...names],
      { stdio: 'ignore' },
    );
    chmodSync(files.key, 0o600);
  };
  beforeAll(() => make());

  const shown = (url: string) =>
    new Promise<string>((resolve, reject) => {
      const call = request(
        `${url}/healthz`,
        { ca: readFileSync(files.cert), agent: false, rejectUnauthorized: false },
        (answer) => {
          resolve((answer.socket as import('node:tls').TLSSocket).getPeerCertificate().fingerprint256);
          answer.resume();
        },
      );
      call.on('error', reject);
      call.end();
    });

  test('is spoken, with a certificate that is read again when it was renewed', async () => {
    const plane = await startControlPlane({ ...admin, tls: files });
    expect(plane.url).toMatch(/^https:/);
    expect(await shown(plane.url)).toBe(new X509Certificate(readFileSync(files.cert)).fingerprint256);
    await plane.stop();
    const seen: unknown[] = [];
    const stop = followCertificate(
      files,
      Date.now,
      (pair) => seen.push(pair.cert),
      (error) => seen.push(error),
      5,
    );
    make();
    utimesSync(files.cert, new Date(), new Date(Date.now() + 5000));
    await until(async () => seen.length > 0);
    expect(String(seen.at(-1))).toContain('BEGIN CERTIFICATE');
    stop.stop();
  });

  test('one for another name than people come by is weak beyond this machine', () => {
    const other = weakSettings({ tls: files, publicUrl: 'https://other.example:8443' });
    expect(other.filter((each) => each.includes('is not for other.example'))).toHaveLength(1);
    expect(
      weakSettings({ tls: files, publicUrl: 'https://127.0.0.1:9' }).filter((each) => each.includes('is not for')),
    ).toEqual([]);
  });

  test.each<[title: string, tls: { cert: string; key: string }]>([
    ['a file that is not there', { cert: '/nowhere.pem', key: files.key }],
    ['a key for a certificate', { cert: files.key, key: files.key }],
  ])('%s is said', async (_, tls) => {
    expect(await refusal(startControlPlane({ ...admin, tls }))).toBe('serve.tls');
  });
});

describe('beyond this machine', () => {
  test.each<[title: string, given: Parameters<typeof weakSettings>[0], weaknesses: number]>([
    ['a short password', { adminPassword: 'short' }, 1],
    ['AIM’s own default', { adminPassword: 'AIM2025!Secure' }, 1],
    ['one letter many times', { adminPassword: 'aaaaaaaaaaaaaaaaaaa' }, 1],
    ['a good password', { adminPassword: 'correct horse battery staple' }, 0],
    ['PostgreSQL over the network in the clear', { database: 'postgres://aim@db.example/aim' }, 1],
    ['PostgreSQL over the network with TLS', { database: 'postgres://aim@db.example/aim?sslmode=verify-full' }, 0],
    ['PostgreSQL on this machine', { database: 'postgres://aim@127.0.0.1/aim' }, 0],
    ['PostgreSQL by a socket', { database: 'postgres:///aim?host=/run/postgresql' }, 0],
    ['a plain address', { publicUrl: 'http://aim.example' }, 1],
  ])('%s', (_, given, weaknesses) => {
    expect(weakSettings(given)).toHaveLength(weaknesses);
  });

  test('a password that everybody tries first is refused also where it was set long ago', async () => {
    await (await startControlPlane({ data: place, adminEmail: 'a@example.test', adminPassword: 'AIM2025!Secure' })).stop();
    expect(await refusal(startControlPlane({ data: place, refuseWeak: true }))).toBe('serve.weak-settings');
    await (await startControlPlane({ data: place, refuseWeak: false })).stop();
  });
});

describe('the log', () => {
  test('says what was asked and how it went, never a secret', async () => {
    const lines: string[] = [];
    const world = await openWorld({ logger: createLogger('debug', { write: (line) => void lines.push(line) }) });
    const { body } = await world.admin.call('POST', '/api/v1/api-keys', { name: 'x' });
    await world.call('GET', '/api/v1/agents?code=verysecretcode', undefined, {
      'X-API-Key': body.apiKey,
      cookie: 'a=verysecretcookie',
    });
    await world.call('POST', '/api/v1/auth/login/local', { email: 'x@example.test', password: 'verysecretpassword' });
    await world.stop();
    const text = lines.join('');
    expect(text).toContain('"path":"/api/v1/agents"');
    for (const secret of ['verysecret', body.apiKey, world.admin.accessToken, world.admin.password])
      expect(text).not.toContain(secret);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
  });

  test('cuts secrets out of errors', () => {
    const lines: string[] = [];
    const log = createLogger('info', { write: (line) => void lines.push(line) });
    log.error({ err: new Error('cannot connect to postgres://aim:hunter2hunter2@db/aim') }, 'failed');
    log.info({ headers: { authorization: 'Bearer abcdefghijkl' }, password: 'hunter2hunter2' }, 'x');
    expect(lines.join('')).not.toMatch(/hunter2|abcdefghijkl/);
  });
});
