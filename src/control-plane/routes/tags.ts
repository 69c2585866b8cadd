// Tags, and which agents carry them (wire-agents §3.5).

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { newTag, tagChange, tagIds } from '../../wire/requests/agents.ts';
import { readers } from '../access.ts';
import { actorOf } from '../auth/principal.ts';
import { heldAsSeen } from '../held-as-seen.ts';
import { conflict, notFound } from '../refusal.ts';
import { created, personOf, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { holdsText } from '../store/holds-text.ts';
import { attachTags, mayMoveTag } from '../store/tags.ts';
import { tagView } from '../views/agent.ts';
import { tellUpdated } from './agent-life.ts';
import { mayChange } from './agents.ts';

const search = z.object({ q: z.string().max(200).optional(), category: z.string().max(50).optional() });

export const tagRoutes: Route[] = [
  ...['', '/search', '/popular'].map((name) =>
    route(`GET /api/v1/tags${name}`, {
      summary: 'Lists tags',
      access: { user: 'viewer' },
      query: search,
      run: async ({ services, principal, query }) => {
        let rows = services.queries.selectFrom('tags').selectAll().where('organizationId', '=', principal.organizationId);
        if (query.category) rows = rows.where('category', '=', query.category);
        if (query.q) rows = rows.where(holdsText(query.q, ['key', 'value', 'description']));
        return (
          await rows
            .orderBy('createdAt', 'desc')
            .limit(name === '/popular' ? 20 : 1000)
            .execute()
        ).map(tagView);
      },
    }),
  ),
  route('POST /api/v1/tags', {
    summary: 'Makes a tag',
    access: { user: 'member' },
    body: newTag,
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async ({ queries, now, audit }) => {
        const row = {
          id: randomUUID(),
          organizationId: person.organizationId,
          ...call.body,
          createdBy: person.id,
          createdAt: now,
        };
        const { numInsertedOrUpdatedRows } = await queries
          .insertInto('tags')
          .values(row)
          .onConflict((existing) => existing.columns(['organizationId', 'key', 'value']).doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows === 0n) throw conflict('tagExists', 'a tag with this key and value already exists');
        audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'create',
          resourceType: 'tag',
          resourceId: row.id,
          metadata: { key: row.key, value: row.value },
        });
        return created(tagView(row));
      });
    },
  }),
  route('PUT /api/v1/tags/:id', {
    summary: 'Changes a tag',
    access: { user: 'member' },
    body: tagChange,
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async ({ queries, audit }) => {
        const before = await queries
          .selectFrom('tags')
          .selectAll()
          .where('id', '=', call.params['id'] ?? '')
          .where('organizationId', '=', person.organizationId)
          .executeTakeFirst();
        if (before === undefined) throw notFound();
        heldAsSeen(call, 'tag', tagView(before));
        const { key = before.key, value = before.value } = call.body;
        if (key !== before.key) await mayMoveTag(queries, person, person.organizationId, { from: before.key, to: key });
        const same = await queries
          .selectFrom('tags')
          .select('id')
          .where('organizationId', '=', person.organizationId)
          .where('key', '=', key)
          .where('value', '=', value)
          .where('id', '!=', before.id)
          .executeTakeFirst();
        if (same !== undefined) throw conflict('tagExists', 'a tag with this key and value already exists');
        const row = await queries
          .updateTable('tags')
          .set(Object.keys(call.body).length === 0 ? { key: before.key } : call.body)
          .where('id', '=', call.params['id'] ?? '')
          .where('organizationId', '=', person.organizationId)
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) throw notFound();
        audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'update',
          resourceType: 'tag',
          resourceId: row.id,
          metadata: { key: row.key, value: row.value },
        });
        return tagView(row);
      });
    },
  }),
  route('DELETE /api/v1/tags/:id', {
    summary: 'Deletes a tag everywhere',
    access: { user: 'manager' },
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async ({ queries, audit }) => {
        const row = await queries
          .deleteFrom('tags')
          .where('id', '=', call.params['id'] ?? '')
          .where('organizationId', '=', person.organizationId)
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) throw notFound();
        for (const table of ['agentTags', 'mcpServerTags'] as const)
          await queries.deleteFrom(table).where('tagId', '=', row.id).execute();
        audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'delete',
          resourceType: 'tag',
          resourceId: row.id,
          metadata: { key: row.key, value: row.value },
        });
        return { success: true, message: 'Tag deleted' };
      });
    },
  }),
  route('GET /api/v1/agents/:id/tags', {
    summary: 'The tags of an agent',
    access: readers,
    run: async ({ services, principal, params }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries
        .selectFrom('agentTags')
        .innerJoin('tags', 'tags.id', 'agentTags.tagId')
        .selectAll('tags')
        .where('agentTags.agentId', '=', agent.id)
        .execute();
      return rows.map(tagView);
    },
  }),
  route('GET /api/v1/agents/:id/tags/suggestions', {
    summary: 'Tags that agents of the same type carry',
    access: readers,
    run: async ({ services, principal, params }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries
        .selectFrom('tags')
        .selectAll('tags')
        .distinct()
        .innerJoin('agentTags', 'agentTags.tagId', 'tags.id')
        .innerJoin('agents', 'agents.id', 'agentTags.agentId')
        .where('agents.organizationId', '=', agent.organizationId)
        .where('agents.agentType', '=', agent.agentType)
        .where('agents.id', '!=', agent.id)
        .limit(10)
        .execute();
      return rows.map(tagView);
    },
  }),
  route('POST /api/v1/agents/:id/tags', {
    summary: 'Tags an agent, by ids or names of tags',
    access: { user: 'member', agent: 'self', key: 'self' },
    body: tagIds,
    run: async ({ services, principal, params, body, origin }) =>
      services.changes.run(async (change) => {
        const agent = await agentById(change.queries, principal.organizationId, params['id'] ?? '');
        mayChange(principal, agent);
        await attachTags(change, agent, body.tagIds, principal.kind === 'user' ? principal.id : agent.createdBy, principal);
        await tellUpdated(change, actorOf(principal, origin), agent, 'tag', { tagIds: body.tagIds });
        // With a body: published SDKs count nothing else as success.
        return { success: true, message: 'Tags added' };
      }),
  }),
  route('DELETE /api/v1/agents/:id/tags/:tagId', {
    summary: 'Takes a tag off an agent',
    access: { user: 'member' },
    run: async ({ services, principal, params, origin }) =>
      services.changes.run(async (change) => {
        const agent = await agentById(change.queries, principal.organizationId, params['id'] ?? '');
        const tag = await change.queries
          .selectFrom('tags')
          .select('key')
          .where('id', '=', params['tagId'] ?? '')
          .where('organizationId', '=', agent.organizationId)
          .executeTakeFirst();
        if (tag === undefined) throw notFound();
        await mayMoveTag(change.queries, principal, agent.organizationId, { from: tag.key });
        const { numDeletedRows } = await change.queries
          .deleteFrom('agentTags')
          .where('agentId', '=', agent.id)
          .where('tagId', '=', params['tagId'] ?? '')
          .executeTakeFirst();
        if (numDeletedRows === 0n) throw notFound();
        await tellUpdated(change, actorOf(principal, origin), agent, 'untag', { tagId: params['tagId'] });
        return { success: true, message: 'Tag removed' };
      }),
  }),
];
