// The sign-ins of a person: where they are signed in, and ending one or all of them (wire-auth §2.8). Each is a family of tokens.

import { reasonOnly } from '../../wire/requests/agents.ts';
import { actorOf } from '../auth/principal.ts';
import { endSession } from '../auth/sessions.ts';
import type { SessionTable } from '../database/tables/people.ts';
import { notFound } from '../refusal.ts';
import { type Call, personOf, type Route, route } from '../route.ts';
import { timeView } from '../views/time.ts';

export const sdkTokenRoutes: Route[] = [
  route('GET /api/v1/users/me/sdk-tokens', {
    summary: 'Where the caller is signed in',
    access: { user: 'viewer' },
    run: async (call) => {
      const person = personOf(call);
      const rows = await standing(call).selectAll().orderBy('startedAt', 'desc').limit(500).execute();
      return { tokens: rows.map((row) => view(row, person.sessionId)), total: rows.length };
    },
  }),
  route('GET /api/v1/users/me/sdk-tokens/count', {
    summary: 'How often the caller is signed in',
    access: { user: 'viewer' },
    run: async (call) => {
      const { total } = await standing(call)
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      return { activeCount: Number(total), active_count: Number(total) };
    },
  }),
  route('POST /api/v1/users/me/sdk-tokens/:id/revoke', {
    summary: 'Ends one sign-in of the caller',
    access: { user: 'viewer' },
    body: reasonOnly,
    run: async (call) => {
      const row = await standing(call)
        .selectAll()
        .where('id', '=', call.params['id'] ?? '')
        .executeTakeFirst();
      if (row === undefined) throw notFound();
      await end(call, [row.id]);
      return { success: true, message: 'Token revoked successfully' };
    },
  }),
  route('POST /api/v1/users/me/sdk-tokens/revoke-all', {
    summary: 'Ends every sign-in of the caller but this one',
    access: { user: 'viewer' },
    body: reasonOnly,
    run: async (call) => {
      const { sessionId } = personOf(call);
      const rows = await standing(call).select('id').where('id', '!=', sessionId).execute();
      await end(
        call,
        rows.map(({ id }) => id),
      );
      return { success: true, message: 'All SDK tokens revoked successfully', revoked: rows.length };
    },
  }),
];

function standing(call: Call<unknown, unknown>) {
  const person = personOf(call);
  return call.services.queries
    .selectFrom('sessions')
    .where('organizationId', '=', person.organizationId)
    .where('userId', '=', person.id)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', call.now);
}

async function end(call: Call<unknown, unknown>, ids: readonly string[]): Promise<void> {
  const person = personOf(call);
  await call.services.changes.record(async (change) => {
    for (const id of ids) {
      if (!(await endSession(change, id, 'revoked by its person'))) continue;
      change.audit(actorOf(person, call.origin), {
        organizationId: person.organizationId,
        action: 'revoke',
        resourceType: 'session',
        resourceId: id,
      });
    }
  });
}

const view = (row: SessionTable, current: string) => ({
  id: row.id,
  userId: row.userId,
  organizationId: row.organizationId,
  tokenId: row.currentTokenId,
  deviceName: row.userAgent ?? 'unknown program',
  userAgent: row.userAgent,
  isCurrent: row.id === current,
  createdAt: timeView(row.startedAt),
  lastUsedAt: timeView(row.lastUsedAt),
  expiresAt: timeView(row.expiresAt),
});
