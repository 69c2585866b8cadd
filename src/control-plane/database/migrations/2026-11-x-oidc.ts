// Sign-ins that are under way at an identity provider: whoever comes back may come to another instance.

import { type Kysely, sql } from 'kysely';

export async function oidc(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table "oidcFlows" (
    "stateHash" text primary key, "visitorHash" text not null, "verifier" text not null, "nonce" text not null, "purpose" text not null,
    "expiresAt" bigint not null)`,
  'create unique index "usersByExternalId" on "users" ("externalId") where "externalId" is not null',
];
