// How far an agent is trusted: the score, its nine factors, how it came to be, and setting it (wire-agents §3.4).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { scoreChange } from '../../wire/requests/agents.ts';
import { readers } from '../access.ts';
import { actorOf } from '../auth/principal.ts';
import { type Call, created, personOf, type Route, route } from '../route.ts';
import { trustWeights } from '../rules/trust-score.ts';
import { agentById } from '../store/agents.ts';
import { giveFeedback } from '../store/feedback.ts';
import { rescore, scoreAgent, setScore } from '../store/trust.ts';
import { timeView } from '../views/time.ts';
import { tellUpdated } from './agent-life.ts';

const feedback = wireObject({
  rating: z.number().int('must be 1 to 5').min(1, 'must be 1 to 5').max(5, 'must be 1 to 5'),
  comment: z.string().trim().max(4000).nullish(),
});

export const agentTrustRoutes: Route[] = [
  route('GET /api/v1/agents/:id/trust-score', {
    summary: 'The trust score of an agent',
    access: readers,
    run: (call) => trustOf(call),
  }),
  route('GET /api/v1/trust-score/agents/:id', {
    summary: 'The trust score of an agent',
    access: { user: 'viewer' },
    run: (call) => trustOf(call),
  }),
  ...['/api/v1/agents/:id/trust-score/history', '/api/v1/trust-score/agents/:id/history'].map((path) =>
    route(`GET ${path}`, {
      summary: 'How the trust score came to be',
      access: readers,
      query: z.object({ limit: z.coerce.number().int().min(1).max(500).catch(30) }),
      run: async ({ services, principal, params, query }) => {
        const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
        const rows = await services.queries
          .selectFrom('trustHistory')
          .selectAll()
          .where('agentId', '=', agent.id)
          .orderBy('at', 'desc')
          .limit(query.limit)
          .execute();
        const history = rows.map((row) => ({
          id: row.id,
          agentId: row.agentId,
          organizationId: row.organizationId,
          trustScore: row.score,
          previousScore: row.previousScore,
          reason: row.reason,
          changedBy: row.changedBy,
          factors: JSON.parse(row.factors) as object,
          timestamp: timeView(row.at),
          createdAt: timeView(row.at),
        }));
        return { agentId: agent.id, agentName: agent.name, history, total: history.length };
      },
    }),
  ),
  route('GET /api/v1/trust-score/agents/:id/breakdown', {
    summary: 'The nine factors of a trust score, with weights and contributions',
    access: { user: 'viewer' },
    run: async ({ services, principal, params, now }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const { factors, contributions, confidence } = await scoreAgent(services.queries, agent, now);
      return {
        agentId: agent.id,
        agentName: agent.name,
        overall: agent.trustScore,
        factors,
        weights: trustWeights,
        contributions,
        confidence,
        calculatedAt: timeView(now),
      };
    },
  }),
  ...['/api/v1/agents/:id/trust-score/recalculate', '/api/v1/trust-score/calculate/:id'].map((path) =>
    route(`POST ${path}`, {
      summary: 'Computes the trust score again',
      access: { user: 'manager' },
      run: async (call) => {
        const person = personOf(call);
        return call.services.changes.run(async (change) => {
          const before = await agentById(change.queries, person.organizationId, call.params['id'] ?? '');
          const { factors } = await scoreAgent(change.queries, before, change.now);
          const agent = await rescore(change, before, 'recalculated', person.id);
          await tellUpdated(change, actorOf(person, call.origin), agent, 'recalculate-trust', { score: agent.trustScore });
          return { agentId: agent.id, score: agent.trustScore, factors, calculatedAt: timeView(change.now) };
        });
      },
    }),
  ),
  route('PUT /api/v1/agents/:id/trust-score', {
    summary: 'Sets the trust score by hand; above 1 it is read as a percentage',
    access: { user: 'admin' },
    body: scoreChange,
    run: async (call) => {
      const person = personOf(call);
      const score = call.body.score > 1 ? call.body.score / 100 : call.body.score;
      return call.services.changes.run(async (change) => {
        const before = await agentById(change.queries, person.organizationId, call.params['id'] ?? '');
        const agent = await setScore(change, before, score, {}, call.body.reason ?? 'set by hand', person.id);
        await tellUpdated(change, actorOf(person, call.origin), agent, 'set-trust', {
          score,
          reason: call.body.reason ?? null,
        });
        return {
          success: true,
          agentId: agent.id,
          agentName: agent.name,
          trustScore: score,
          updatedAt: timeView(change.now),
          message: 'Trust score updated',
        };
      });
    },
  }),
  route('POST /api/v1/trust-score/agents/:id/feedback', {
    summary: 'Says how far a person trusts an agent, one to five; the latest word of each person counts',
    access: { user: 'viewer' },
    body: feedback,
    run: async (call) => {
      const person = personOf(call);
      const { rating, comment = null } = call.body;
      return call.services.changes.run(async (change) => {
        const before = await agentById(change.queries, person.organizationId, call.params['id'] ?? '');
        await giveFeedback(change, before, person, { rating, comment });
        const agent = before.scoreIsSet === 1 ? before : await rescore(change, before, 'feedback', person.id);
        await tellUpdated(change, actorOf(person, call.origin), agent, 'give-feedback', { rating, comment });
        const { factors } = await scoreAgent(change.queries, agent, change.now);
        return created({
          success: true,
          agentId: agent.id,
          rating,
          comment,
          trustScore: agent.trustScore,
          userFeedback: factors.userFeedback,
          message: 'Feedback recorded',
        });
      });
    },
  }),
];

async function trustOf({ services, principal, params, now }: Call<unknown, unknown>) {
  const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
  const { factors } = await scoreAgent(services.queries, agent, now);
  const last = await services.queries
    .selectFrom('trustHistory')
    .select('at')
    .where('agentId', '=', agent.id)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return {
    agentId: agent.id,
    agentName: agent.name,
    score: agent.trustScore,
    factors,
    calculatedAt: timeView(last?.at ?? agent.updatedAt),
  };
}
