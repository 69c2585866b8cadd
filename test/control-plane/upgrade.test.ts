// Every form that a database has had comes to this version's form, with what was in it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashPassword } from '../../src/control-plane/auth/password.ts';
import { openDataDirectory } from '../../src/control-plane/data-directory.ts';
import { migrate, migrationNames } from '../../src/control-plane/database/migrate.ts';
import { nodeSqliteDialect } from '../../src/control-plane/database/node-sqlite.ts';
import type { Engine } from '../../src/control-plane/database/open.ts';
import type { Schema } from '../../src/control-plane/database/schema.ts';
import { type ControlPlaneOptions, startControlPlane } from '../../src/control-plane/start.ts';
import { databaseOfOwn, signIn } from './support/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'aim-upgrade-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const person = { email: 'ada@example.test', password: 'correct horse battery staple' };
let passwordHash: string;
beforeAll(async () => {
  passwordHash = await hashPassword(person.password);
});

/** What the oldest form had, put into it as it is: every later one has these columns too. */
async function fill(queries: Kysely<Schema>): Promise<void> {
  const at = Date.now();
  const times = { createdAt: at, updatedAt: at };
  const rows: [table: 'organizations' | 'users', row: Record<string, string | number>][] = [
    ['organizations', { id: 'o', name: 'example', enforcementMode: 'strict', settings: '{}', ...times }],
    [
      'users',
      {
        id: 'u',
        organizationId: 'o',
        email: person.email,
        passwordHash,
        name: 'Ada',
        role: 'admin',
        status: 'active',
        forcePasswordChange: 0,
        groups: '[]',
        ...times,
      },
    ],
  ];
  for (const [table, row] of rows)
    await queries
      .insertInto(table)
      .values(row as never)
      .execute();
}

type Place = { queries: Kysely<Schema>; engine: Engine; options: ControlPlaneOptions; remove(): Promise<unknown> };

/** An empty database, on PostgreSQL where AIM_TEST_DATABASE names one. */
async function emptyPlace(name: string): Promise<Place> {
  const own = await databaseOfOwn({ empty: true });
  if (own !== null) {
    const dialect = new PostgresDialect({ pool: new pg.Pool({ connectionString: own.location }) });
    return { queries: new Kysely({ dialect }), engine: 'postgres', options: { database: own.location }, remove: own.drop };
  }
  const data = join(folder, name);
  const directory = openDataDirectory(data);
  directory.release();
  const { dialect } = nodeSqliteDialect(directory.database, 'normal');
  return { queries: new Kysely({ dialect }), engine: 'sqlite', options: { data }, remove: async () => undefined };
}

describe('a database that was last used with', () => {
  test.each(migrationNames.map((name) => [name]))('%s', async (name) => {
    const { queries, engine, options, remove } = await emptyPlace(name);
    await migrate(queries, engine, name);
    await fill(queries);
    await queries.destroy();
    const plane = await startControlPlane(options);
    const { call } = await signIn(plane.url, person.email, person.password);
    expect((await call('GET', '/api/v1/auth/me')).body).toMatchObject({ email: person.email, role: 'admin' });
    expect((await call('POST', '/api/v1/agents', { name: 'after' })).status).toBe(201);
    expect((await call('GET', '/api/v1/admin/audit-logs/verify')).body.valid).toBe(true);
    await plane.stop();
    await remove();
  });
});
