// Says what an agent asked and what was decided: to the audit log, to the stream, and where somebody should look, as an alert.

import type { RiskLevel } from '../../wire/scalars.ts';
import { type Change, Json } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import type { Decision } from '../rules/decide.ts';
import type { PolicyFinding } from '../rules/policies.ts';
import { raiseAlert } from '../store/alerts.ts';
import { approvalView, eventText } from '../views/verification.ts';

export function tellVerification(change: Pick<Change, 'audit' | 'publish'>, row: VerificationTable): void {
  change.audit(
    { agentId: row.agentId, agentName: row.agentName, ipAddress: row.initiatorIp },
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
  change.publish({ ...about, type: 'verification', subject: new Json(eventText(row)) });
  if (row.status !== 'pending') return;
  const parts = { reviews: [], comments: [], grant: null, ownerEmail: null, history: null };
  change.publish({ ...about, type: 'approval', subject: approvalView(row, parts) });
}

/** For what was denied, and for what monitoring let through. A request that waits is in the queue already. */
export async function alertAbout(
  change: Change,
  agent: AgentTable,
  row: VerificationTable,
  decision: Decision,
  findings: readonly PolicyFinding[],
): Promise<void> {
  const [finding] = findings;
  if (decision.status === 'pending') return;
  if (decision.status === 'approved' && !decision.isViolation && finding === undefined) return;
  const blocked = decision.status === 'denied';
  await raiseAlert(change, {
    organizationId: agent.organizationId,
    alertType: decision.isViolation && blocked ? 'security_breach' : 'unusual_activity',
    severity: SEVERITY[row.riskLevel as RiskLevel],
    title: `${agent.displayName}: ${row.capability} ${blocked ? 'was denied' : 'went beyond what is granted'}`,
    description: decision.reason ?? finding?.reason ?? `${row.capability} is not granted; monitoring let it pass.`,
    resourceType: 'agent',
    resourceId: agent.id,
    agentId: agent.id,
    agentName: agent.name,
    metadata: { verificationId: row.id, capability: row.capability, rule: decision.rule, policyId: decision.policyId },
  });
}

const SEVERITY: Record<RiskLevel, string> = { low: 'info', medium: 'warning', high: 'high', critical: 'critical' };
