// Secrets that were sealed for an agent before they came here: kept, handed out on its signature, never readable by this server (wire-mcp-logs-a2a §8).

import { randomUUID } from 'node:crypto';
import { namespaceList, newNamespace, sealedCredential, secretAuditQuery } from '../../wire/requests/onboarding.ts';
import { admits } from '../../wire/session.ts';
import { actorOf, ownerOf, type Principal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { Queries } from '../database/open.ts';
import type { SecretNamespaceTable } from '../database/tables/onboarding.ts';
import { conflict, forbidden, invalid, notFound } from '../refusal.ts';
import { type Call, created, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { timeView } from '../views/time.ts';

const base = '/api/v1/secrets';
const owners = { user: 'member', key: 'any' } as const;

export const secretRoutes: Route[] = [
  route(`POST ${base}/namespaces`, {
    summary: 'Makes a place for a secret of an agent',
    access: owners,
    body: newNamespace,
    run: ({ services, principal, body, origin }) =>
      services.changes.record(async ({ queries, now, audit }) => {
        const { agentId, namespace, operations, urlPatterns } = body;
        await manageable(queries, principal, agentId);
        const row: SecretNamespaceTable = {
          id: randomUUID(),
          organizationId: principal.organizationId,
          agentId,
          namespace,
          operations: JSON.stringify(operations),
          urlPatterns: JSON.stringify(urlPatterns),
          encryptedBlob: null,
          encryptionAlgorithm: null,
          ephemeralPublicKey: null,
          sealedFor: null,
          version: 0,
          storedAt: null,
          createdBy: ownerOf(principal),
          createdAt: now,
          updatedAt: now,
        };
        const { numInsertedOrUpdatedRows } = await queries
          .insertInto('secretNamespaces')
          .values(row)
          .onConflict((existing) => existing.columns(['agentId', 'namespace']).doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows === 0n)
          throw conflict('namespaceExists', 'this agent has a secret of that name already; rotate it instead');
        audit(actorOf(principal, origin), about(row, 'create', { operations, urlPatterns }));
        return created(view(row));
      }),
  }),
  route(`GET ${base}/namespaces`, {
    summary: 'Lists the secrets of an agent, or of all that the caller answers for; never what is in them',
    access: owners,
    query: namespaceList,
    run: async ({ services: { queries }, principal, query }) => {
      let rows = queries
        .selectFrom('secretNamespaces')
        .innerJoin('agents', 'agents.id', 'secretNamespaces.agentId')
        .selectAll('secretNamespaces')
        .where('secretNamespaces.organizationId', '=', principal.organizationId);
      if (query.agentId) rows = rows.where('secretNamespaces.agentId', '=', query.agentId);
      if (!managesAll(principal)) rows = rows.where('agents.createdBy', '=', ownerOf(principal));
      if (principal.kind === 'key' && principal.agentId !== null) rows = rows.where('agents.id', '=', principal.agentId);
      const found = await rows.orderBy('secretNamespaces.createdAt').limit(1000).execute();
      return { namespaces: found.map(view), total: found.length };
    },
  }),
  route(`GET ${base}/namespaces/:id`, {
    summary: 'One of them',
    access: owners,
    run: async ({ services, principal, params }) => view(await namespaceById(services.queries, principal, params['id'] ?? '')),
  }),
  route(`DELETE ${base}/namespaces/:id`, {
    summary: 'Deletes a secret of an agent',
    access: owners,
    run: ({ services, principal, params, origin }) =>
      services.changes.record(async ({ queries, audit }) => {
        const row = await namespaceById(queries, principal, params['id'] ?? '');
        await queries.deleteFrom('secretNamespaces').where('id', '=', row.id).execute();
        audit(actorOf(principal, origin), about(row, 'delete'));
        return { success: true, message: 'Secret deleted' };
      }),
  }),
  route(`POST ${base}/namespaces/:id/credentials`, {
    summary: 'Puts a sealed credential in, where none is yet',
    access: owners,
    body: sealedCredential,
    run: async (call) => created(await put(call, 'store')),
  }),
  route(`POST ${base}/namespaces/:id/rotate`, {
    summary: 'Puts a sealed credential in the place of the one that is there',
    access: owners,
    body: sealedCredential,
    run: (call) => put(call, 'rotate'),
  }),
  route(`GET ${base}/audit`, {
    summary: 'What was done with the secrets of an agent, newest first',
    access: owners,
    query: secretAuditQuery,
    run: async ({ services: { queries }, principal, query }) => {
      const { agentId, since, limit, offset } = query;
      await manageable(queries, principal, agentId);
      let rows = queries
        .selectFrom('auditEntries')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .where('agentId', '=', agentId)
        .where('resourceType', '=', 'secret');
      if (since) rows = rows.where('at', '>=', Date.parse(since));
      const found = await rows.orderBy('sequence', 'desc').limit(limit).offset(offset).execute();
      const entries = found.map(({ id, action, resourceId, userId, userName, ipAddress, metadata, at }) => ({
        id,
        agentId,
        namespaceId: resourceId,
        action,
        userId,
        userName,
        ipAddress,
        timestamp: timeView(at),
        ...(JSON.parse(metadata) as object),
      }));
      return { entries, limit, offset };
    },
  }),
];

async function put(call: Call<ReturnType<typeof sealedCredential.parse>, unknown>, action: 'store' | 'rotate') {
  const { services, principal, params, body, origin } = call;
  if (Buffer.from(body.ephemeralPublicKey, 'base64').length !== 32)
    throw invalid('ephemeralPublicKey: must be base64 of 32 bytes', 'ephemeralPublicKey');
  return services.changes.record(async ({ queries, now, audit }) => {
    const row = await namespaceById(queries, principal, params['id'] ?? '');
    if (action === 'store' && row.encryptedBlob !== null)
      throw conflict('credentialExists', 'a credential is stored already; rotate it instead');
    const { publicKey } = await agentById(queries, row.organizationId, row.agentId);
    const set = { ...body, sealedFor: publicKey, version: row.version + 1, storedAt: now, updatedAt: now };
    await queries.updateTable('secretNamespaces').set(set).where('id', '=', row.id).execute();
    audit(actorOf(principal, origin), about(row, action, { version: set.version }));
    return { success: true, ...view({ ...row, ...set }) };
  });
}

const managesAll = (principal: Principal): boolean => principal.kind === 'user' && admits(principal.role, 'manager');

/** @throws Refusal 404 where there is no such agent, 403 where somebody else answers for it. */
async function manageable(queries: Queries | Change['queries'], principal: Principal, agentId: string): Promise<void> {
  const agent = await agentById(queries, principal.organizationId, agentId);
  const isOther = principal.kind === 'key' && principal.agentId !== null && principal.agentId !== agent.id;
  if (isOther || (!managesAll(principal) && agent.createdBy !== ownerOf(principal)))
    throw forbidden('notTheOwner', 'Only whoever answers for the agent, or a manager, reaches its secrets');
}

async function namespaceById(
  queries: Queries | Change['queries'],
  principal: Principal,
  id: string,
): Promise<SecretNamespaceTable> {
  const row = await queries
    .selectFrom('secretNamespaces')
    .selectAll()
    .where('id', '=', id)
    .where('organizationId', '=', principal.organizationId)
    .executeTakeFirst();
  if (row === undefined) throw notFound();
  await manageable(queries, principal, row.agentId);
  return row;
}

export const about = (row: SecretNamespaceTable, action: string, metadata: Record<string, unknown> = {}) => ({
  organizationId: row.organizationId,
  action,
  resourceType: 'secret',
  resourceId: row.id,
  agentId: row.agentId,
  metadata: { namespace: row.namespace, ...metadata },
});

const view = (row: SecretNamespaceTable) => ({
  id: row.id,
  organizationId: row.organizationId,
  agentId: row.agentId,
  namespace: row.namespace,
  operations: JSON.parse(row.operations) as string[],
  urlPatterns: JSON.parse(row.urlPatterns) as string[],
  hasCredential: row.encryptedBlob !== null,
  encryptionAlgorithm: row.encryptionAlgorithm,
  version: row.version,
  storedAt: timeView(row.storedAt),
  createdBy: row.createdBy,
  createdAt: timeView(row.createdAt),
  updatedAt: timeView(row.updatedAt),
});
