// When an agent says that it signed, beside what: in this order signed requests that come twice are found at the end of an index,
// where new ones go. By their hash alone each would go to a page of its own.

import { type Kysely, sql } from 'kysely';

export async function signedAt(db: Kysely<never>): Promise<void> {
  await sql`alter table "verifications" add column "signedAt" text not null default ''`.execute(db);
  for (let after = ''; ; ) {
    const { rows } = await sql<{ id: string; signedBytes: string }>`select "id", "signedBytes" from "verifications"
      where "id" > ${after} order by "id" limit 1000`.execute(db);
    for (const { id, signedBytes } of rows)
      await sql`update "verifications" set "signedAt" = ${timestampIn(signedBytes)} where "id" = ${id}`.execute(db);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.id;
  }
  await sql`drop index "verificationsOnce"`.execute(db);
  // The agent is part of what is hashed.
  await sql`create unique index "verificationsOnce" on "verifications" ("signedAt", "actionHash")`.execute(db);
}

function timestampIn(signedBytes: string): string {
  try {
    const { timestamp } = JSON.parse(Buffer.from(signedBytes, 'base64').toString()) as { timestamp?: unknown };
    return typeof timestamp === 'string' ? timestamp : '';
  } catch {
    return '';
  }
}
