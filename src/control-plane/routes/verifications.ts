// An agent asks, waits for the answer, and reports what came of it (wire-agents §4).

import { pollMessage } from '../../crypto/agent-request.ts';
import { verifySignatureAsync } from '../../crypto/ed25519.ts';
import { executionReport, pollQuery, resultReport } from '../../wire/requests/verification.ts';
import { acceptsKey } from '../auth/agent-signature.ts';
import type { GrantTable, VerificationTable } from '../database/tables/verifications.ts';
import { notFound, unauthenticated } from '../refusal.ts';
import { Answer, type Call, type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { ask } from '../verification/ask.ts';
import { readActionRequest } from '../verification/read-request.ts';
import { timeView } from '../views/time.ts';
import { answerView, eventView } from '../views/verification.ts';

const POLL_WINDOW_SECONDS = 300;
const SEEN_EVERY = 10_000;

export const verificationRoutes: Route[] = [
  ...['/api/v1/sdk-api/verifications', '/api/v1/verifications'].map((path) =>
    route(`POST ${path}`, {
      summary: 'May this agent do this? The body is signed by the agent',
      // The body carries its own proof: the signature of the agent that it names.
      access: { anyone: true },
      run: async ({ services, text, origin }) => {
        const { row, grant, refused } = await ask(services, readActionRequest(text), { ip: origin.ip });
        services.metrics.verified(row.status);
        const answer = answerView(row, grant);
        if (refused) return new Answer(403, { ...answer, error: row.denialReason, reasonCode: 'agentStatusDenied' });
        return new Answer(201, answer);
      },
    }),
  ),
  route('GET /api/v1/sdk-api/verifications/:id', {
    summary: 'How a verification stands; with `wait`, answers when that changes',
    access: { anyone: true },
    query: pollQuery,
    run: async (call) => {
      const { services, params, query, signal } = call;
      const id = params['id'] ?? '';
      const agentId = await pollingAgent(call, id);
      let row = await seen(services, await find(services, id, agentId));
      const until = services.clock() + (query.wait ?? 0) * 1000;
      while (row.status === 'pending' && services.clock() < until && !signal.aborted && !services.isStopping()) {
        // The look after the subscription closes the gap in which a decision could slip through.
        const changed = services.hub.changeOf(id, Math.min(until - services.clock(), SEEN_EVERY), signal);
        row = await find(services, id, agentId);
        if (row.status !== 'pending') services.hub.touch(id);
        await changed;
        row = await seen(services, await find(services, id, agentId));
      }
      return asItHolds(services, row, await grantOf(services, row));
    },
  }),
  route('GET /api/v1/verifications/:id', {
    summary: 'How a verification stands, for people',
    access: { user: 'viewer' },
    run: async ({ services, params, principal }) => {
      const row = await services.queries
        .selectFrom('verifications')
        .selectAll()
        .where('id', '=', params['id'] ?? '')
        .where('organizationId', '=', principal.organizationId)
        .executeTakeFirst();
      if (row === undefined) throw notFound();
      return {
        ...answerView(row, await grantOf(services, row)),
        // The agent's side shows it; a reviewer who could read it here would prove nothing by typing it.
        matchingCode: undefined,
        status: row.status,
        agentId: row.agentId,
        agentName: row.agentName,
        capability: row.capability,
        resource: row.resource,
      };
    },
  }),
  route('POST /api/v1/sdk-api/verifications/:id/result', {
    summary: 'An agent reports how its action went; the decision stays what it was',
    access: { anyone: true },
    body: resultReport,
    run: async (call) => {
      const { body } = call;
      const outcome = body.result ?? (body.success === false ? 'failure' : 'success');
      const row = await report(call, {
        outcome,
        outcomeSummary: (body.resultSummary ?? body.errorMessage ?? body.reason ?? '').slice(0, 4000) || null,
      });
      return { id: row.id, status: 'result_recorded', result: outcome };
    },
  }),
  route('POST /api/v1/sdk-api/verifications/:id/execution-status', {
    summary: 'An agent reports whether it executed',
    access: { anyone: true },
    body: executionReport,
    run: async (call) => {
      const { body, now } = call;
      const stated = Date.parse(body.executedAt ?? '');
      const executedAt = Number.isNaN(stated) ? now : stated;
      const row = await report(call, {
        executed: body.executed ? 1 : 0,
        executedAt,
        executionError: body.executionError?.slice(0, 4000) ?? null,
      });
      return {
        id: row.id,
        status: 'execution_status_recorded',
        executed: body.executed,
        strictMode: row.mode === 'strict',
        executedAt: timeView(executedAt),
      };
    },
  }),
];

/**
 * The agent that polls, where the request says so. Unsigned polls (SDKs up to 1.21) are let through: the id has 74 random
 * bits, only its asker knows it, and the answer tells nothing but the decision.
 */
async function pollingAgent({ services, headers, principal, now }: Call<unknown, unknown>, id: string): Promise<string | null> {
  const agentId = headers['x-aim-agent-id'];
  if (agentId === undefined) return principal?.kind === 'agent' ? principal.id : null;
  const timestamp = headers['x-aim-timestamp'] ?? '';
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now / 1000 - Number(timestamp)) > POLL_WINDOW_SECONDS) {
    throw unauthenticated('timestampOutsideWindow', 'Request timestamp expired or invalid');
  }
  const agent = await services.queries.selectFrom('agents').selectAll().where('id', '=', agentId).executeTakeFirst();
  const keys =
    agent === undefined ? [] : [agent.publicKey, agent.previousPublicKey ?? ''].filter((key) => acceptsKey(agent, key, now));
  for (const key of keys) {
    if (await verifySignatureAsync(pollMessage(id, agentId, timestamp), headers['x-aim-signature'] ?? '', key)) return agentId;
  }
  throw unauthenticated('signatureInvalid', 'invalid Ed25519 signature');
}

