// An agent asks whether it may act: who it is, what it signed, what the rules say, and the record of it before the answer.

import { performance } from 'node:perf_hooks';
import { verifySignatureAsync } from '../../crypto/ed25519.ts';
import type { RiskLevel } from '../../wire/scalars.ts';
import { acceptsKey } from '../auth/agent-signature.ts';
import { mustBeHybrid } from '../auth/post-quantum-keys.ts';
import type { Principal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { unauthenticated } from '../refusal.ts';
import { type ApprovalSettings, requesterRuleFor, waitingLimitFor } from '../rules/approval-policy.ts';
import { grantFor } from '../rules/capability-match.ts';
import { type Decision, decide } from '../rules/decide.ts';
import { evaluatePolicies } from '../rules/policies.ts';
import { whyNotAsked } from '../rules/requester.ts';
import type { Services } from '../services.ts';
import { count } from '../store/counters.ts';
import { rescore } from '../store/trust.ts';
import { agentView } from '../views/agent.ts';
import { type Standing, standingOf } from './as-it-holds.ts';
import { circumstancesOf, spendPermission } from './circumstances.ts';
import { newRow } from './new-row.ts';
import type { Prepared } from './prepared.ts';
import type { AskedAction } from './read-request.ts';
import { type Risk, riskOf } from './risk-of.ts';
import { byStandingRule } from './standing.ts';
import { alertAbout, tellVerification } from './tell.ts';
import { toTell } from './told.ts';

/** `principal`: who signed the request around the signed body, if anybody. */
export type Asker = { ip: string; principal: Principal | null };
/** `refused`: the agent itself may not ask at all. `isNew`: not the same signed bytes again. */
export type Asked = { row: VerificationTable; standing: Standing; refused: boolean; isNew: boolean };

const STATEMENT_WINDOW = 30_000;

/** @throws Refusal 401 where the agent, its key or its signature is not what it should be. Never 404: aim-sdk 1.x would then act anyway. */
export async function ask(services: Services, action: AskedAction, asker: Asker): Promise<Asked> {
  const startedAt = performance.now();
  const now = services.clock();
  const prepared = await services.preparations.of(services.queries, action.agentId, now);
  if (prepared === null || !acceptsKey(prepared.agent, action.publicKey, now)) {
    services.preparations.forget(action.agentId);
    throw notRecognized();
  }
  const came = services.intake.expect();
  const isSigned = await verifySignatureAsync(action.message, action.signature, action.publicKey).finally(() =>
    setImmediate(came),
  );
  if (!isSigned) throw unauthenticated('signatureInvalid', 'Signature verification failed');
  mustBeHybrid(prepared.agent, asker.principal);
  if (action.form === 'statement' && Math.abs(Date.parse(action.timestamp) - now) > STATEMENT_WINDOW) {
    throw unauthenticated('timestampOutsideWindow', 'The timestamp of the statement is too far from now');
  }
  const quick = decideByRules(prepared, action, now, startedAt, asker);
  if (quick !== null) {
    const recorded = await services.intake.submit(quick, prepared.revision);
    if (recorded.outcome === 'recorded') return { row: recorded.row, standing: JUST_DECIDED, refused: false, isNew: true };
    if (recorded.outcome === 'repeated') return again(services, recorded.row);
  }
  services.preparations.forget(action.agentId);
  const asked = await services.changes.record((change) => decideInFull(change, action, asker, startedAt));
  return asked.isNew ? asked : again(services, asked.row);
}

const JUST_DECIDED: Standing = { grant: null, lapsed: null };

// The same signed bytes again are the same request, and change nothing: a retry, or a replay. What was approved then may not hold now.
async function again(services: Services, before: VerificationTable): Promise<Asked> {
  const row = await toTell(services, before);
  const standing = await standingOf({ queries: services.queries, now: services.clock() }, row);
  return { row, standing, refused: row.rule === 'agent-status', isNew: false };
}

const notRecognized = () =>
  unauthenticated('agentKeyNotRecognized', 'the signing key is not the registered key of a known agent');

/** The record of a plain yes, where nothing has to be counted, alerted or looked up for it; else null. */
function decideByRules(
  prepared: Prepared,
  action: AskedAction,
  now: number,
  startedAt: number,
  { ip }: Asker,
): VerificationTable | null {
  const { agent, mode, approvals, granted, policies, hasGrants, tags } = prepared;
  if (hasGrants || action.nonce !== null || policies.some(({ policyType }) => NEEDS_LOOKING_UP.has(policyType))) return null;
  const risk = riskOf(action);
  const findings = evaluatePolicies(policies, {
    agentId: agent.id,
    agentName: agent.name,
    agentType: agent.agentType,
    tags,
    trustScore: agent.trustScore,
    capability: action.capability,
    resource: action.resource,
    riskLevel: risk.judged,
    isGranted: grantFor(granted, action.capability, action.resource) !== null,
    askedLastMinute: 0,
    askedLastHour: 0,
    hasDrift: false,
    hour: 0,
    mcpServer: null,
  });
  const decision = decide({ ...questionOf(agent, action, risk), mode, granted, permission: null, findings });
  if (decision.status !== 'approved' || decision.isViolation || findings.length > 0) return null;
  return newRow({ now, startedAt, ip, agent, action, risk, mode, approvals, decision, grant: null });
}

const NEEDS_LOOKING_UP = new Set([
  'unusual_activity',
  'config_drift',
  'mcp_allowlist',
  'mcp_blocklist',
  'mcp_capabilities',
  'mcp_unverified',
]);

async function decideInFull(change: Change, action: AskedAction, { ip, principal }: Asker, startedAt: number): Promise<Asked> {
  const { queries, now } = change;
  // Once more inside the transaction: it may have been suspended, or its key replaced, while the signature was checked.
  const agent = await queries.selectFrom('agents').selectAll().where('id', '=', action.agentId).executeTakeFirst();
  if (agent === undefined || !acceptsKey(agent, action.publicKey, now)) throw notRecognized();
  mustBeHybrid(agent, principal);
  const before = await queries
    .selectFrom('verifications')
    .selectAll()
    .where('signedAt', '=', action.timestamp)
    .where('actionHash', '=', action.actionHash)
    .executeTakeFirst();
  if (before !== undefined) {
    if (action.nonce !== null) throw unauthenticated('nonceReused', 'The nonce was used before');
    return { row: before, standing: JUST_DECIDED, refused: false, isNew: false };
  }
  if (action.nonce !== null) await spendNonce(change, agent.id, action.nonce);

  const risk = riskOf(action);
  const circumstances = await circumstancesOf(change, agent, action, risk.judged);
  const { mode, approvals, granted, permissions, findings } = circumstances;
  const question = { ...questionOf(agent, action, risk), mode, granted, findings };
  const usable = permissions.find((permission) => decide({ ...question, permission }).rule === 'grant');
  const grant = usable === undefined ? null : await spendPermission(queries, usable);
  const asking = { capability: action.capability, resource: action.resource, riskLevel: risk.judged };
  const answered = decide({ ...question, permission: grant === null ? null : (usable ?? null) });
  const limit = waitingLimitFor(approvals, { ...asking, agentId: agent.id, agentName: agent.name });
  const found = withWords(await withinLimits(change, agent, answered, limit), approvals, agent, {
    ...asking,
    plainContext: action.plainContext,
  });
  const ruled = await byStandingRule(change, agent, asking, approvals, found);
  const decision = ruled?.decision ?? found;
  const row = { ...newRow({ now, startedAt, ip, agent, action, risk, mode, approvals, decision, grant }), ...ruled?.by };
  await queries.insertInto('verifications').values(row).execute();
  await queries
    .updateTable('agents')
    .set((eb) => ({
      lastActiveAt: now,
      lastCapabilityCheckAt: now,
      violationCount: decision.isViolation ? eb('violationCount', '+', 1) : eb.ref('violationCount'),
    }))
    .where('id', '=', agent.id)
    .execute();
  await count(queries, row, row.status);
  tellVerification(change, row);
  if (decision.isViolation) await tellViolation(change, agent.id);
  await alertAbout(change, agent, row, decision, findings);
  return { row, standing: { grant, lapsed: null }, refused: decision.rule === 'agent-status', isNew: true };
}

function questionOf(agent: AgentTable, { capability, resource, plainContext }: AskedAction, risk: Risk) {
  return {
    agent: { status: agent.status, isCompromised: agent.isCompromised === 1 },
    capability,
    resource,
    riskLevel: risk.judged,
    requiresApproval: plainContext['requires_approval'] === true || plainContext['requiresApproval'] === true,
    jitAccess: plainContext['jit_access'] === true || plainContext['jitAccess'] === true,
  };
}

async function tellViolation(change: Change, id: string): Promise<void> {
  const { queries, publish } = change;
  const before = await queries.selectFrom('agents').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const agent = before.scoreIsSet === 1 ? before : await rescore(change, before, 'violation', null);
  if (agent.trustScore !== before.trustScore) change.revise();
  publish({
    organizationId: agent.organizationId,
    type: 'agent',
    change: 'updated',
    agentId: id,
    subject: await agentView(queries, agent),
  });
}

async function spendNonce({ queries, now }: Change, agentId: string, nonce: string): Promise<void> {
  const { numInsertedOrUpdatedRows } = await queries
    .insertInto('nonces')
    .values({ scope: `statement:${agentId}`, nonce, expiresAt: now + 2 * STATEMENT_WINDOW })
    .onConflict((row) => row.columns(['scope', 'nonce']).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) throw unauthenticated('nonceReused', 'The nonce was used before');
}

/** Where policy wants a reason or a ticket of whoever asks, nobody is bothered without it. */
function withWords(
  decision: Decision,
  approvals: ApprovalSettings,
  { id: agentId, name: agentName }: AgentTable,
  { capability, riskLevel, plainContext }: { capability: string; riskLevel: RiskLevel } & Pick<AskedAction, 'plainContext'>,
): Decision {
  if (decision.status !== 'pending') return decision;
  const rule = requesterRuleFor(approvals, { capability, riskLevel, agentId, agentName });
  const reason = whyNotAsked(rule, plainContext);
  return reason === null ? decision : { ...decision, status: 'denied', rule: 'requester-words', reason };
}

// Not 429: aim-sdk 1.x runs the function on it.
async function withinLimits({ queries }: Change, agent: AgentTable, decision: Decision, limit: number): Promise<Decision> {
  if (decision.status !== 'pending') return decision;
  const { waiting } = await queries
    .selectFrom('verifications')
    .select((eb) => eb.fn.countAll<number>().as('waiting'))
    .where('agentId', '=', agent.id)
    .where('organizationId', '=', agent.organizationId)
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow();
  if (Number(waiting) < limit) return decision;
  return {
    ...decision,
    status: 'denied',
    rule: 'too-many-waiting',
    reason: `${waiting} requests of this agent already wait for a person`,
  };
}
