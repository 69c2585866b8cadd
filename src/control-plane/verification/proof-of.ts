// What people signed that an agent is handed with an approval, so that it need not take this server's word for it.

import type { Queries } from '../database/open.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { fits } from '../rules/standing.ts';
import { ruleOf } from './standing.ts';

export type Proof = {
  /** Of the approvals of this request. */
  receipts?: unknown[];
  /** Of the approval that made the permission which this request used, with what the agent signed then. */
  granted?: { verificationId: string; signedBytes: string; receipts: unknown[] };
  /** Of the standing rule that decided. */
  ruled?: { receipt: unknown };
};

/** Of approvals that were not taken back, and by keys that hold. Nothing where the rules alone decided, or nobody signed. */
export async function proofOf(queries: Queries, row: VerificationTable): Promise<Proof> {
  if (row.status !== 'approved') return {};
  if (row.requirement !== null) return { receipts: await receiptsOf(queries, row) };
  if (row.grantId !== null) return proofOfGrant(queries, row, row.grantId);
  const name = ruleOf(row.rule);
  return name === null ? {} : proofOfRule(queries, row, name);
}

async function receiptsOf(
  queries: Queries,
  { id, organizationId }: Pick<VerificationTable, 'id' | 'organizationId'>,
): Promise<unknown[]> {
  const reviews = await queries
    .selectFrom('reviews')
    .select('receipt')
    .where('verificationId', '=', id)
    .where('decision', '=', 'approve')
    .where('withdrawnAt', 'is', null)
    .where('receipt', 'is not', null)
    .orderBy('at')
    .execute();
  return holding(queries, organizationId, reviews);
}

async function proofOfGrant(queries: Queries, { organizationId }: VerificationTable, grantId: string): Promise<Proof> {
  const first = await queries
    .selectFrom('grants')
    .innerJoin('verifications', 'verifications.id', 'grants.verificationId')
    .select(['verifications.id', 'verifications.signedBytes'])
    .where('grants.id', '=', grantId)
    .where('grants.organizationId', '=', organizationId)
    .executeTakeFirst();
  if (first === undefined) return {};
  const { id, signedBytes } = first;
  return { granted: { verificationId: id, signedBytes, receipts: await receiptsOf(queries, { id, organizationId }) } };
}

async function proofOfRule(queries: Queries, row: VerificationTable, name: string): Promise<Proof> {
  const { organizationId, agentId, capability, resource, requestedAt } = row;
  const rules = await queries
    .selectFrom('standingRules')
    .select(['receipt', 'capability', 'resource', 'decision'])
    .where('organizationId', '=', organizationId)
    .where('agentId', '=', agentId)
    .where('name', '=', name)
    .where('decision', '=', 'approve')
    .where('createdAt', '<=', requestedAt)
    .where('expiresAt', '>', requestedAt)
    .where((eb) => eb.or([eb('endedAt', 'is', null), eb('endedAt', '>=', requestedAt)]))
    .execute();
  const asked = { capability, resource, riskLevel: 'low' as const };
  const [receipt] = await holding(
    queries,
    organizationId,
    rules.filter((rule) => fits(rule, asked)),
  );
  return receipt === undefined ? {} : { ruled: { receipt } };
}

/** A machine that was lost may have signed anything: what a revoked key signed is handed on no more. */
async function holding(
  queries: Queries,
  organizationId: string,
  kept: readonly { receipt: string | null }[],
): Promise<unknown[]> {
  const receipts = kept.flatMap(({ receipt }) => (receipt === null ? [] : [JSON.parse(receipt) as { publicKey: string }]));
  if (receipts.length === 0) return [];
  const revoked = await queries
    .selectFrom('reviewKeys')
    .select('publicKey')
    .where('organizationId', '=', organizationId)
    .where('revokedAt', 'is not', null)
    .execute();
  const lost = new Set(revoked.map(({ publicKey }) => publicKey));
  return receipts.filter(({ publicKey }) => !lost.has(publicKey));
}
