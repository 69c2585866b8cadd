// Killed a hundred times under load, on SQLite and on PostgreSQL: nothing that was acknowledged is lost, and the chain is whole.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSigningKey, type SigningKey } from '../../src/crypto/ed25519.ts';
import { asAgent, caller, expectOk, signIn, until } from '../control-plane/support/world.ts';
import { program } from '../pty/terminal.ts';
import { type Postgres, startPostgres } from './support-postgres.ts';

const ROUNDS = Number(process.env['AIM_CRASH_ROUNDS'] ?? 100);
const admin = { email: 'a@example.test', password: 'correct horse battery staple' };
const folder = mkdtempSync(join(tmpdir(), 'aim-crash-'));
let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => {
  postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Serving = { url: string; child: ChildProcess };

async function serve(data: string, database: string | null): Promise<Serving> {
  const child = spawn(process.execPath, [program, 'serve', '--data', data, '--output', 'json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      AIM_ADMIN_EMAIL: admin.email,
      AIM_ADMIN_PASSWORD: admin.password,
      ...(database === null ? {} : { AIM_DATABASE: database }),
    },
  });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { url: (JSON.parse(line.toString()) as { url: string }).url, child };
}

/** What somebody was told, in words that the tables know: an id and what it came to. */
type Acknowledged = Map<string, string>;

async function load(
  { url, child }: Serving,
  token: string,
  agent: { id: string; key: SigningKey },
  told: Acknowledged,
  round: number,
) {
  const person = caller(url, { authorization: `Bearer ${token}` });
  const own = asAgent(url, agent.id, 'crash', agent.key);
  let isOver = false;
  const workers = Array.from({ length: 6 }, async (_, worker) => {
    for (let index = 0; !isOver; index += 1) {
      const context = { round, worker, index };
      if (worker < 3) {
        const { body } = await own.ask('db:read', { context });
        if (body.status === 'approved') told.set(body.id, 'approved');
      } else if (worker === 3) {
        const { status, body } = await person('POST', '/api/v1/agents', { name: `agent-${round}-${index}` });
        if (status === 201) told.set(body.id, 'agent');
      } else {
        const { body } = await own.ask('db:drop', { context: { ...context, jit_access: true } });
        if (body.status !== 'pending') continue;
        told.set(body.id, 'pending');
        const verb = worker === 4 ? 'approve' : 'deny';
        const decided = await person('POST', `/api/v1/admin/verifications/${body.id}/${verb}`, { reason: 'a round' });
        if (decided.status === 200) told.set(body.id, verb === 'approve' ? 'approved' : 'denied');
      }
    }
  });
  const ended = Promise.allSettled(workers);
  // In the midst of it: somebody was told something in this round, and more is under way.
  const before = told.size;
  await until(async () => told.size >= before + 3);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 80));
  child.kill('SIGKILL');
  isOver = true;
  await Promise.all([ended, once(child, 'exit')]);
}

type Rows = { id: string; status: string }[];

async function stored(data: string, database: string | null): Promise<Map<string, string>> {
  const text = `select "id", "status" from "verifications" union all select "id", 'agent' as "status" from "agents"`;
  let rows: Rows;
  if (database === null) {
    const opened = new DatabaseSync(join(data, 'aim.db'));
    rows = opened.prepare(text).all() as Rows;
    opened.close();
  } else {
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    ({ rows } = await client.query<{ id: string; status: string }>(text));
    await client.end();
  }
  return new Map(rows.map(({ id, status }) => [id, status]));
}

describe.each([
  ['SQLite', () => null],
  ['PostgreSQL', () => postgres.url],
])('%s', (name, where) => {
  test(`${ROUNDS} times`, async () => {
    const data = join(folder, name);
    const database = where();
    const told: Acknowledged = new Map();
    let serving = await serve(data, database);
    const { accessToken, call } = await signIn(serving.url, admin.email, admin.password);
    const key = generateSigningKey();
    const { body } = await expectOk(call('POST', '/api/v1/agents', { name: 'crash', publicKey: key.publicKey }), 201);
    await expectOk(call('POST', `/api/v1/agents/${body.id}/verify`), 200);
    await expectOk(call('POST', `/api/v1/agents/${body.id}/capabilities`, { capabilityType: 'db:read' }), 201);
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round > 0) serving = await serve(data, database);
      await load(serving, accessToken, { id: body.id, key }, told, round);
    }
    const kept = await stored(data, database);
    const lost = [...told].filter(([id, status]) => {
      const now = kept.get(id);
      // What nobody was told of may have gone on: decided, though the answer did not get through.
      return now === undefined || (status !== 'pending' && now !== status);
    });
    expect(lost).toEqual([]);
    expect(told.size).toBeGreaterThan(ROUNDS);
    serving = await serve(data, database);
    const verified = await caller(serving.url, { authorization: `Bearer ${accessToken}` })(
      'GET',
      '/api/v1/admin/audit-logs/verify',
    );
    expect(verified.body).toMatchObject({ valid: true });
    serving.child.kill('SIGTERM');
    await once(serving.child, 'exit');
  }, 1_800_000);
});
