// Sign-ins that end with the run of the server that gave them: nobody can use at the next one what was caught in between.

import { type Kysely, sql } from 'kysely';

export async function sessionRun(db: Kysely<never>): Promise<void> {
  await sql`alter table "sessions" add column "endsWithRun" integer not null default 0`.execute(db);
}
