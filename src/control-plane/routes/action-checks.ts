// The question without a signature: whether an agent may do something, and what came of it (wire-agents §4.8, §4.11). Nothing is spent by asking.

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { capabilityCheck } from '../../wire/requests/verification.ts';
import { actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { conflict, invalid, notFound } from '../refusal.ts';
import { Answer, type Call, type Route, route } from '../route.ts';
import { type Decision, decide } from '../rules/decide.ts';
import { agentById } from '../store/agents.ts';
import { raiseAlert } from '../store/alerts.ts';
import { circumstancesOf } from '../verification/circumstances.ts';
import { type Risk, riskOf } from '../verification/risk-of.ts';
import { mayChange } from './agents.ts';

const access = { user: 'member', agent: 'self', key: 'self' } as const;
const outcome = z.object({
  success: z.boolean(),
  error: z.string().max(4000).nullish(),
  result: z.unknown().optional(),
});
type Checked = z.output<typeof capabilityCheck>;

export const actionCheckRoutes: Route[] = [
  ...['verify-action', 'verify-capability', 'authorize'].map((verb) =>
    route(`POST /api/v1/agents/:id/${verb}`, {
      summary:
        'Whether an agent may do something by what it was granted; what a person allowed counts in a signed request alone',
      access,
      body: capabilityCheck,
      run: async (call) => {
        const { services, principal, params, body } = call;
        const capability = body.capability ?? body.actionType;
        if (capability === undefined) throw invalid('capability: is required', 'capability');
        return services.changes.record(async (change) => {
          const agent = await agentById(change.queries, principal.organizationId, params['id'] ?? '');
          mayChange(principal, agent);
          return check(change, call, agent, capability);
        });
      },
    }),
  ),
  ...['log-action', 'log-capability'].map((verb) =>
    route(`POST /api/v1/agents/:id/${verb}/:auditId`, {
      summary: 'What came of an action that was asked about; the first word stands',
      access,
      body: outcome,
      run: async ({ services, principal, params, body, origin }) => {
        const { success, error } = body;
        await services.changes.record(async ({ queries, audit }) => {
          const agent = await agentById(queries, principal.organizationId, params['id'] ?? '');
          mayChange(principal, agent);
          const entries = await queries
            .selectFrom('auditEntries')
            .select(['action', 'metadata'])
            .where('organizationId', '=', agent.organizationId)
            .where('resourceId', '=', params['auditId'] ?? '')
            .where('resourceType', '=', 'check')
            .where('agentId', '=', agent.id)
            .orderBy('sequence')
            .limit(2)
            .execute();
          const [asked, reported] = entries;
          if (asked === undefined) throw notFound('Nothing was asked under that id');
          if (reported !== undefined) {
            const { success: first } = JSON.parse(reported.metadata) as { success: boolean };
            if (first !== success) throw conflict('alreadyReported', `It was already reported as ${word(first)}.`);
            return;
          }
          if (!success)
            await queries
              .updateTable('agents')
              .set((eb) => ({ failedCount: eb('failedCount', '+', 1) }))
              .where('id', '=', agent.id)
              .execute();
          audit(actorOf(principal, origin), about(agent, 'report', params['auditId'] ?? '', { success, error: error ?? null }));
        });
        return { success: true };
      },
    }),
  ),
];

async function check(change: Change, call: Call<Checked, unknown>, agent: AgentTable, capability: string) {
  const { principal, body, origin } = call;
  const resource = body.resource ?? null;
  const asking = { capability, resource, plainContext: body.metadata ?? {} };
  const risk = riskOf({ ...asking, riskLevel: body.riskLevel ?? null });
  const { mode, granted, findings } = await circumstancesOf(change, agent, asking, risk.judged);
  const decision = decide({
    agent: { status: agent.status, isCompromised: agent.isCompromised === 1 },
    mode,
    capability,
    resource,
    riskLevel: risk.judged,
    granted,
    permission: null,
    findings,
    requiresApproval: false,
    jitAccess: false,
  });
  const allowed = decision.status === 'approved';
  const auditId = randomUUID();
  const metadata = { capability, resource, allowed, rule: decision.rule, riskLevel: risk.level };
  change.audit(actorOf(principal, origin), about(agent, 'check', auditId, metadata));
  // A person who only wants to know does not bring the agent into bad repute.
  if (decision.isViolation && principal.kind !== 'user') await countViolation(change, agent, capability, decision, risk);
  const reason = decision.status === 'pending' ? 'pending_human_review' : (decision.reason ?? ALLOWED);
  return new Answer(allowed ? 200 : 403, {
    allowed,
    reason,
    ...(allowed ? {} : { error: reason, reasonCode: decision.rule }),
    auditId,
    audit_id: auditId,
    enforcementMode: mode,
    riskLevel: risk.level,
    riskAutoDetected: risk.detected,
  });
}

const ALLOWED = 'Action matches registered capabilities';

async function countViolation(
  change: Change,
  agent: AgentTable,
  capability: string,
  { status, reason }: Decision,
  { judged }: Risk,
): Promise<void> {
  await change.queries
    .updateTable('agents')
    .set((eb) => ({ violationCount: eb('violationCount', '+', 1) }))
    .where('id', '=', agent.id)
    .execute();
  await raiseAlert(change, {
    organizationId: agent.organizationId,
    alertType: status === 'denied' ? 'security_breach' : 'unusual_activity',
    severity: judged === 'low' ? 'info' : judged === 'medium' ? 'warning' : judged,
    title: `${agent.displayName}: ${capability} ${status === 'denied' ? 'was denied' : 'went beyond what is granted'}`,
    description: reason ?? `${capability} is not granted; monitoring let it pass.`,
    resourceType: 'agent',
    resourceId: agent.id,
    agentId: agent.id,
    agentName: agent.name,
    metadata: { capability, signed: false },
  });
}

const word = (success: boolean): string => (success ? 'done' : 'failed');

const about = (
  { organizationId, id, name }: AgentTable,
  action: string,
  auditId: string,
  metadata: Record<string, unknown>,
) => ({
  organizationId,
  action,
  resourceType: 'check',
  resourceId: auditId,
  agentId: id,
  agentName: name,
  metadata,
});
