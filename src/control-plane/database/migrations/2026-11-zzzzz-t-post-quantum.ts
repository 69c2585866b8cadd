// A post-quantum key beside the other, and whether requests must be signed with both.

import { type Kysely, sql } from 'kysely';

export async function postQuantum(db: Kysely<never>): Promise<void> {
  for (const column of [
    '"pqcPublicKey" text',
    '"pqcAlgorithm" text',
    '"pqcKeyCreatedAt" bigint',
    '"pqcKeyExpiresAt" bigint',
    '"previousPqcKey" text',
    '"previousPqcAlgorithm" text',
    '"previousPqcUntil" bigint',
    '"hybridMode" bigint not null default 0',
  ]) {
    await sql`alter table "agents" add column ${sql.raw(column)}`.execute(db);
  }
}
