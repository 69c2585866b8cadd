// Every form that a database has had comes to this version's form, with what was in it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashPassword } from '../../src/control-plane/auth/password.ts';
import { migrate, migrationNames } from '../../src/control-plane/database/migrate.ts';
import { nodeSqliteDialect } from '../../src/control-plane/database/node-sqlite.ts';
import type { Schema } from '../../src/control-plane/database/schema.ts';
import { startControlPlane } from '../../src/control-plane/start.ts';
import { signIn } from './support/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'aim-upgrade-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const person = { email: 'ada@example.test', password: 'correct horse battery staple' };
let passwordHash: string;
beforeAll(async () => {
  passwordHash = await hashPassword(person.password);
});

/** What the oldest form had, put into it as it is: every later one has these columns too. */
function fill(file: string): void {
  const database = new DatabaseSync(file);
  const insert = (table: string, row: Record<string, string | number | null>): void => {
    const names = Object.keys(row);
    database
      .prepare(`insert into "${table}" (${names.map((name) => `"${name}"`).join()}) values (${names.map(() => '?').join()})`)
      .run(...Object.values(row));
  };
  const at = Date.now();
  const times = { createdAt: at, updatedAt: at };
  const organizationId = 'o';
  insert('organizations', { id: 'o', name: 'example', enforcementMode: 'strict', settings: '{}', ...times });
  insert('users', {
    id: 'u',
    organizationId,
    email: person.email,
    passwordHash,
    name: 'Ada',
    role: 'admin',
    status: 'active',
    forcePasswordChange: 0,
    groups: '[]',
    ...times,
  });
  database.close();
}

describe('a database that was last used with', () => {
  test.each(migrationNames.map((name) => [name]))('%s', async (name) => {
    const data = join(folder, name);
    const { openDataDirectory } = await import('../../src/control-plane/data-directory.ts');
    const directory = openDataDirectory(data);
    const queries = new Kysely<Schema>(nodeSqliteDialect(directory.database, 'normal'));
    await migrate(queries, 'sqlite', name);
    await queries.destroy();
    directory.release();
    fill(directory.database);
    const plane = await startControlPlane({ data });
    const { call } = await signIn(plane.url, person.email, person.password);
    expect((await call('GET', '/api/v1/auth/me')).body).toMatchObject({ email: person.email, role: 'admin' });
    expect((await call('POST', '/api/v1/agents', { name: 'after' })).status).toBe(201);
    expect((await call('GET', '/api/v1/admin/audit-logs/verify')).body.valid).toBe(true);
    await plane.stop();
  });
});
