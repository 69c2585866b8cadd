// Is what a database says of itself whole: the audit chain of every organisation, and how much there is.

import type { Kysely } from 'kysely';
import { verifyChain } from '../audit/verify.ts';
import type { Schema } from '../database/schema.ts';

export type Contents = { organizations: number; users: number; agents: number; verifications: number; auditEntries: number };
export type Whole = { contents: Contents; broken: { organizationId: string; sequence: number; fault: string }[] };

export async function lookWhetherWhole(queries: Kysely<Schema>): Promise<Whole> {
  const organizations = await queries.selectFrom('organizations').select('id').execute();
  const broken: Whole['broken'] = [];
  for (const { id } of organizations) {
    const outcome = await verifyChain(queries, id);
    if (!outcome.valid) broken.push({ organizationId: id, sequence: outcome.sequence, fault: outcome.fault });
  }
  return { contents: await contentsOf(queries), broken };
}

export async function contentsOf(queries: Kysely<Schema>): Promise<Contents> {
  const count = async (table: keyof Contents): Promise<number> => {
    const { total } = await queries
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    return Number(total);
  };
  return {
    organizations: await count('organizations'),
    users: await count('users'),
    agents: await count('agents'),
    verifications: await count('verifications'),
    auditEntries: await count('auditEntries'),
  };
}
