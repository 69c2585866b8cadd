// Rules that decide in a reviewer's place: made with an end and after a look at what they change, listed with their reviewer, ended in one step.

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { reasonOnly } from '../../wire/requests/agents.ts';
import { newStandingRule } from '../../wire/requests/verification.ts';
import type { RiskLevel } from '../../wire/scalars.ts';
import { actorOf, type UserPrincipal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { StandingRuleTable } from '../database/tables/verifications.ts';
import { conflict, notFound } from '../refusal.ts';
import { created, personOf, type Route, route } from '../route.ts';
import { type ApprovalSettings, requirementFor } from '../rules/approval-policy.ts';
import { mayReview } from '../rules/may-review.ts';
import { fits, whyNotStanding } from '../rules/standing.ts';
import { countReviewers, reviewersOf } from '../verification/reviews.ts';
import { riskOf } from '../verification/risk-of.ts';
import { checkRuleReceipt } from '../verification/rule-receipt.ts';
import { timeView } from '../views/time.ts';

const LOOKS_BACK = 30 * 24 * 60 * 60 * 1000;

export const standingRuleRoutes: Route[] = [
  route('GET /api/v1/admin/standing-rules', {
    summary: 'Lists rules that decide in a reviewer’s place, those that end first on top; ended ones last',
    access: { user: 'admin' },
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).catch(100),
      offset: z.coerce.number().int().min(0).catch(0),
    }),
    run: async ({ services, principal, query, now }) => {
      const all = services.queries.selectFrom('standingRules').where('organizationId', '=', principal.organizationId);
      const rows = await all
        .selectAll()
        .orderBy((eb) => eb.case().when('endedAt', 'is', null).then(0).else(1).end())
        .orderBy('expiresAt')
        .limit(query.limit)
        .offset(query.offset)
        .execute();
      const { total } = await all.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      return { rules: rows.map((row) => ruleView(row, now)), total: Number(total) };
    },
  }),
  route('POST /api/v1/admin/standing-rules', {
    summary: 'Makes one; with `dryRun` only says what it would have changed in the last thirty days',
    access: { user: 'admin' },
    body: newStandingRule,
    run: async (call) => {
      const person = personOf(call);
      const { body } = call;
      return call.services.changes.run(async (change) => {
        const agent = await change.queries
          .selectFrom('agents')
          .selectAll()
          .where('id', '=', body.agentId)
          .where('organizationId', '=', person.organizationId)
          .executeTakeFirst();
        if (agent === undefined) throw notFound('Agent not found');
        const because = await whyNot(change, person, agent, body);
        if (because !== null) throw conflict('noStandingRule', because);
        const rule: StandingRuleTable = {
          id: randomUUID(),
          organizationId: person.organizationId,
          name: body.name,
          agentId: agent.id,
          agentName: agent.name,
          capability: body.capability,
          resource: body.resource ?? null,
          decision: body.decision,
          reason: body.reason ?? null,
          createdBy: person.id,
          createdByName: person.email,
          createdAt: change.now,
          expiresAt: change.now + body.forSeconds * 1000,
          endedAt: null,
          endedByName: null,
          used: 0,
          lastUsedAt: null,
          receipt: body.dryRun ? null : await checkRuleReceipt(change, call.origin, person, body),
        };
        const changes = await changesBy(change.queries, rule, change.now);
        if (body.dryRun) return { ...ruleView(rule, change.now), changes, dryRun: true };
        await change.queries.insertInto('standingRules').values(rule).execute();
        tell(change, call.origin, person, rule, 'create');
        return created({ ...ruleView(rule, change.now), changes });
      });
    },
  }),
  route('POST /api/v1/admin/standing-rules/:id/end', {
    summary: 'Ends one at once',
    access: { user: 'admin' },
    body: reasonOnly,
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async (change) => {
        const row = await change.queries
          .selectFrom('standingRules')
          .selectAll()
          .where('id', '=', call.params['id'] ?? '')
          .where('organizationId', '=', person.organizationId)
          .executeTakeFirst();
        if (row === undefined) throw notFound();
        if (row.endedAt !== null) return ruleView(row, change.now);
        const set = { endedAt: change.now, endedByName: person.email };
        await change.queries.updateTable('standingRules').set(set).where('id', '=', row.id).execute();
        tell(change, call.origin, person, row, 'end');
        return ruleView({ ...row, ...set }, change.now);
      });
    },
  }),
];

