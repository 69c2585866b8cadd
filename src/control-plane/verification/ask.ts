// An agent asks whether it may act: who it is, what it signed, what the rules say, and the record of it, in one transaction.

import { createHash, randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { verifySignatureAsync } from '../../crypto/ed25519.ts';
import { detectRisk } from '../../detect/risk.ts';
import { type RiskLevel, riskLevels } from '../../wire/scalars.ts';
import { acceptsKey } from '../auth/agent-signature.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable, GrantTable, VerificationTable } from '../database/schema.ts';
import { unauthenticated } from '../refusal.ts';
import { requirementFor } from '../rules/approval-policy.ts';
import { type Decision, decide } from '../rules/decide.ts';
import type { Services } from '../services.ts';
import { raiseAlert } from '../store/alerts.ts';
import { count } from '../store/counters.ts';
import { approvalView, eventView } from '../views/verification.ts';
import { type Circumstances, circumstancesOf, takeGrant } from './circumstances.ts';
import { newVerificationId } from './id.ts';
import type { AskedAction } from './read-request.ts';

export type Asker = { ip: string; sdkTokenId: string | null };
export type Asked = { row: VerificationTable; grant: GrantTable | null; refused: boolean };

const APPROVAL_LASTS = 24 * 60 * 60 * 1000;
const STATEMENT_WINDOW = 30_000;
// More than this wait for one agent at once only when it is out of hand.
const WAITING_PER_AGENT = 50;

/** @throws Refusal 401 where the agent, its key or its signature is not what it should be. Never 404: aim-sdk 1.x would then act anyway. */
export async function ask(services: Services, action: AskedAction, asker: Asker): Promise<Asked> {
  const startedAt = performance.now();
  const now = services.clock();
  const agent = await services.queries.selectFrom('agents').selectAll().where('id', '=', action.agentId).executeTakeFirst();
  if (agent === undefined || !acceptsKey(agent, action.publicKey, now)) {
    throw unauthenticated('agentKeyNotRecognized', 'the signing key is not the registered key of a known agent');
  }
  if (!(await verifySignatureAsync(action.message, action.signature, action.publicKey))) {
    throw unauthenticated('signatureInvalid', 'Signature verification failed');
  }
  if (action.form === 'statement' && Math.abs(Date.parse(action.timestamp) - now) > STATEMENT_WINDOW) {
    throw unauthenticated('timestampOutsideWindow', 'The timestamp of the statement is too far from now');
  }
  return services.changes.run((change) => record(change, action, asker, startedAt));
}

async function record(change: Change, action: AskedAction, asker: Asker, startedAt: number): Promise<Asked> {
  const { queries, now } = change;
  // Once more inside the transaction: it may have been suspended while the signature was checked.
  const agent = await queries.selectFrom('agents').selectAll().where('id', '=', action.agentId).executeTakeFirstOrThrow();
  const before = await queries
    .selectFrom('verifications')
    .selectAll()
    .where('agentId', '=', agent.id)
    .where('actionHash', '=', action.actionHash)
    .executeTakeFirst();
  if (before !== undefined) {
    // The same signed bytes again are the same request, and change nothing: a retry, or a replay.
    if (action.nonce !== null) throw unauthenticated('nonceReused', 'The nonce was used before');
    return { row: before, grant: null, refused: before.rule === 'agent-status' };
  }
  if (action.nonce !== null) await spendNonce(change, agent.id, action.nonce);

  const risk = riskOf(action);
  const circumstances = await circumstancesOf(change, agent, action, risk.level);
  const grant = await takeGrant(change, circumstances.grants, action);
  const question = {
    agent: { status: agent.status, isCompromised: agent.isCompromised === 1 },
    mode: circumstances.mode,
    capability: action.capability,
    resource: action.resource,
    riskLevel: risk.level,
    granted: circumstances.granted,
    hasGrant: grant !== null,
    findings: circumstances.findings,
    requiresApproval: action.plainContext['requires_approval'] === true || action.plainContext['requiresApproval'] === true,
    jitAccess: action.plainContext['jit_access'] === true || action.plainContext['jitAccess'] === true,
  };
  const decision = await withinLimits(change, agent, decide(question));
  const row = toRow(change, agent, action, asker, risk, circumstances, decision, startedAt, grant);
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
  tell(change, row, agent);
  await raiseAlertsOf(change, agent, row, decision, circumstances);
  return { row, grant, refused: decision.rule === 'agent-status' };
}

function riskOf({ riskLevel, plainContext, capability }: AskedAction): {
  level: RiskLevel;
  detected: boolean;
  because: string;
} {
  const stated = riskLevel ?? plainContext['risk_level'] ?? plainContext['riskLevel'];
  const known = riskLevels.find((level) => level === (typeof stated === 'string' ? stated.toLowerCase() : null));
  if (known !== undefined) return { level: known, detected: false, because: 'the agent says so' };
  const { level, because } = detectRisk(capability);
  return { level, detected: true, because };
}

async function spendNonce({ queries, now }: Change, agentId: string, nonce: string): Promise<void> {
  const { numInsertedOrUpdatedRows } = await queries
    .insertInto('nonces')
    .values({ scope: `statement:${agentId}`, nonce, expiresAt: now + 2 * STATEMENT_WINDOW })
    .onConflict((row) => row.columns(['scope', 'nonce']).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) throw unauthenticated('nonceReused', 'The nonce was used before');
}

// Not 429: aim-sdk 1.x runs the function on it.
async function withinLimits({ queries }: Change, agent: AgentTable, decision: Decision): Promise<Decision> {
  if (decision.status !== 'pending') return decision;
  const { waiting } = await queries
    .selectFrom('verifications')
    .select((eb) => eb.fn.countAll<number>().as('waiting'))
    .where('agentId', '=', agent.id)
    .where('organizationId', '=', agent.organizationId)
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow();
  if (Number(waiting) < WAITING_PER_AGENT) return decision;
  return {
    ...decision,
    status: 'denied',
    rule: 'too-many-waiting',
    reason: `${waiting} requests of this agent already wait for a person`,
  };
}

function toRow(
  { now }: Change,
  agent: AgentTable,
  action: AskedAction,
  asker: Asker,
  risk: ReturnType<typeof riskOf>,
  { mode, approvals }: Circumstances,
  decision: Decision,
  startedAt: number,
  grant: GrantTable | null,
): VerificationTable {
  const isWaiting = decision.status === 'pending';
  const requirement = isWaiting
    ? requirementFor(approvals, {
        capability: action.capability,
        riskLevel: risk.level,
        agentId: agent.id,
        agentName: agent.name,
      })
    : null;
  return {
    id: newVerificationId(now),
    organizationId: agent.organizationId,
    agentId: agent.id,
    agentName: agent.name,
    ownerId: agent.createdBy,
    capability: action.capability,
    resource: action.resource,
    context: action.context,
    riskLevel: risk.level,
    riskDetected: risk.detected ? 1 : 0,
    riskReason: risk.because,
    trustScore: agent.trustScore,
    mode,
    status: decision.status,
    rule: decision.rule,
    denialReason: decision.reason,
    decidedBy: null,
    decidedByName: grant === null ? null : grant.grantedByName,
    decidedAt: isWaiting ? null : now,
    requestedAt: now,
    expiresAt: requirement === null ? now + APPROVAL_LASTS : now + waitOf(action, requirement) * 1000,
    durationMs: Math.round((performance.now() - startedAt) * 1000) / 1000,
    form: action.form,
    signedBytes: action.signedBytes.toString('base64'),
    signature: action.signature,
    publicKey: action.publicKey,
    actionHash: action.actionHash,
    requirement: requirement === null ? null : JSON.stringify(requirement),
    asked: isWaiting ? JSON.stringify(askedOf(action)) : null,
    groupKey: isWaiting ? groupKey(agent, action) : null,
    grantId: grant?.id ?? null,
    policyId: decision.policyId,
    matchingCode: requirement?.steps.includes('matching-code') ? String(randomInt(10, 100)) : null,
    escalatedAt: null,
    initiatorIp: asker.ip,
    executed: null,
    executedAt: null,
    executionError: null,
    outcome: null,
    outcomeSummary: null,
    revision: 1,
  };
}

/** No longer than policy says, and no longer than the agent itself will wait, where it says. */
function waitOf({ plainContext }: AskedAction, { waitSeconds }: { waitSeconds: number }): number {
  const own = numberIn(plainContext, [
    'timeout_seconds',
    'timeoutSeconds',
    'approval_timeout_seconds',
    'approvalTimeoutSeconds',
  ]);
  return own === null ? waitSeconds : Math.max(1, Math.min(waitSeconds, own));
}

const askedOf = ({ plainContext }: AskedAction) => ({
  durationSeconds: numberIn(plainContext, ['duration_seconds', 'durationSeconds', 'grant_duration_seconds']),
  uses: numberIn(plainContext, ['uses', 'grant_uses', 'grantUses']),
});

function numberIn(context: Readonly<Record<string, unknown>>, names: readonly string[]): number | null {
  for (const name of names) {
    const value = context[name];
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return Math.floor(value);
  }
  return null;
}

const groupKey = (agent: AgentTable, { capability, resource, context }: AskedAction): string =>
  createHash('sha256')
    .update(JSON.stringify([agent.id, capability, resource, context]))
    .digest('base64url');

function tell(change: Change, row: VerificationTable, agent: AgentTable): void {
  change.audit(
    { agentId: agent.id, agentName: agent.name, ipAddress: row.initiatorIp },
    {
      organizationId: row.organizationId,
      action: 'verify',
      resourceType: 'verification',
      resourceId: row.id,
      metadata: {
        capability: row.capability,
        resource: row.resource,
        status: row.status,
        rule: row.rule,
        riskLevel: row.riskLevel,
        actionHash: row.actionHash,
      },
    },
  );
  const about = { organizationId: row.organizationId, agentId: row.agentId, change: 'created' } as const;
  change.publish({ ...about, type: 'verification', subject: eventView(row) });
  if (row.status === 'pending') {
    const parts = { reviews: [], comments: [], grant: null, ownerEmail: null, history: null };
    change.publish({ ...about, type: 'approval', subject: approvalView(row, parts) });
  }
}

async function raiseAlertsOf(
  change: Change,
  agent: AgentTable,
  row: VerificationTable,
  decision: Decision,
  { findings }: Circumstances,
): Promise<void> {
  const [finding] = findings;
  if (decision.status !== 'denied' && !decision.isViolation && finding === undefined) return;
  const blocked = decision.status !== 'approved';
  await raiseAlert(change, {
    organizationId: agent.organizationId,
    alertType: decision.isViolation && blocked ? 'security_breach' : 'unusual_activity',
    severity: SEVERITY[row.riskLevel as RiskLevel],
    title: `${agent.displayName}: ${row.capability} ${decision.status === 'pending' ? 'waits' : blocked ? 'was denied' : 'went beyond what is granted'}`,
    description: decision.reason ?? finding?.reason ?? `${row.capability} is not granted; monitoring let it pass.`,
    resourceType: 'agent',
    resourceId: agent.id,
    agentId: agent.id,
    agentName: agent.name,
    metadata: { verificationId: row.id, capability: row.capability, rule: decision.rule, policyId: decision.policyId },
  });
}

const SEVERITY: Record<RiskLevel, string> = { low: 'info', medium: 'warning', high: 'high', critical: 'critical' };
