// API keys: for programs that register agents or act for one. Shown once, kept as a hash (wire-auth §2.8).

import { randomBytes, randomUUID } from 'node:crypto';
import { newApiKey } from '../../wire/requests/sign-in.ts';
import { admits } from '../../wire/session.ts';
import { KEY_PREFIX, keyHash } from '../auth/authenticate.ts';
import { actorOf } from '../auth/principal.ts';
import type { ApiKeyTable } from '../database/tables/people.ts';
import { invalid, notFound } from '../refusal.ts';
import { created, personOf, type Route, route } from '../route.ts';
import { agentById, mustNotBeRevoked } from '../store/agents.ts';
import { MOST, mustHaveRoom } from '../store/room.ts';
import { timeView } from '../views/time.ts';

const LIFETIME = 90 * 24 * 60 * 60 * 1000;

export const apiKeyRoutes: Route[] = [
  route('GET /api/v1/api-keys', {
    summary: 'Lists API keys; never the keys themselves',
    access: { user: 'viewer' },
    run: async ({ services, principal }) => {
      const rows = await services.queries
        .selectFrom('apiKeys')
        .leftJoin('agents', 'agents.id', 'apiKeys.agentId')
        .selectAll('apiKeys')
        .select('agents.name as agentName')
        .where('apiKeys.organizationId', '=', principal.organizationId)
        .orderBy('apiKeys.createdAt', 'desc')
        .limit(1000)
        .execute();
      return { apiKeys: rows.map(view), total: rows.length };
    },
  }),
  route('POST /api/v1/api-keys', {
    summary: 'Makes an API key, for one agent or for its maker',
    access: { user: 'member' },
    body: newApiKey,
    run: async (call) => {
      const person = personOf(call);
      const { name, agentId, expiresAt } = call.body;
      if (expiresAt && Date.parse(expiresAt) <= call.now) throw invalid('expiresAt: lies in the past', 'expiresAt');
      const key = `${KEY_PREFIX}${Buffer.from(randomBytes(32)).toString('base64').replaceAll('+', '-').replaceAll('/', '_')}`;
      return call.services.changes.run(async ({ queries, now, audit }) => {
        if (agentId) mustNotBeRevoked(await agentById(queries, person.organizationId, agentId));
        const own = queries.selectFrom('apiKeys').select('id').where('userId', '=', person.id).where('isActive', '=', 1);
        await mustHaveRoom(own, MOST.apiKeys, 'API keys of yours in use');
        const row: ApiKeyTable = {
          id: randomUUID(),
          organizationId: person.organizationId,
          userId: person.id,
          agentId: agentId || null,
          name,
          prefix: key.slice(0, 16),
          keyHash: keyHash(key),
          isActive: 1,
          expiresAt: expiresAt ? Date.parse(expiresAt) : now + LIFETIME,
          lastUsedAt: null,
          createdAt: now,
        };
        await queries.insertInto('apiKeys').values(row).execute();
        audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'create',
          resourceType: 'api_key',
          resourceId: row.id,
          agentId: row.agentId,
          metadata: { name, prefix: row.prefix },
        });
        return created({ ...view(row), apiKey: key, api_key: key });
      });
    },
  }),
  route('PATCH /api/v1/api-keys/:id/disable', {
    summary: 'Disables an API key',
    access: { user: 'member' },
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async ({ queries, audit }) => {
        const row = await ownKey(queries, person, call.params['id'] ?? '');
        await queries.updateTable('apiKeys').set({ isActive: 0 }).where('id', '=', row.id).execute();
        audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'disable',
          resourceType: 'api_key',
          resourceId: row.id,
          metadata: { name: row.name },
        });
        return { success: true, message: 'API key disabled', ...view({ ...row, isActive: 0 }) };
      });
    },
  }),
  route('DELETE /api/v1/api-keys/:id', {
    summary: 'Deletes a disabled API key',
    access: { user: 'member' },
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async ({ queries, audit }) => {
        const row = await ownKey(queries, person, call.params['id'] ?? '');
        if (row.isActive === 1) throw invalid('Disable the API key before deleting it');
        await queries.deleteFrom('apiKeys').where('id', '=', row.id).execute();
        audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'delete',
          resourceType: 'api_key',
          resourceId: row.id,
          metadata: { name: row.name },
        });
        return { success: true, message: 'API key deleted' };
      });
    },
  }),
];

type Queries = Parameters<typeof agentById>[0];

/** A member reaches the own keys, a manager all of the organisation. */
async function ownKey(queries: Queries, person: ReturnType<typeof personOf>, id: string): Promise<ApiKeyTable> {
  const row = await queries
    .selectFrom('apiKeys')
    .selectAll()
    .where('id', '=', id)
    .where('organizationId', '=', person.organizationId)
    .executeTakeFirst();
  if (row === undefined || (row.userId !== person.id && !admits(person.role, 'manager'))) throw notFound();
  return row;
}

const view = (row: ApiKeyTable & { agentName?: string | null }) => ({
  id: row.id,
  organizationId: row.organizationId,
  name: row.name,
  agentId: row.agentId,
  agentName: row.agentName ?? null,
  userId: row.userId,
  createdBy: row.userId,
  prefix: row.prefix,
  isActive: row.isActive === 1,
  expiresAt: timeView(row.expiresAt),
  lastUsedAt: timeView(row.lastUsedAt),
  createdAt: timeView(row.createdAt),
});
