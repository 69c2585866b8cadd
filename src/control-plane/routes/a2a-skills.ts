// Skills of agents: registered, and found by what somebody has in mind (wire-mcp-logs-a2a §6.1, §6.3).

import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { discovery, newSkill, pageQuery, skillSearch } from '../../wire/requests/a2a.ts';
import { actingAgent } from '../a2a/acting.ts';
import { capableAgents, relevance } from '../a2a/discovery.ts';
import { readers, speakers } from '../access.ts';
import { actorOf } from '../auth/principal.ts';
import type { A2ASkillTable } from '../database/tables/a2a.ts';
import { notFound } from '../refusal.ts';
import { type Call, created, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { timeView } from '../views/time.ts';

export const a2aSkillRoutes: Route[] = [
  route('POST /api/v1/a2a/skills', {
    summary: 'Registers a skill of an agent; one of the same name is replaced',
    access: speakers,
    body: newSkill,
    run: async (call) => {
      const { services, principal, body } = call;
      const agent = await actingAgent(services.queries, principal, body.agentId);
      return services.changes.run(async ({ queries, now, audit }) => {
        const content = {
          description: body.description,
          inputSchema: body.inputSchema ? JSON.stringify(body.inputSchema) : null,
          outputSchema: body.outputSchema ? JSON.stringify(body.outputSchema) : null,
          tags: JSON.stringify(body.tags ?? []),
          updatedAt: now,
        };
        const row = await queries
          .insertInto('a2aSkills')
          .values({
            id: randomUUID(),
            organizationId: agent.organizationId,
            agentId: agent.id,
            name: body.name,
            createdAt: now,
            ...content,
          })
          .onConflict((known) => known.columns(['agentId', 'name']).doUpdateSet(content))
          .returningAll()
          .executeTakeFirstOrThrow();
        audit(actorOf(principal, call.origin), {
          organizationId: agent.organizationId,
          action: 'register',
          resourceType: 'a2a-skill',
          resourceId: row.id,
          agentId: agent.id,
          agentName: agent.name,
          metadata: { name: row.name },
        });
        return created(skillView(row));
      });
    },
  }),
  route('GET /api/v1/a2a/skills', {
    summary: 'The skills of the agent that asks; a person sees those of all',
    access: readers,
    query: pageQuery,
    run: (call) => skillList(call, call.principal.kind === 'agent' ? call.principal.id : null),
  }),
  route('GET /api/v1/a2a/agents/:id/skills', {
    summary: 'The skills of an agent',
    access: readers,
    query: pageQuery,
    run: async (call) => {
      const { id } = await agentById(call.services.queries, call.principal.organizationId, call.params['id'] ?? '');
      return skillList(call, id);
    },
  }),
  route('GET /api/v1/a2a/skills/search', {
    summary: 'Skills whose words fit',
    access: readers,
    query: skillSearch,
    run: async ({ services, principal, query: { q, limit } }) => {
      const rows = await services.queries
        .selectFrom('a2aSkills')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .orderBy('createdAt')
        .limit(5000)
        .execute();
      const found = rows
        .map((row) => ({ row, fits: relevance(q, { ...row, tags: JSON.parse(row.tags) as string[] }) }))
        .filter(({ fits }) => fits > 0)
        .sort((left, right) => right.fits - left.fits);
      return {
        skills: found.slice(0, limit).map(({ row, fits }) => ({ ...skillView(row), relevance: fits })),
        total: found.length,
      };
    },
  }),
  route('DELETE /api/v1/a2a/skills/:id', {
    summary: 'Removes a skill',
    access: speakers,
    run: async (call) => {
      const { services, principal, params } = call;
      return services.changes.run(async ({ queries, audit }) => {
        const row = await queries
          .selectFrom('a2aSkills')
          .selectAll()
          .where('organizationId', '=', principal.organizationId)
          .where('id', '=', params['id'] ?? '')
          .executeTakeFirst();
        if (row === undefined) throw notFound();
        await actingAgent(queries, principal, row.agentId);
        await queries.deleteFrom('a2aSkills').where('id', '=', row.id).execute();
        audit(actorOf(principal, call.origin), {
          organizationId: row.organizationId,
          action: 'delete',
          resourceType: 'a2a-skill',
          resourceId: row.id,
          agentId: row.agentId,
          metadata: { name: row.name },
        });
        return { success: true, message: 'Skill removed' };
      });
    },
  }),
  ...(['GET /api/v1/a2a/route', 'POST /api/v1/a2a/discovery/route'] as const).map((at) =>
    route(at, {
      summary: 'The agent that fits an intent best',
      access: readers,
      ...given(at),
      run: async (call) => {
        const [agent, ...alternatives] = await capable(call, { ...asked(call), limit: 5 });
        return {
          agent: agent ?? null,
          alternatives,
          ...(agent === undefined && { message: 'No agent here fits this intent' }),
        };
      },
    }),
  ),
  ...(['GET /api/v1/a2a/capable-of', 'POST /api/v1/a2a/discovery/capable'] as const).map((at) =>
    route(at, {
      summary: 'Agents that can do it, best first',
      access: readers,
      ...given(at),
      run: async (call) => {
        const agents = await capable(call, asked(call));
        return { agents, total: agents.length };
      },
    }),
  ),
];

type Asked = z.output<typeof discovery>;

// A declaration, because the table above needs it.
function given(at: string) {
  return at.startsWith('GET') ? { query: discovery } : { body: discovery };
}
const asked = (call: { query: unknown; body: unknown }): Asked => (call.body ?? call.query) as Asked;

function capable(
  { services, principal }: Pick<Call<unknown, unknown>, 'services' | 'principal'>,
  { intent, skill, skillIds, minTrustScore, limit }: Asked,
) {
  const wanted = new Set([...(skillIds ?? []), ...(skill === undefined ? [] : [skill])]);
  return capableAgents(services.queries, principal.organizationId, {
    minTrustScore,
    limit,
    by: (each) => (wanted.has(each.id) || wanted.has(each.name) ? 1 : relevance(intent ?? skill ?? '', each)),
  });
}

async function skillList(
  { services, principal, query: { limit, offset } }: Call<unknown, z.output<typeof pageQuery>>,
  agentId: string | null,
) {
  let stored = services.queries.selectFrom('a2aSkills').where('organizationId', '=', principal.organizationId);
  if (agentId !== null) stored = stored.where('agentId', '=', agentId);
  const rows = await stored.selectAll().orderBy('createdAt').orderBy('id').limit(limit).offset(offset).execute();
  const { total } = await stored.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { skills: rows.map(skillView), total: Number(total) };
}

const skillView = ({ inputSchema, outputSchema, tags, createdAt, updatedAt, ...row }: A2ASkillTable) => ({
  ...row,
  inputSchema: inputSchema === null ? null : (JSON.parse(inputSchema) as object),
  outputSchema: outputSchema === null ? null : (JSON.parse(outputSchema) as object),
  tags: JSON.parse(tags) as string[],
  createdAt: timeView(createdAt),
  updatedAt: timeView(updatedAt),
});
