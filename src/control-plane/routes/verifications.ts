// An agent asks, waits for the answer, and reports what came of it (wire-agents §4).

import { pollMessage } from '../../crypto/agent-request.ts';
import { verifySignatureAsync } from '../../crypto/ed25519.ts';
import { executionReport, pollQuery, resultReport } from '../../wire/requests/verification.ts';
import { acceptsKey } from '../auth/agent-signature.ts';
import { mustBeHybrid } from '../auth/post-quantum-keys.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { HANDLED } from '../handled.ts';
import { notFound, unauthenticated } from '../refusal.ts';
import { Answer, type Call, type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { serveDecision } from '../stream/serve-decision.ts';
import { answerAsItHolds, standingOf } from '../verification/as-it-holds.ts';
import { ask } from '../verification/ask.ts';
import { proofOf } from '../verification/proof-of.ts';
import { readActionRequest } from '../verification/read-request.ts';
import { recordReport } from '../verification/report.ts';
import { toTell } from '../verification/told.ts';
import { timeView } from '../views/time.ts';

const POLL_WINDOW_SECONDS = 300;
const SEEN_EVERY = 10_000;

export const verificationRoutes: Route[] = [
  ...['/api/v1/sdk-api/verifications', '/api/v1/verifications'].map((path) =>
    route(`POST ${path}`, {
      summary: 'May this agent do this? The body is signed by the agent',
      // The body carries its own proof: the signature of the agent that it names.
      access: { anyone: true },
      isOften: true,
      run: async ({ services, text, origin, principal }) => {
        const asked = readActionRequest(text);
        const { row, standing, refused, isNew } = await ask(services, asked, { ip: origin.ip, principal });
        if (isNew) services.metrics.verified(row.status);
        const proof = standing.lapsed === null ? await proofOf(services.queries, row) : {};
        const answer = { ...answerAsItHolds(row, standing), ...proof };
        if (refused) return new Answer(403, { ...answer, error: row.denialReason, reasonCode: 'agentStatusDenied' });
        return new Answer(201, answer);
      },
    }),
  ),
  route('GET /api/v1/sdk-api/verifications/:id', {
    summary: 'How a verification stands; with `wait`, answers when that changes; as `text/event-stream`, until it is decided',
    access: { anyone: true },
    query: pollQuery,
    run: async (call) => {
      const { services, params, query, signal, headers, reply } = call;
      const id = params['id'] ?? '';
      const poller = await pollingAgent(call, id);
      const until = services.clock() + (query.wait ?? 0) * 1000;
      const isOver = (): boolean => signal.aborted || services.isStopping();
      // The look after the subscription closes the gap in which a decision could slip through.
      const changeOf = async (atMost: number): Promise<VerificationTable> => {
        const changed = services.hub.changeOf(id, atMost, signal);
        const row = await find(services, id, poller);
        if (row.status !== 'pending') services.hub.touch(id);
        await changed;
        return seen(services, await find(services, id, poller));
      };
      const told = async (row: VerificationTable) => {
        const now = await toTell(services, row);
        const held = answerAsItHolds(now, await standingOf({ queries: services.queries, now: services.clock() }, now));
        const answer = { ...held, ...(await proofOf(services.queries, now)) };
        // Whoever knows the id may ask, and reviewers know it: the code is only for the agent, which signs what it asks.
        return poller.signed ? answer : { ...answer, matchingCode: undefined };
      };
      let row = await seen(services, await find(services, id, poller));
      if (row.status === 'pending' && poller.signed && asksForStream(headers['accept'])) {
        reply.hijack();
        const waited = {
          next: () => changeOf(SEEN_EVERY),
          isOver,
          told: async (at: VerificationTable) => {
            const answer = await told(at);
            return { text: JSON.stringify(answer), isPending: answer.status === 'pending' };
          },
        };
        await serveDecision(row, waited, reply.raw).catch(() => reply.raw.destroy());
        return HANDLED;
      }
      while (row.status === 'pending' && services.clock() < until && !isOver())
        row = await changeOf(Math.min(until - services.clock(), SEEN_EVERY));
      return told(row);
    },
  }),
  route('GET /api/v1/verifications/:id', {
    summary: 'How a verification stands, for people',
    access: { user: 'viewer' },
    run: async ({ services, params, principal, now }) => {
      const row = await services.queries
        .selectFrom('verifications')
        .selectAll()
        .where('id', '=', params['id'] ?? '')
        .where('organizationId', '=', principal.organizationId)
        .executeTakeFirst();
      if (row === undefined) throw notFound();
      const standing = await standingOf({ queries: services.queries, now }, row);
      return {
        ...answerAsItHolds(row, standing),
        lapsed: standing.lapsed,
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
      const row = await recordReport(
        call.services,
        await reportable(call),
        {
          outcome,
          outcomeSummary: (body.resultSummary ?? body.errorMessage ?? body.reason ?? '').slice(0, 4000) || null,
        },
        from(call),
      );
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
      const row = await recordReport(
        call.services,
        await reportable(call),
        {
          executed: body.executed ? 1 : 0,
          executedAt,
          executionError: body.executionError?.slice(0, 4000) ?? null,
        },
        from(call),
      );
      return {
        id: row.id,
        status: 'execution_status_recorded',
        executed: row.executed === 1,
        strictMode: row.mode === 'strict',
        executedAt: timeView(row.executedAt),
      };
    },
  }),
];

const asksForStream = (accept = ''): boolean => /^\s*text\/event-stream\b/i.test(accept);
const from = ({ origin }: Call<unknown, unknown>) => ({ ipAddress: origin.ip, userAgent: origin.userAgent });

/**
 * The agent that polls, where the request says so. Unsigned polls (SDKs up to 1.21) are let through: the id has 74 random
 * bits, only its asker knows it, and the answer tells nothing but the decision.
 */
async function pollingAgent({ services, headers, principal, now }: Call<unknown, unknown>, id: string): Promise<Poller> {
  const agentId = headers['x-aim-agent-id'];
  if (agentId === undefined) {
    const own = principal?.kind === 'agent' ? principal.id : principal?.kind === 'key' ? principal.agentId : null;
    return { agentId: own, organizationId: principal?.organizationId ?? null, signed: principal?.kind === 'agent' };
  }
  const timestamp = headers['x-aim-timestamp'] ?? '';
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now / 1000 - Number(timestamp)) > POLL_WINDOW_SECONDS) {
    throw unauthenticated('timestampOutsideWindow', 'Request timestamp expired or invalid');
  }
  const agent = await services.queries.selectFrom('agents').selectAll().where('id', '=', agentId).executeTakeFirst();
  const keys =
    agent === undefined ? [] : [agent.publicKey, agent.previousPublicKey ?? ''].filter((key) => acceptsKey(agent, key, now));
  for (const key of keys) {
    if (!(await verifySignatureAsync(pollMessage(id, agentId, timestamp), headers['x-aim-signature'] ?? '', key))) continue;
    if (agent !== undefined) mustBeHybrid(agent, principal);
    return { agentId, organizationId: agent?.organizationId ?? null, signed: true };
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

/** What is known of whoever polls: nothing, where the poll is unsigned. */
type Poller = { agentId: string | null; organizationId: string | null; signed: boolean };

async function find(services: Services, id: string, { agentId, organizationId }: Poller): Promise<VerificationTable> {
  const row = await services.queries.selectFrom('verifications').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined || (agentId ?? row.agentId) !== row.agentId) throw notFound('Verification not found');
  if ((organizationId ?? row.organizationId) !== row.organizationId) throw notFound('Verification not found');
  return row;
}

/** The id of a verification that the caller may report on. */
async function reportable(call: Call<unknown, unknown>): Promise<string> {
  const id = call.params['id'] ?? '';
  return (await find(call.services, id, await pollingAgent(call, id))).id;
}
