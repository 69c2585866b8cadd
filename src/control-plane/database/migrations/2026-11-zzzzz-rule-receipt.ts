// What a reviewer has signed over a standing rule, so that its decisions can be proved without this server.

import { type Kysely, sql } from 'kysely';

export async function ruleReceipt(db: Kysely<never>): Promise<void> {
  await sql`alter table "standingRules" add column "receipt" text`.execute(db);
}
