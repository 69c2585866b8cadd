// How agents fare with each other: reports of interactions, and the score that comes of them (wire-mcp-logs-a2a §6.3).

import { randomUUID } from 'node:crypto';
import { interaction, pageQuery } from '../../wire/requests/a2a.ts';
import { actingAgent } from '../a2a/acting.ts';
import { trustFrom, trustView } from '../a2a/trust.ts';
import { readers } from '../access.ts';
import { actorOf, ownerOf, type Principal } from '../auth/principal.ts';
import { forbidden, Refusal } from '../refusal.ts';
import { type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { timeView } from '../views/time.ts';

export const a2aTrustRoutes: Route[] = [
  ...(['GET /api/v1/a2a/agents/:id/trust-score', 'GET /api/v1/a2a/trust/:id'] as const).map((at) =>
    route(at, {
      summary: 'How far peers can rely on an agent; null where nobody has reported',
      access: readers,
      run: async ({ services, principal, params, now }) =>
        trustView(services.queries, await agentById(services.queries, principal.organizationId, params['id'] ?? ''), now),
    }),
  ),
  route('POST /api/v1/a2a/agents/:id/trust-score/compute', {
    summary: 'The same, computed now; it is never older',
    access: { user: 'manager', agent: 'self', key: 'any' },
    run: async ({ services, principal, params, now }) =>
      trustView(services.queries, await agentById(services.queries, principal.organizationId, params['id'] ?? ''), now),
  }),
  route('GET /api/v1/a2a/trust-scores', {
    summary: 'The scores of all agents, a page at a time',
    access: readers,
    query: pageQuery,
    run: async ({ services, principal, query: { limit, offset }, now }) => {
      const agents = await services.queries
        .selectFrom('agents')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .orderBy('createdAt')
        .limit(Math.min(limit, 100))
        .offset(offset)
        .execute();
      const trustScores = await Promise.all(agents.map((agent) => trustView(services.queries, agent, now)));
      return { trustScores, total: trustScores.length, limit, offset };
    },
  }),
  route('PUT /api/v1/a2a/trust/:id', {
    summary: 'Refused: a score is computed, nobody sets it',
    access: readers,
    run: () => {
      throw new Refusal(405, 'deprecated', 'A trust score cannot be set; report interactions instead');
    },
  }),
  route('POST /api/v1/a2a/trust/:id/interaction', {
    summary: 'Reports how an interaction with an agent went',
    access: { user: 'member', agent: 'any', key: 'any' },
    body: interaction,
    run: async (call) => {
      const { services, principal, body, params, now } = call;
      const peer = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const named = body.agentId === undefined ? null : await actingAgent(services.queries, principal, body.agentId);
      const agentId =
        named?.id ?? (principal.kind === 'agent' ? principal.id : principal.kind === 'key' ? principal.agentId : null);
      if (agentId === peer.id) throw forbidden('ownReport', 'An agent does not report on itself');
      await services.changes.record(async ({ queries, audit }) => {
        await queries
          .insertInto('a2aInteractions')
          .values({
            id: randomUUID(),
            organizationId: peer.organizationId,
            agentId,
            reporterId: agentId ?? ownerOf(principal),
            voice: ownerOf(principal),
            peerAgentId: peer.id,
            success: body.success ? 1 : 0,
            taskType: body.taskType,
            durationMs: body.durationMs ?? null,
            errorReason: body.errorReason,
            at: now,
          })
          .execute();
        audit(actorOf(principal, call.origin), {
          organizationId: peer.organizationId,
          action: 'report',
          resourceType: 'a2a-interaction',
          resourceId: peer.id,
          agentId: peer.id,
          agentName: peer.name,
          metadata: { success: body.success, taskType: body.taskType, by: agentId },
        });
      });
      return trustView(services.queries, peer, now);
    },
  }),
  route('GET /api/v1/a2a/agents/:id/peers/:peerId/trust', {
    summary: 'How an agent has fared with one peer',
    access: readers,
    run: async ({ services, principal, params }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const peer = await agentById(services.queries, principal.organizationId, params['peerId'] ?? '');
      const [view] = await peersOf(services.queries, principal.organizationId, [agent.id, ownOf(principal)], peer.id);
      return view === undefined
        ? { agentId: agent.id, peerAgentId: peer.id, peerTrustScore: 0, successRate: null, tasksInitiated: 0, tasksReceived: 0 }
        : { agentId: agent.id, ...view };
    },
  }),
  route('GET /api/v1/a2a/peers', {
    summary: 'The peers that the caller has reported on, and how they fared',
    access: readers,
    run: async ({ services, principal }) => {
      const peers = await peersOf(services.queries, principal.organizationId, [ownOf(principal)]);
      return { peers, total: peers.length };
    },
  }),
];

/** Under what the caller's reports are kept. */
function ownOf(principal: Principal): string {
  if (principal.kind === 'agent') return principal.id;
  return (principal.kind === 'key' ? principal.agentId : null) ?? ownerOf(principal);
}

type Queries = Parameters<typeof trustView>[0];

async function peersOf(queries: Queries, organizationId: string, reporters: readonly string[], peerId?: string) {
  let query = queries
    .selectFrom('a2aInteractions')
    .select(['peerAgentId', 'voice', 'success', 'durationMs', 'at'])
    .where('organizationId', '=', organizationId)
    .where('reporterId', 'in', reporters);
  if (peerId !== undefined) query = query.where('peerAgentId', '=', peerId);
  const rows = await query.orderBy('at', 'desc').limit(5000).execute();
  return [...Map.groupBy(rows, ({ peerAgentId }) => peerAgentId)].map(([peerAgentId, own]) => {
    const trust = trustFrom(own.map(({ voice, success, durationMs }) => ({ voice, success: success === 1, durationMs })));
    return {
      peerAgentId,
      peerTrustScore: trust.score ?? 0,
      successRate: trust.tasksCompleted / own.length,
      tasksInitiated: own.length,
      tasksReceived: 0,
      firstInteractionAt: timeView(own.at(-1)?.at ?? null),
      lastInteractionAt: timeView(own[0]?.at ?? null),
    };
  });
}
