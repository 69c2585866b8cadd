// How much of the time an agent is there, from its heartbeats: two within a few minutes of each other, and it was there between them.

import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';

const DAY = 24 * 60 * 60 * 1000;
const MINUTE = 60 * 1000;
// Twice the pause of the slowest client that beats: one that is lost is no absence.
const LONGEST_PAUSE = 10 * MINUTE;
const LOOKED_AT = 30 * DAY;

/** Keeps one heartbeat. `agent` is as it was before it. */
export async function recordHeartbeat(queries: Queries, agent: AgentTable, now: number): Promise<void> {
  const pause = now - (agent.lastHeartbeatAt ?? 0);
  const present = pause <= LONGEST_PAUSE ? Math.max(0, pause) : 0;
  await queries
    .insertInto('presence')
    .values({
      organizationId: agent.organizationId,
      agentId: agent.id,
      day: now - (now % DAY),
      heardFrom: now - present,
      presentMs: present,
    })
    .onConflict((row) =>
      row.columns(['agentId', 'day']).doUpdateSet((eb) => ({ presentMs: eb('presence.presentMs', '+', present) })),
    )
    .execute();
  await queries.updateTable('agents').set({ lastHeartbeatAt: now, lastActiveAt: now }).where('id', '=', agent.id).execute();
}

/** The share of the last month, or of the time since its first heartbeat; null where it never sent one. */
export async function presenceOf(queries: Queries, agent: AgentTable, now: number): Promise<number | null> {
  const since = now - LOOKED_AT;
  const days = await queries
    .selectFrom('presence')
    .select(['heardFrom', 'presentMs'])
    .where('agentId', '=', agent.id)
    .where('day', '>=', since - DAY)
    .execute();
  if (days.length === 0) return agent.lastHeartbeatAt === null ? null : 0;
  const from = Math.max(since, Math.min(...days.map(({ heardFrom }) => heardFrom)));
  // Since the last one it may still be there; nobody can know before the next is late.
  const silence = now - (agent.lastHeartbeatAt ?? now);
  const present = days.reduce((sum, { presentMs }) => sum + presentMs, 0) + (silence <= LONGEST_PAUSE ? silence : 0);
  return now - from < MINUTE ? 1 : Math.min(1, present / (now - from));
}