async function whyNot(
  { queries }: Change,
  person: UserPrincipal,
  agent: AgentTable,
  { capability, decision }: z.output<typeof newStandingRule>,
): Promise<string | null> {
  const { settings } = await queries
    .selectFrom('organizations')
    .select('settings')
    .where('id', '=', person.organizationId)
    .executeTakeFirstOrThrow();
  const { approvals = {} } = JSON.parse(settings) as { approvals?: ApprovalSettings };
  const riskLevel: RiskLevel = riskOf({ capability, plainContext: {}, riskLevel: null }).judged;
  const about = { capability, riskLevel, agentId: agent.id, agentName: agent.name };
  const requirement = requirementFor(approvals, about);
  const reviewers = countReviewers(await reviewersOf(queries, person.organizationId), requirement);
  const may = mayReview(person, { ownerId: agent.createdBy, reviews: [], requirement, reviewers });
  if (!may.allowed) return may.because;
  return decision === 'approve' ? whyNotStanding({ riskLevel }, requirement) : null;
}

/** What would have been decided otherwise, as counts: the difference that the rule makes. */
async function changesBy(queries: Queries, rule: StandingRuleTable, now: number) {
  const rows = await queries
    .selectFrom('verifications')
    .select(['status', 'capability', 'resource', 'riskLevel'])
    .where('organizationId', '=', rule.organizationId)
    .where('agentId', '=', rule.agentId)
    .where('capability', '=', rule.capability)
    .where('requirement', 'is not', null)
    .where('requestedAt', '>', now - LOOKS_BACK)
    .limit(5000)
    .execute();
  const same = rows.filter((row) => fits(rule, { ...row, riskLevel: row.riskLevel as RiskLevel }));
  const counted = (status: string): number => same.filter((row) => row.status === status).length;
  return {
    before: 'waits for a person',
    after: rule.decision === 'approve' ? 'approved without a person' : 'denied without a person',
    asked: same.length,
    approved: counted('approved'),
    denied: counted('denied'),
    expired: counted('expired'),
    waiting: counted('pending'),
  };
}

function tell(
  change: Change,
  origin: { ip: string; userAgent: string | null },
  person: UserPrincipal,
  rule: StandingRuleTable,
  verb: 'create' | 'end',
): void {
  const { organizationId, agentId, agentName, name, capability, resource, decision } = rule;
  const receipt = verb === 'create' && rule.receipt !== null ? { receipt: JSON.parse(rule.receipt) as unknown } : {};
  const metadata = { name, capability, resource, decision, expiresAt: timeView(rule.expiresAt), ...receipt };
  change.audit(actorOf(person, origin), {
    organizationId,
    action: verb,
    resourceType: 'standing-rule',
    resourceId: rule.id,
    agentId,
    agentName,
    metadata,
  });
  change.publish({
    organizationId,
    type: 'settings',
    change: verb === 'create' ? 'created' : 'updated',
    subject: { standingRule: rule.id },
  });
}

const ruleView = (row: StandingRuleTable, now: number) => ({
  id: row.id,
  name: row.name,
  agentId: row.agentId,
  agentName: row.agentName,
  capability: row.capability,
  resource: row.resource,
  decision: row.decision,
  reason: row.reason,
  reviewer: row.createdByName,
  createdAt: timeView(row.createdAt),
  expiresAt: timeView(row.expiresAt),
  endedAt: timeView(row.endedAt ?? (row.expiresAt <= now ? row.expiresAt : null)),
  endedBy: row.endedByName,
  used: row.used,
  lastUsedAt: timeView(row.lastUsedAt),
  signed: row.receipt !== null,
});
