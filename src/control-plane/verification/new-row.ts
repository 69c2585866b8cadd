// The record of a verification, as it begins: what was asked, signed and decided, and what a person would have to add.

import { createHash, randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { newId } from '../database/new-id.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { GrantTable, VerificationTable } from '../database/tables/verifications.ts';
import { type ApprovalSettings, requirementFor } from '../rules/approval-policy.ts';
import type { Decision } from '../rules/decide.ts';
import type { AskedAction } from './read-request.ts';
import type { Risk } from './risk-of.ts';

export type Beginning = {
  now: number;
  /** `performance.now()` when the request came in. */
  startedAt: number;
  ip: string;
  agent: AgentTable;
  action: AskedAction;
  risk: Risk;
  mode: 'strict' | 'monitoring';
  approvals: ApprovalSettings;
  decision: Decision;
  grant: GrantTable | null;
};

/** How long an approval says that it is good for (wire-agents §4.4). */
export const APPROVAL_LASTS = 24 * 60 * 60 * 1000;

export function newRow({
  now,
  startedAt,
  ip,
  agent,
  action,
  risk,
  mode,
  approvals,
  decision,
  grant,
}: Beginning): VerificationTable {
  const waits = decision.status === 'pending';
  const requirement = waits
    ? requirementFor(approvals, {
        capability: action.capability,
        riskLevel: risk.judged,
        agentId: agent.id,
        agentName: agent.name,
      })
    : null;
  return {
    id: newId(now),
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
    decidedAt: waits ? null : now,
    requestedAt: now,
    expiresAt: requirement === null ? now + APPROVAL_LASTS : now + waitOf(action, requirement.waitSeconds) * 1000,
    durationMs: Math.round((performance.now() - startedAt) * 1000) / 1000,
    form: action.form,
    signedBytes: action.signedBytes.toString('base64'),
    signature: action.signature,
    publicKey: action.publicKey,
    actionHash: action.actionHash,
    signedAt: action.timestamp,
    requirement: requirement === null ? null : JSON.stringify(requirement),
    asked: waits ? JSON.stringify(askedOf(action)) : null,
    groupKey: waits ? groupKey(agent, action) : null,
    grantId: grant?.id ?? null,
    policyId: decision.policyId,
    matchingCode: requirement?.steps.includes('matching-code') ? String(randomInt(10, 100)) : null,
    escalatedAt: null,
    initiatorIp: ip,
    executed: null,
    executedAt: null,
    executionError: null,
    outcome: null,
    outcomeSummary: null,
    lastPolledAt: null,
    revision: 1,
  };
}

/** No longer than policy says, and no longer than the agent itself will wait, where it says. */
function waitOf({ plainContext }: AskedAction, most: number): number {
  const own = numberIn(plainContext, [
    'timeout_seconds',
    'timeoutSeconds',
    'approval_timeout_seconds',
    'approvalTimeoutSeconds',
  ]);
  return own === null ? most : Math.max(1, Math.min(most, own));
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
