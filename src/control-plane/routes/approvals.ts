// What waits for a person: the queue, one request, approve, deny, comment, escalate, and the permissions that came of it (wire-agents §5).

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parseExact, toPlain } from '../../crypto/exact-json.ts';
import { reasonOnly } from '../../wire/requests/agents.ts';
import { approval, approvalQuery, assignment, denial, newComment } from '../../wire/requests/verification.ts';
import { admits } from '../../wire/session.ts';
import { actorOf, type UserPrincipal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { whoIsOnCall } from '../on-call.ts';
import { conflict, forbidden, notFound } from '../refusal.ts';
import { type Call, personOf, type Route, route } from '../route.ts';
import type { Requirement } from '../rules/quorum.ts';
import { couldReview } from '../rules/reviewers.ts';
import { listApprovals } from '../store/approval-list.ts';
import { once } from '../store/idempotency.ts';
import { assign, nudge } from '../verification/attention.ts';
import { partsAt, partsOf, partsOfAll } from '../verification/parts.ts';
import { review } from '../verification/review.ts';
import { undo } from '../verification/undo.ts';
import { approvalView, grantView } from '../views/verification.ts';

export const approvalRoutes: Route[] = [
  route('GET /api/v1/admin/verifications/pending', {
    summary: 'Lists requests that wait, oldest first; with `status` also decided ones',
    access: { user: 'member' },
    query: approvalQuery,
    run: async (call) => {
      const person = reviewerOf(call);
      // Who reviews by group sees what needs that group, and nothing else.
      const groups = admits(person.role, 'admin') ? null : person.groups;
      const {
        rows: found,
        total,
        statusCounts,
      } = await listApprovals(call.services.queries, person.organizationId, {
        ...call.query,
        groups,
      });
      const rows = found.filter((row) => couldReview(person, groupsOf(row)));
      const parts = await partsOfAll(call.services.queries, rows, person);
      const { page, pageSize } = call.query;
      return {
        verifications: rows.map((row, index) => approvalView(row, parts[index] as (typeof parts)[number])),
        pagination: { page, pageSize, total, totalPages: Math.max(1, Math.ceil(total / pageSize)) },
        statusCounts,
      };
    },
  }),
  route('GET /api/v1/admin/verifications/:id', {
    summary: 'One request in any state, with what the agent signed',
    access: { user: 'member' },
    run: async (call) => {
      const person = reviewerOf(call);
      const { queries } = call.services;
      const row = await find(queries, person, call.params['id'] ?? '');
      // Asked beside the database, which nobody waits for meanwhile.
      const ticket = await call.services.tickets.of(toPlain(parseExact(row.context)) as Record<string, unknown>);
      return approvalView(row, { ...(await partsAt({ queries, now: call.now }, row, person)), ticket });
    },
  }),
  ...(['approve', 'deny'] as const).map((decision) =>
    route(`POST /api/v1/admin/verifications/:id/${decision}`, {
      summary: decision === 'approve' ? 'Approves a request' : 'Denies a request; the agent is told the reason',
      access: { user: 'member' },
      body: decision === 'approve' ? approval : denial,
      run: (call) =>
        call.services.changes.run((change) =>
          once(call, change, () =>
            review(change, {
              id: call.params['id'] ?? '',
              decision,
              body: call.body,
              person: reviewerOf(call),
              origin: call.origin,
            }),
          ),
        ),
    }),
  ),
  route('POST /api/v1/admin/verifications/:id/undo', {
    summary: 'Takes the own decision back, for ten seconds and while nothing has come of it',
    access: { user: 'member' },
    run: (call) =>
      call.services.changes.run((change) =>
        once(call, change, () => undo(change, { id: call.params['id'] ?? '', person: reviewerOf(call), origin: call.origin })),
      ),
  }),
  route('POST /api/v1/admin/verifications/:id/comments', {
    summary: 'Adds a comment for the other reviewers',
    access: { user: 'member' },
    body: newComment,
    run: (call) =>
      inRequest(call, async (change, row, actor) => {
        const person = personOf(call);
        await change.queries
          .insertInto('comments')
          .values({
            id: randomUUID(),
            organizationId: row.organizationId,
            verificationId: row.id,
            userId: person.id,
            userEmail: person.email,
            text: call.body.text,
            at: change.now,
          })
          .execute();
        change.audit(actor, {
          organizationId: row.organizationId,
          action: 'comment',
          resourceType: 'verification',
          resourceId: row.id,
          agentId: row.agentId,
          agentName: row.agentName,
          metadata: { text: call.body.text },
        });
        return row;
      }),
  }),
  route('POST /api/v1/admin/verifications/:id/escalate', {
    summary: 'Asks for more eyes: every reviewer is alerted, and it waits at the head of the queue',
    access: { user: 'member' },
    body: reasonOnly,
    run: (call) =>
      inRequest(call, async (change, row, actor) => {
        if (row.status !== 'pending')
          throw conflict('alreadyDecided', `The request was already ${row.status}.`, {
            current: approvalView(row, await partsOf(change.queries, row, personOf(call))),
          });
        const set = { escalatedAt: row.escalatedAt ?? change.now, revision: row.revision + 1 };
        await change.queries.updateTable('verifications').set(set).where('id', '=', row.id).execute();
        change.audit(actor, {
          organizationId: row.organizationId,
          action: 'escalate',
          resourceType: 'verification',
          resourceId: row.id,
          agentId: row.agentId,
          agentName: row.agentName,
          metadata: { reason: call.body.reason ?? null },
        });
        return { ...row, ...set };
      }),
  }),
  route('POST /api/v1/admin/verifications/:id/nudge', {
    summary: 'Reminds those who could review it, once a minute at the most',
    access: { user: 'member' },
    body: reasonOnly,
    run: (call) => inRequest(call, (change, row, actor) => nudge(change, row, actor)),
  }),
  route('POST /api/v1/admin/verifications/:id/assign', {
    summary: 'Names who should look at it: an address, `on-call`, or null for everybody. It binds nobody',
    access: { user: 'member' },
    body: assignment,
    run: async (call) => {
      reviewerOf(call);
      // Asked before the change begins: a slow answer must not hold everybody else up.
      const to = call.body.to === 'on-call' ? await whoIsOnCall(call.services) : call.body.to;
      return inRequest(call, (change, row, actor) => assign(change, row, actor, to));
    },
  }),
  route('GET /api/v1/admin/grants', {
    summary: 'Lists permissions that approvals made, newest first',
    access: { user: 'viewer' },
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).catch(50),
      offset: z.coerce.number().int().min(0).catch(0),
      active: z.enum(['true', 'false']).optional().catch(undefined),
      agentId: z.string().optional(),
    }),
    run: async ({ services, principal, query, now }) => {
      let filtered = services.queries.selectFrom('grants').where('organizationId', '=', principal.organizationId);
      if (query.agentId !== undefined) filtered = filtered.where('agentId', '=', query.agentId);
      if (query.active === 'true') {
        filtered = filtered
          .where('revokedAt', 'is', null)
          .where('expiresAt', '>', now)
          .where((eb) => eb.or([eb('usesLeft', 'is', null), eb('usesLeft', '>', 0)]));
      }
      const rows = await filtered.selectAll().orderBy('createdAt', 'desc').limit(query.limit).offset(query.offset).execute();
      const { total } = await filtered.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      return { grants: rows.map(grantView), total: Number(total), limit: query.limit, offset: query.offset };
    },
  }),
  route('POST /api/v1/admin/grants/:id/revoke', {
    summary: 'Ends a permission at once',
    access: { user: 'manager' },
    body: reasonOnly,
    run: (call) => {
      const person = personOf(call);
      return call.services.changes.run(async (change) => {
        const { queries, now } = change;
        const row = await queries
          .selectFrom('grants')
          .selectAll()
          .where('id', '=', call.params['id'] ?? '')
          .where('organizationId', '=', person.organizationId)
          .executeTakeFirst();
        if (row === undefined) throw notFound();
        if (row.revokedAt !== null) return grantView(row);
        const set = { revokedAt: now, revokedBy: person.email };
        await queries.updateTable('grants').set(set).where('id', '=', row.id).execute();
        const revoked = { ...row, ...set };
        change.audit(actorOf(person, call.origin), {
          organizationId: row.organizationId,
          action: 'revoke',
          resourceType: 'grant',
          resourceId: row.id,
          agentId: row.agentId,
          agentName: row.agentName,
          metadata: { capability: row.capability, resource: row.resource, reason: call.body.reason ?? null },
        });
        change.publish({
          organizationId: row.organizationId,
          type: 'grant',
          change: 'revoked',
          agentId: row.agentId,
          subject: grantView(revoked),
        });
        return grantView(revoked);
      });
    },
  }),
];

