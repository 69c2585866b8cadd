// Every list and every number of the API, by path: what a screen asks for again and again.

import type { World } from './world.ts';

export type Ids = { agent: string; verification: string; server: string };

/** A world with one of everything, so that each list has a row and a second page. */
export async function fill(world: World): Promise<Ids> {
  const agent = await world.agent(['db:read']);
  for (let index = 0; index < 3; index += 1) await agent.ask('db:read', { context: { index } });
  await agent.ask('db:drop');
  const { body } = await agent.ask('db:drop', { context: { jit_access: true, duration_seconds: 60 } });
  await world.admin.call('POST', `/api/v1/admin/verifications/${body.id}/approve`, { actionHash: body.actionHash });
  await agent.ask('db:admin', { context: { jit_access: true } });
  await agent.call('POST', `/api/v1/sdk-api/agents/${agent.id}/capability-requests`, {
    capabilityType: 'db:write',
    reason: 'it has to write reports',
  });
  return { agent: agent.id, verification: body.id, server: body.id };
}

export const listPaths = ({ agent, verification }: Ids): string[] => [
  ...['', '&status=verified', '&agent_type=ai_agent', '&status=verified&agent_type=ai_agent'].map(
    (filter) => `/agents?limit=1${filter}`,
  ),
  `/agents/${agent}`,
  `/agents/${agent}/activity`,
  `/agents/${agent}/audit-logs`,
  `/agents/${agent}/alerts`,
  `/agents/${agent}/violations`,
  `/agents/${agent}/capabilities`,
  `/agents/${agent}/trust-score`,
  `/agents/${agent}/trust-score/history`,
  `/trust-score/agents/${agent}/breakdown`,
  ...['', '&status=success', '&status=failed', '&status=pending', '&status=timeout', '&capability=db:read'].map(
    (filter) => `/verification-events?limit=1${filter}`,
  ),
  '/verification-events?since=2026-01-01T00:00:00Z&until=2030-01-01T00:00:00Z',
  `/verification-events?agent_id=${agent}`,
  `/verification-events/agent/${agent}`,
  `/verification-events/${verification}`,
  '/verification-events/recent',
  ...['1h', '24h', '7d', '30d'].map((period) => `/verification-events/statistics?period=${period}`),
  ...['pending', 'approved', 'denied', 'expired', 'all'].map((status) => `/admin/verifications/pending?status=${status}`),
  `/admin/verifications/pending?status=all&agentId=${agent}`,
  '/admin/grants',
  `/admin/grants?agentId=${agent}`,
  ...['', '?status=pending', `?agentId=${agent}`].map((filter) => `/admin/capability-requests${filter}`),
  `/sdk-api/agents/${agent}/capability-requests`,
  ...['', '?severity=high', '?status=unacknowledged'].map((filter) => `/admin/alerts${filter}`),
  '/admin/alerts/unacknowledged/count',
  ...['', `?entity_id=${verification}`, `?agent_id=${agent}`].map((filter) => `/admin/audit-logs${filter}`),
  '/analytics/dashboard',
  '/analytics/usage',
  '/analytics/activity',
  '/analytics/agents/activity',
  '/analytics/trends',
  '/analytics/verification-activity',
  '/admin/dashboard/stats',
  ...['dashboard', 'metrics', 'violations', 'threats', 'anomalies', 'alerts'].map((name) => `/security/${name}`),
  '/mcp-servers',
  '/revocations',
];

/** Follows each cursor that an answer gives, so that the second page is looked at as well. */
export async function walkLists(world: World, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const { status, body } = await world.admin.call('GET', `/api/v1${path}`);
    if (status !== 200) throw new Error(`${path} is ${status}: ${JSON.stringify(body)}`);
    if (typeof body.nextCursor !== 'string') continue;
    const next = `${path}${path.includes('?') ? '&' : '?'}cursor=${body.nextCursor}`;
    const second = await world.admin.call('GET', `/api/v1${next}`);
    if (second.status !== 200) throw new Error(`${next} is ${second.status}`);
  }
}
