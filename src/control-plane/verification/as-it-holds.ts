// How an answer that was given holds now: an approval that ran out, was taken back, or would be refused today is none.

import { parseExact, toPlain } from '../../crypto/exact-json.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { GrantTable, VerificationTable } from '../database/tables/verifications.ts';
import { decide, type Permission } from '../rules/decide.ts';
import { timeView } from '../views/time.ts';
import { answerView } from '../views/verification.ts';
import { circumstancesOf, type Moment } from './circumstances.ts';
import { riskOf } from './risk-of.ts';

export type Standing = {
  grant: GrantTable | null;
  /** Why an approval is none any more. */
  lapsed: string | null;
};

export async function standingOf(moment: Moment, row: VerificationTable): Promise<Standing> {
  const grant =
    row.grantId === null
      ? null
      : ((await moment.queries.selectFrom('grants').selectAll().where('id', '=', row.grantId).executeTakeFirst()) ?? null);
  return { grant, lapsed: row.status === 'approved' ? await whyNoLonger(moment, row, grant) : null };
}

/** Why the agent would be refused although somebody approves it now, or null: what blocks by now stood in nobody's way when it asked. */
export async function whyBlocked(moment: Moment, row: VerificationTable): Promise<string | null> {
  if (row.status !== 'pending') return null;
  const agent = await moment.queries.selectFrom('agents').selectAll().where('id', '=', row.agentId).executeTakeFirst();
  // Whoever approves overrules what stood in the way when it was asked; what came later, nobody has overruled.
  return agent === undefined ? null : whatRefusesNow(moment, row, agent, { policyId: row.policyId, givenAt: moment.now });
}

/** The answer to whoever asks or polls. */
export function answerAsItHolds(row: VerificationTable, { grant, lapsed }: Standing) {
  const answer = answerView(row, grant);
  if (lapsed === null) return answer;
  return { ...answer, status: 'denied', approvedBy: null, approved_by: null, denialReason: lapsed, denial_reason: lapsed };
}

async function whyNoLonger(moment: Moment, row: VerificationTable, grant: GrantTable | null): Promise<string | null> {
  const { queries, now } = moment;
  const agent = await queries.selectFrom('agents').selectAll().where('id', '=', row.agentId).executeTakeFirst();
  if (agent === undefined || agent.isCompromised === 1 || agent.status === 'suspended' || agent.status === 'revoked')
    return `Agent status is ${agent?.status ?? 'unknown'}, cannot perform actions`;
  if (row.grantId !== null && (grant === null || grant.revokedAt !== null)) return 'The permission was revoked';
  if ((grant ?? row).expiresAt <= now) return 'The approval has run out: ask again';
  // A permission from an earlier approval may be wider than this action; only its own can be narrower.
  if (grant !== null && grant.verificationId === row.id) {
    if (grant.resource !== row.resource) return `Approved for ${grant.resource ?? 'nothing named'} only: ask again for that`;
    if (grant.startsAt > now) return `Approved from ${timeView(grant.startsAt)} on: ask again then`;
  }
  return whatRefusesNow(moment, row, agent, await permissionOf(moment, row, grant));
}

async function permissionOf({ queries }: Moment, row: VerificationTable, grant: GrantTable | null): Promise<Permission | null> {
  if (row.decidedBy !== null) return { policyId: row.policyId, givenAt: row.decidedAt ?? row.requestedAt };
  if (grant === null) return null;
  const first = await queries
    .selectFrom('verifications')
    .select('policyId')
    .where('id', '=', grant.verificationId)
    .executeTakeFirst();
  return { policyId: first?.policyId ?? null, givenAt: grant.createdAt };
}

async function whatRefusesNow(
  moment: Moment,
  row: VerificationTable,
  agent: AgentTable,
  permission: Permission | null,
): Promise<string | null> {
  const plainContext = toPlain(parseExact(row.context)) as Record<string, unknown>;
  const asked = { capability: row.capability, resource: row.resource, plainContext };
  const { judged } = riskOf({ ...asked, riskLevel: row.riskLevel });
  const { mode, granted, findings } = await circumstancesOf(moment, agent, asked, judged);
  const decision = decide({
    agent: { status: agent.status, isCompromised: agent.isCompromised === 1 },
    mode,
    capability: row.capability,
    resource: row.resource,
    riskLevel: judged,
    granted,
    permission,
    findings,
    requiresApproval: false,
    jitAccess: false,
  });
  if (decision.status === 'approved') return null;
  return decision.reason ?? 'It needs a person’s approval by now: ask again';
}