async function find(
  queries: Change['queries'] | Call<unknown, unknown>['services']['queries'],
  person: UserPrincipal,
  id: string,
): Promise<VerificationTable> {
  const row = await queries
    .selectFrom('verifications')
    .selectAll()
    .where('id', '=', id)
    .where('organizationId', '=', person.organizationId)
    .executeTakeFirst();
  if (row === undefined || !couldReview(person, groupsOf(row))) throw notFound('Verification not found');
  return row;
}

const groupsOf = ({ requirement }: VerificationTable): string[] =>
  (JSON.parse(requirement ?? '{}') as Partial<Requirement>).groups ?? [];

/** An administrator, or somebody in a group that policies may name. Which request is theirs is asked per request. */
function reviewerOf(call: Pick<Call<unknown, unknown>, 'principal'>): UserPrincipal {
  const person = personOf(call);
  if (!admits(person.role, 'admin') && person.groups.length === 0)
    throw forbidden('notAReviewer', 'Administrators review requests, and members of the groups that a policy names');
  return person;
}

/** Changes something about a request that is not its decision, tells the stream, and answers the request as it now is. */
function inRequest(
  call: Call<unknown, unknown>,
  work: (change: Change, row: VerificationTable, actor: ReturnType<typeof actorOf>) => Promise<VerificationTable>,
) {
  const person = reviewerOf(call);
  return call.services.changes.run(async (change) =>
    once(call, change, async () => {
      const row = await work(change, await find(change.queries, person, call.params['id'] ?? ''), actorOf(person, call.origin));
      change.publish({
        organizationId: row.organizationId,
        type: 'approval',
        change: 'updated',
        agentId: row.agentId,
        subject: approvalView(row, await partsOf(change.queries, row, null)),
      });
      return approvalView(row, await partsOf(change.queries, row, person));
    }),
  );
}