// So that a reviewer can tell whether anybody still waits. Not at every poll: it costs a write.
async function seen(services: Services, row: VerificationTable): Promise<VerificationTable> {
  const now = services.clock();
  if (row.status !== 'pending' || now - (row.lastPolledAt ?? row.requestedAt) < SEEN_EVERY / 2) return row;
  // The answer does not wait for it, and does not fail with it.
  await services.queries
    .updateTable('verifications')
    .set({ lastPolledAt: now })
    .where('id', '=', row.id)
    .execute()
    .catch(() => undefined);
  return { ...row, lastPolledAt: now };
}

async function find(services: Services, id: string, agentId: string | null): Promise<VerificationTable> {
  const row = await services.queries.selectFrom('verifications').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined || (agentId !== null && row.agentId !== agentId)) throw notFound('Verification not found');
  return row;
}

// An approval that was taken back is no approval to whoever asks after that; nor is one that was given for less, or for later.
async function asItHolds(services: Services, row: VerificationTable, grant: GrantTable | null) {
  const answer = answerView(row, grant);
  if (row.status !== 'approved') return answer;
  const reason = await whyNoLonger(services, row, grant);
  return reason === null ? answer : { ...answer, status: 'denied', denialReason: reason, denial_reason: reason };
}

async function whyNoLonger(services: Services, row: VerificationTable, grant: GrantTable | null): Promise<string | null> {
  const agent = await services.queries
    .selectFrom('agents')
    .select(['status', 'isCompromised'])
    .where('id', '=', row.agentId)
    .executeTakeFirst();
  if (agent === undefined || agent.isCompromised === 1 || agent.status === 'suspended' || agent.status === 'revoked') {
    return `Agent status is ${agent?.status ?? 'unknown'}, cannot perform actions`;
  }
  // A permission from an earlier approval may be wider than this action; only its own can be narrower.
  if (grant === null || grant.verificationId !== row.id) return null;
  if (grant.revokedAt !== null) return 'The permission was revoked';
  if (grant.resource !== row.resource) return `Approved for ${grant.resource ?? 'nothing named'} only: ask again for that`;
  return grant.startsAt > services.clock() ? `Approved from ${timeView(grant.startsAt)} on: ask again then` : null;
}

async function grantOf(services: Services, row: VerificationTable): Promise<GrantTable | null> {
  if (row.grantId === null) return null;
  return (await services.queries.selectFrom('grants').selectAll().where('id', '=', row.grantId).executeTakeFirst()) ?? null;
}

async function report(call: Call<unknown, unknown>, set: Partial<VerificationTable>): Promise<VerificationTable> {
  const { services, params, principal } = call;
  const before = await find(services, params['id'] ?? '', await pollingAgent(call, params['id'] ?? ''));
  if (principal !== null && principal.organizationId !== before.organizationId) throw notFound('Verification not found');
  return services.changes.record(async (change) => {
    await change.queries.updateTable('verifications').set(set).where('id', '=', before.id).execute();
    const row = { ...before, ...set };
    change.publish({
      organizationId: row.organizationId,
      type: 'verification',
      change: 'updated',
      agentId: row.agentId,
      subject: eventView(row),
    });
    return row;
  });
}
