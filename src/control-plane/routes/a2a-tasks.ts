// Tasks that agents give each other, and how they stand (wire-mcp-logs-a2a §6.1).

import { randomUUID } from 'node:crypto';
import { newTask, taskQuery, taskState } from '../../wire/requests/a2a.ts';
import { actingAgent } from '../a2a/acting.ts';
import { readers, speakers } from '../access.ts';
import { actorOf } from '../auth/principal.ts';
import type { Queries } from '../database/open.ts';
import type { A2ATaskTable } from '../database/tables/a2a.ts';
import { conflict, notFound, Refusal } from '../refusal.ts';
import { type Call, created, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { timeView } from '../views/time.ts';

const ENDED = new Set(['COMPLETED', 'FAILED', 'CANCELLED']);

export const a2aTaskRoutes: Route[] = [
  route('POST /api/v1/a2a/tasks', {
    summary: 'Records a task that one agent gives another; the same one again changes nothing',
    access: speakers,
    body: newTask,
    run: async (call) => {
      const { services, principal, body } = call;
      return services.changes.run(async ({ queries, now, audit }) => {
        const client = await actingAgent(queries, principal, body.clientAgentId);
        const remote = await agentById(queries, principal.organizationId, body.remoteAgentId);
        const known = await queries
          .selectFrom('a2aTasks')
          .selectAll()
          .where('clientAgentId', '=', client.id)
          .where('externalTaskId', '=', body.externalTaskId)
          .executeTakeFirst();
        if (known !== undefined) return taskView(known);
        const row: A2ATaskTable = {
          id: randomUUID(),
          organizationId: client.organizationId,
          externalTaskId: body.externalTaskId,
          clientAgentId: client.id,
          remoteAgentId: remote.id,
          skillId: body.skillId,
          contextId: body.contextId,
          state: 'SUBMITTED',
          errorCode: null,
          errorMessage: null,
          createdAt: now,
          updatedAt: now,
          completedAt: null,
        };
        await queries.insertInto('a2aTasks').values(row).execute();
        audit(actorOf(principal, call.origin), {
          organizationId: row.organizationId,
          action: 'create',
          resourceType: 'a2a-task',
          resourceId: row.id,
          agentId: client.id,
          agentName: client.name,
          metadata: { remoteAgentId: remote.id, skillId: row.skillId },
        });
        return created(taskView(row));
      });
    },
  }),
  route('PUT /api/v1/a2a/tasks/:id/state', {
    summary: 'Says how a task stands; what has ended stays ended',
    access: speakers,
    body: taskState,
    run: async (call) => {
      const { services, principal, body, params } = call;
      return services.changes.run(async ({ queries, now, audit }) => {
        const row = await taskById(queries, principal.organizationId, params['id'] ?? '');
        // Either side may say how it stands.
        await actingAgent(queries, principal, row.clientAgentId).catch((error: unknown) => {
          if (!(error instanceof Refusal) || error.status !== 403) throw error;
          return actingAgent(queries, principal, row.remoteAgentId);
        });
        if (ENDED.has(row.state) && row.state !== body.state)
          throw conflict('taskEnded', `The task is ${row.state}`, { current: taskView(row) });
        const set = { ...body, updatedAt: now, completedAt: ENDED.has(body.state) ? (row.completedAt ?? now) : null };
        await queries.updateTable('a2aTasks').set(set).where('id', '=', row.id).execute();
        audit(actorOf(principal, call.origin), {
          organizationId: row.organizationId,
          action: 'update',
          resourceType: 'a2a-task',
          resourceId: row.id,
          agentId: row.remoteAgentId,
          metadata: { state: body.state },
        });
        return taskView({ ...row, ...set });
      });
    },
  }),
  route('GET /api/v1/a2a/tasks', {
    summary: 'Tasks, newest first; of one agent with agentId',
    access: readers,
    query: taskQuery,
    run: (call) => tasksOf(call, call.query.agentId ?? (call.principal.kind === 'agent' ? call.principal.id : null)),
  }),
  route('GET /api/v1/a2a/tasks/:id', {
    summary: 'Tasks of an agent, as aim-sdk asks for them',
    access: readers,
    query: taskQuery,
    run: (call) => tasksOf(call, call.params['id'] ?? ''),
  }),
];

async function tasksOf(
  { services, principal, query }: Call<unknown, { limit: number; offset: number }>,
  agentId: string | null,
) {
  const { limit, offset } = query;
  let stored = services.queries.selectFrom('a2aTasks').where('organizationId', '=', principal.organizationId);
  if (agentId !== null) {
    const agent = await agentById(services.queries, principal.organizationId, agentId);
    stored = stored.where((eb) => eb.or([eb('clientAgentId', '=', agent.id), eb('remoteAgentId', '=', agent.id)]));
  }
  const rows = await stored.selectAll().orderBy('createdAt', 'desc').orderBy('id').limit(limit).offset(offset).execute();
  return { tasks: rows.map(taskView), total: rows.length, limit, offset };
}

/** By our id, or by the one that the agents gave it. @throws Refusal 404. */
async function taskById(queries: Queries, organizationId: string, id: string): Promise<A2ATaskTable> {
  const row = await queries
    .selectFrom('a2aTasks')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where((eb) => eb.or([eb('id', '=', id), eb('externalTaskId', '=', id)]))
    .orderBy((eb) => eb.case().when('id', '=', id).then(0).else(1).end())
    .executeTakeFirst();
  if (row === undefined) throw notFound();
  return row;
}

const taskView = ({ createdAt, updatedAt, completedAt, ...row }: A2ATaskTable) => ({
  ...row,
  createdAt: timeView(createdAt),
  updatedAt: timeView(updatedAt),
  completedAt: timeView(completedAt),
});
