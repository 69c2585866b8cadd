// Gathers what is known of an agent, scores it, and keeps the history.

import { randomUUID } from 'node:crypto';
import type { Change } from '../database/change.ts';
import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { type TrustScore, trustScore } from '../rules/trust-score.ts';
import { ratingsOf } from './feedback.ts';
import { presenceOf } from './presence.ts';
import { countOf, outcomesEver } from './statistics.ts';

const DAY = 24 * 60 * 60 * 1000;

export async function scoreAgent(queries: Queries, agent: AgentTable, now: number): Promise<TrustScore> {
  const outcomes = await outcomesEver(queries, agent.organizationId, agent.id);
  const alerts = await queries
    .selectFrom('alerts')
    .select(['severity', 'alertType'])
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('agentId', '=', agent.id)
    .where('organizationId', '=', agent.organizationId)
    .where('resolvedAt', 'is', null)
    .where('acknowledgedAt', 'is', null)
    .groupBy(['severity', 'alertType'])
    .execute();
  const open = (severity: string): number =>
    alerts.filter((row) => row.severity === severity).reduce((sum, row) => sum + Number(row.count), 0);
  const drift = alerts
    .filter((row) => row.alertType === 'configuration_drift')
    .reduce((sum, row) => sum + Number(row.count), 0);
  return trustScore({
    status: agent.status,
    isCompromised: agent.isCompromised === 1,
    ageDays: (now - agent.createdAt) / DAY,
    silentDays: (now - (agent.lastActiveAt ?? agent.createdAt)) / DAY,
    allowed: countOf(outcomes, 'approved'),
    denied: countOf(outcomes, 'denied'),
    failed: agent.failedCount,
    openAlerts: { critical: open('critical'), high: open('high'), warning: open('warning') },
    violations: agent.violationCount,
    hasDescription: agent.description !== '',
    hasRepository: agent.repositoryUrl !== '',
    keyExpired: agent.keyExpiresAt < now,
    driftEvents: drift,
    presence: await presenceOf(queries, agent, now),
    ratings: await ratingsOf(queries, agent),
    isolation: agent.isolation,
  });
}

/** Scores again and writes score and history; gives the agent as it now is. */
export async function rescore(
  { queries, now }: Change,
  agent: AgentTable,
  reason: string,
  changedBy: string | null,
): Promise<AgentTable> {
  const { score, factors } = await scoreAgent(queries, agent, now);
  return setScore({ queries, now } as Change, agent, score, factors, reason, changedBy);
}

export async function setScore(
  { queries, now }: Pick<Change, 'queries' | 'now'>,
  agent: AgentTable,
  score: number,
  factors: object,
  reason: string,
  changedBy: string | null,
  updatedAt: number = now,
): Promise<AgentTable> {
  // Without factors it was set by hand, and stays so until somebody recalculates it or the agent's standing changes.
  const set = {
    trustScore: score,
    scoredAt: now,
    scoreIsSet: Object.keys(factors).length === 0 ? 1 : 0,
    updatedAt,
  } as const;
  await queries.updateTable('agents').set(set).where('id', '=', agent.id).execute();
  await queries
    .insertInto('trustHistory')
    .values({
      id: randomUUID(),
      organizationId: agent.organizationId,
      agentId: agent.id,
      score,
      previousScore: agent.trustScore,
      reason,
      changedBy,
      factors: JSON.stringify(factors),
      at: now,
    })
    .execute();
  return { ...agent, ...set };
}
