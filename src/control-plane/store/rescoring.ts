// Scores move with what happens: agents that did something since they were last scored, and once a day all others, for they grow older.

import type { AgentTable } from '../database/tables/agents.ts';
import type { Services } from '../services.ts';
import { agentView } from '../views/agent.ts';
import { scoreAgent, setScore } from './trust.ts';

const ACTIVE_AFTER = 10 * 60 * 1000;
const IDLE_AFTER = 24 * 60 * 60 * 1000;
const AT_ONCE = 200;
// Smaller moves are noise to whoever reads the history.
const LEAST_MOVE = 0.005;

/** How many scores moved. */
export async function rescoreDue(services: Services): Promise<number> {
  const now = services.clock();
  const due = await services.queries
    .selectFrom('agents')
    .selectAll()
    .where('scoredAt', '<', now - ACTIVE_AFTER)
    .where('scoreIsSet', '=', 0)
    .where((eb) => eb.or([eb('lastActiveAt', '>', eb.ref('scoredAt')), eb('scoredAt', '<', now - IDLE_AFTER)]))
    .orderBy('scoredAt')
    .limit(AT_ONCE)
    .execute();
  const moved: AgentTable[] = [];
  for (const agent of due) {
    const { score } = await scoreAgent(services.queries, agent, now);
    if (Math.abs(score - agent.trustScore) >= LEAST_MOVE) moved.push(agent);
  }
  const still = due.filter((agent) => !moved.includes(agent)).map(({ id }) => id);
  if (still.length > 0) await services.queries.updateTable('agents').set({ scoredAt: now }).where('id', 'in', still).execute();
  // Only a score that moved is a change on which decisions rest.
  if (moved.length > 0)
    await services.changes.run(async (change) => {
      for (const { id } of moved) {
        const agent = await change.queries.selectFrom('agents').selectAll().where('id', '=', id).executeTakeFirst();
        if (agent === undefined || agent.scoreIsSet === 1) continue;
        const { score, factors } = await scoreAgent(change.queries, agent, change.now);
        const scored = await setScore(change, agent, score, factors, 'activity', null, agent.updatedAt);
        change.audit(
          { userName: 'system' },
          {
            organizationId: agent.organizationId,
            action: 'score',
            resourceType: 'agent',
            resourceId: id,
            agentName: agent.name,
            metadata: { from: agent.trustScore, to: score },
          },
        );
        change.publish({
          organizationId: agent.organizationId,
          type: 'agent',
          change: 'updated',
          agentId: id,
          subject: await agentView(change.queries, scored),
        });
      }
    });
  return moved.length;
}
