// How far an agent can be relied on, from what its peers report: who has no report has no score.

import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { timeView } from '../views/time.ts';

export type Report = { voice: string; success: boolean; durationMs: number | null };
export type A2ATrust = {
  score: number | null;
  peerTrustAverage: number | null;
  tasksCompleted: number;
  tasksFailed: number;
  avgResponseTimeMs: number | null;
};

/** An answer within this is as good as any. */
const RESPONSIVE_MS = 5000;

/** 0.4 success + 0.3 peers + 0.2 responsiveness + 0.1 (wire-mcp-logs-a2a §6.3). Everything one person reports is one voice among the peers. */
export function trustFrom(reports: readonly Report[]): A2ATrust {
  const tasksCompleted = reports.filter(({ success }) => success).length;
  const tasksFailed = reports.length - tasksCompleted;
  const durations = reports.flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs]));
  const avgResponseTimeMs = durations.length === 0 ? null : mean(durations);
  if (reports.length === 0) return { score: null, peerTrustAverage: null, tasksCompleted, tasksFailed, avgResponseTimeMs };
  const voices = Map.groupBy(reports, ({ voice }) => voice);
  const peerTrustAverage = mean([...voices.values()].map((own) => own.filter(({ success }) => success).length / own.length));
  const responsiveness = avgResponseTimeMs === null ? 0 : Math.min(1, RESPONSIVE_MS / Math.max(avgResponseTimeMs, 1));
  const score = 0.4 * (tasksCompleted / reports.length) + 0.3 * peerTrustAverage + 0.2 * responsiveness + 0.1;
  return { score, peerTrustAverage, tasksCompleted, tasksFailed, avgResponseTimeMs };
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

// The latest say most, and a list has to end somewhere.
const REPORTS_READ = 5000;
const COUNTED_FOR = 90 * 24 * 60 * 60 * 1000;

export async function trustOf(
  queries: Queries,
  agent: Pick<AgentTable, 'id' | 'createdBy'>,
  now: number,
): Promise<A2ATrust & { peers: number }> {
  const rows = await queries
    .selectFrom('a2aInteractions')
    .select(['voice', 'success', 'durationMs', 'reporterId'])
    .where('peerAgentId', '=', agent.id)
    .where('at', '>', now - COUNTED_FOR)
    .orderBy('at', 'desc')
    .limit(REPORTS_READ)
    .execute();
  const trust = trustFrom(rows.map(({ voice, success, durationMs }) => ({ voice, success: success === 1, durationMs })));
  return { ...trust, peers: new Set(rows.map(({ reporterId }) => reporterId)).size };
}

export async function trustView(queries: Queries, agent: AgentTable, now: number) {
  const { score, peerTrustAverage, tasksCompleted, tasksFailed, avgResponseTimeMs, peers } = await trustOf(queries, agent, now);
  return {
    agentId: agent.id,
    agentName: agent.name,
    a2aTrustScore: score,
    scoreStatus: score === null ? 'unscored' : 'measured',
    trustScore: agent.trustScore,
    peerTrustAverage,
    uniquePeersCount: peers,
    tasksCompleted,
    tasksFailed,
    avgResponseTimeMs,
    computedAt: timeView(now),
  };
}
