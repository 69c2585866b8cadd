// Brings a database to this version's tables: one set of migrations for both engines, each applied once, under a lock.

import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { UsageError } from '../../errors.ts';
import { firstTables } from './migrations/2026-11-first-tables.ts';
import { lastPolled } from './migrations/2026-11-last-polled.ts';
import { reviewKeyTime } from './migrations/2026-11-review-key-time.ts';
import { revision } from './migrations/2026-11-revision.ts';
import { sessionRun } from './migrations/2026-11-session-run.ts';
import { approvalRecords } from './migrations/2026-11-session-t-approvals.ts';
import { mcpManifests } from './migrations/2026-11-session-u-mcp-manifests.ts';
import { revocations } from './migrations/2026-11-speed-a-revocations.ts';
import { operate } from './migrations/2026-11-u-operate.ts';
import { a2a } from './migrations/2026-11-v-a2a.ts';
import { speed } from './migrations/2026-11-v-speed.ts';
import { provedAt } from './migrations/2026-11-w-proved-at.ts';
import { oidc } from './migrations/2026-11-x-oidc.ts';
import { trust } from './migrations/2026-11-y-trust.ts';
import { mcpEvents } from './migrations/2026-11-z-mcp-events.ts';
import { standingRules } from './migrations/2026-11-z-standing-rules.ts';
import { signedAt } from './migrations/2026-11-zz-signed-at.ts';
import { codeProvedAt } from './migrations/2026-11-zz-t-code-proved-at.ts';
import { wire } from './migrations/2026-11-zzz-wire.ts';
import { reviewKeys } from './migrations/2026-11-zzzz-approvals.ts';
import { ruleReceipt } from './migrations/2026-11-zzzzz-rule-receipt.ts';
import { sessionNetwork } from './migrations/2026-11-zzzzz-s-session-network.ts';
import { postQuantum } from './migrations/2026-11-zzzzz-t-post-quantum.ts';
import type { Engine } from './open.ts';
import type { Schema } from './schema.ts';

/** In the order in which they are applied. A name, once released, stays. */
const migrations: Record<string, (db: Kysely<never>, engine: Engine) => Promise<void>> = {
  '2026-11-first-tables': firstTables,
  '2026-11-revision': revision,
  '2026-11-revision-b-review-key-time': reviewKeyTime,
  '2026-11-revision-c-last-polled': lastPolled,
  '2026-11-session-run': sessionRun,
  '2026-11-session-t-approvals': approvalRecords,
  '2026-11-session-u-mcp-manifests': mcpManifests,
  '2026-11-speed-a-revocations': revocations,
  '2026-11-u-operate': operate,
  '2026-11-v-speed': speed,
  '2026-11-w-proved-at': provedAt,
  '2026-11-v-a2a': a2a,
  '2026-11-x-oidc': oidc,
  '2026-11-y-trust': trust,
  '2026-11-z-mcp-events': mcpEvents,
  '2026-11-z-standing-rules': standingRules,
  '2026-11-zz-signed-at': signedAt,
  '2026-11-zz-t-code-proved-at': codeProvedAt,
  '2026-11-zzz-wire': wire,
  '2026-11-zzzz-approvals': reviewKeys,
  '2026-11-zzzzz-rule-receipt': ruleReceipt,
  '2026-11-zzzzz-s-session-network': sessionNetwork,
  '2026-11-zzzzz-t-post-quantum': postQuantum,
};

/** The forms that databases have had, oldest first. */
export const migrationNames: readonly string[] = Object.keys(migrations).sort();

/** To the newest form, or only up to one before. @throws UsageError `serve.database-newer` where a newer version has written the database. */
export async function migrate(queries: Kysely<Schema>, engine: Engine, upTo?: string): Promise<void> {
  const unknown = (await applied(queries)).filter((name) => !(name in migrations));
  if (unknown.length > 0) {
    throw new UsageError('serve.database-newer', {
      message: `The database was written by a newer version of aim (it has ${unknown.join(', ')}).`,
      next: 'Start it with that version: npm install -g aim-terminal@latest. Nothing was changed.',
    });
  }
  const migrator = new Migrator({
    db: queries,
    provider: { getMigrations: async () => asMigrations(engine) },
    // Several grow side by side between releases: one that sorts before another must not be taken for a damaged history.
    allowUnorderedMigrations: true,
  });
  const { error } = upTo === undefined ? await migrator.migrateToLatest() : await migrator.migrateTo(upTo);
  if (error !== undefined) throw error;
}

const asMigrations = (engine: Engine): Record<string, Migration> =>
  Object.fromEntries(Object.entries(migrations).map(([name, up]) => [name, { up: (db) => up(db as Kysely<never>, engine) }]));

async function applied(queries: Kysely<Schema>): Promise<string[]> {
  const tables = await queries.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(queries);
  return rows.map(({ name }) => name);
}
