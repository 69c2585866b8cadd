// MCP servers: the registry, what agents report of them, and the challenge that an attestation answers (wire-mcp-logs-a2a §2).

import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { McpServerTable } from '../database/schema.ts';
import { attest } from '../mcp/attest.ts';
import { conflict, forbidden, notFound, Refusal } from '../refusal.ts';
import { type Call, created, type Origin, personOf, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { mcpViews } from '../views/mcp.ts';
import { timeView } from '../views/time.ts';
import { tellUpdated } from './agent-life.ts';
import { mayChange } from './agents.ts';

const name = z.string().trim().min(1).max(300);
const newServer = wireObject({
  name,
  description: z.string().max(4000).nullish(),
  url: z.string().max(2000).nullish(),
  version: z.string().max(100).nullish(),
  publicKey: z.string().max(200).nullish(),
  verificationUrl: z.string().max(2000).nullish(),
  capabilities: z
    .array(z.union([z.string().max(300), z.looseObject({ name: z.string().max(300) })]))
    .max(2000)
    .nullish(),
  tagIds: z.array(z.string()).nullish(),
  registeredByAgent: z.string().max(100).nullish(),
  verificationMethod: z.string().max(50).nullish(),
});
const serverUpdate = wireObject({
  name: name.nullish(),
  description: z.string().max(4000).nullish(),
  url: z.string().max(2000).nullish(),
  version: z.string().max(100).nullish(),
  publicKey: z.string().max(200).nullish(),
  verificationUrl: z.string().max(2000).nullish(),
  status: z.enum(['pending', 'verified', 'suspended', 'revoked']).nullish(),
});
/** `register_mcp()` of the SDKs: names or ids of servers that the agent talks to. */
const connected = wireObject({ mcpServerIds: z.array(name).min(1).max(200) });
const paging = z.object({
  limit: z.coerce.number().int().min(1).max(500).catch(100),
  offset: z.coerce.number().int().min(0).catch(0),
});
const detection = wireObject({
  mcpServer: z.string().max(300).catch(''),
  detectionMethod: z.string().max(50).catch('manual'),
  confidence: z.number().catch(-1),
  details: z.record(z.string(), z.unknown()).nullish().catch(null),
  sdkVersion: z.string().max(100).nullish().catch(null),
});
const report = wireObject({ detections: z.array(detection).min(1).max(1000) });
const attestation = z.object({ attestation: z.record(z.string(), z.unknown()), signature: z.string().max(200) });

const CHALLENGE_LIFETIME = 5 * 60 * 1000;
const readers = { user: 'viewer', agent: 'any', key: 'any' } as const;

export const mcpRoutes: Route[] = [
  route('GET /api/v1/mcp-servers', {
    summary: 'Lists MCP servers',
    access: readers,
    query: paging,
    run: async ({ services, principal, query }) => {
      const filtered = services.queries.selectFrom('mcpServers').where('organizationId', '=', principal.organizationId);
      const rows = await filtered
        .selectAll()
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .limit(query.limit)
        .offset(query.offset)
        .execute();
      const { total } = await filtered.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      return {
        mcpServers: await mcpViews(services.queries, rows),
        total: Number(total),
        limit: query.limit,
        offset: query.offset,
      };
    },
  }),
  route('GET /api/v1/mcp-servers/by-name', {
    summary: 'One MCP server by its name',
    access: readers,
    query: z.object({ name }),
    run: async ({ services, principal, query }) => {
      const row = await services.queries
        .selectFrom('mcpServers')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .where('name', '=', query.name)
        .limit(1)
        .executeTakeFirst();
      if (row === undefined) throw notFound();
      return (await mcpViews(services.queries, [row]))[0];
    },
  }),
  route('POST /api/v1/mcp-servers', {
    summary: 'Registers an MCP server',
    access: { user: 'member' },
    body: newServer,
    run: async (call) => created((await register(call, call.body, null)).view),
  }),
  route('GET /api/v1/mcp-servers/:id', {
    summary: 'One MCP server',
    access: readers,
    run: async ({ services, principal, params }) =>
      (await mcpViews(services.queries, [await serverById(services.queries, principal.organizationId, params['id'] ?? '')]))[0],
  }),
  route('PUT /api/v1/mcp-servers/:id', {
    summary: 'Changes an MCP server',
    access: { user: 'member' },
    body: serverUpdate,
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async (change) => {
        const row = await serverById(change.queries, person.organizationId, call.params['id'] ?? '');
        const set = Object.fromEntries(
          Object.entries(call.body).filter(
            ([key, value]) => typeof value === 'string' && value !== '' && key in row && key !== 'status',
          ),
        );
        await change.queries
          .updateTable('mcpServers')
          .set({ ...set, updatedAt: change.now })
          .where('id', '=', row.id)
          .execute();
        return tell(change, person, call.origin, await serverById(change.queries, person.organizationId, row.id), 'update', {
          changed: Object.keys(set),
        });
      });
    },
  }),
  route('DELETE /api/v1/mcp-servers/:id', {
    summary: 'Removes an MCP server from the registry',
    access: { user: 'manager' },
    run: async (call) => {
      const person = personOf(call);
      await call.services.changes.run(async (change) => {
        const row = await serverById(change.queries, person.organizationId, call.params['id'] ?? '');
        for (const table of ['mcpCapabilities', 'attestations', 'challenges'] as const)
          await change.queries.deleteFrom(table).where('mcpServerId', '=', row.id).execute();
        await change.queries.deleteFrom('mcpServers').where('id', '=', row.id).execute();
        await tell(change, person, call.origin, row, 'delete', { name: row.name, url: row.url });
      });
      return { success: true, message: 'MCP server deleted' };
    },
  }),
  ...(['verify', 'suspend', 'reactivate', 'revoke'] as const).map((verb) =>
    route(`POST /api/v1/mcp-servers/:id/${verb}`, {
      summary: `An operator ${verb === 'verify' ? 'vouches for' : `${verb}s`} an MCP server`,
      access: { user: 'manager' },
      run: async (call) => {
        const person = personOf(call);
        const status = { verify: 'verified', suspend: 'suspended', reactivate: 'verified', revoke: 'revoked' }[verb];
        return call.services.changes.run(async (change) => {
          const row = await serverById(change.queries, person.organizationId, call.params['id'] ?? '');
          if (row.status === 'revoked' && status !== 'revoked')
            throw conflict('mcpStatusTransitionRefused', 'A revoked MCP server stays revoked.');
          const set = {
            status,
            updatedAt: change.now,
            ...(status === 'verified' ? { lastVerifiedAt: change.now, verificationMethod: 'manual' } : {}),
          };
          await change.queries.updateTable('mcpServers').set(set).where('id', '=', row.id).execute();
          return tell(change, person, call.origin, { ...row, ...set }, verb, { from: row.status, to: status });
        });
      },
    }),
  ),
  route('GET /api/v1/mcp-servers/:id/capabilities', {
    summary: 'What an MCP server offers',
    access: readers,
    run: async ({ services, principal, params }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries
        .selectFrom('mcpCapabilities')
        .selectAll()
        .where('mcpServerId', '=', server.id)
        .where('isActive', '=', 1)
        .orderBy('type')
        .orderBy('name')
        .execute();
      const capabilities = rows.map((row) => ({
        id: row.id,
        mcpServerId: row.mcpServerId,
        name: row.name,
        type: row.type,
        description: row.description,
        schema: JSON.parse(row.schema) as unknown,
        detectedAt: timeView(row.detectedAt),
        lastVerifiedAt: timeView(row.lastVerifiedAt),
        isActive: true,
      }));
      return { capabilities, total: capabilities.length };
    },
  }),
  route('GET /api/v1/mcp-servers/:id/agents', {
    summary: 'Agents that talk to an MCP server',
    access: readers,
    run: async ({ services, principal, params }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries
        .selectFrom('agents')
        .select(['id', 'name', 'displayName', 'agentType', 'status', 'talksTo'])
        .where('organizationId', '=', principal.organizationId)
        .where('talksTo', '!=', '[]')
        .execute();
      const agents = rows
        .filter(({ talksTo }) => (JSON.parse(talksTo) as string[]).some((each) => each === server.id || each === server.name))
        .map(({ talksTo: _, ...agent }) => agent);
      return { agents, total: agents.length };
    },
  }),
  route('GET /api/v1/mcp-servers/:id/challenge', {
    summary: 'A challenge for an attestation: valid five minutes, for one agent, once',
    // Published SDKs ask without any credential. What is answered is worth something only to the holder of the agent's key.
    access: { anyone: true },
    query: wireObject({ agentId: z.string().max(100).optional() }),
    run: async ({ services, principal, params, query }) => {
      const agentId = principal?.kind === 'agent' ? principal.id : (query.agentId ?? '');
      return services.changes.run(async ({ queries, now }) => {
        const agent = await queries.selectFrom('agents').selectAll().where('id', '=', agentId).executeTakeFirst();
        if (agent === undefined) throw notFound('Agent not found');
        const server = await serverById(queries, agent.organizationId, params['id'] ?? '');
        if (agent.status !== 'verified') throw forbidden('agentNotVerified', 'Only a verified agent may attest');
        const challenge = randomBytes(32).toString('base64');
        const expiresAt = now + CHALLENGE_LIFETIME;
        await queries
          .insertInto('challenges')
          .values({
            challenge,
            organizationId: server.organizationId,
            agentId: agent.id,
            mcpServerId: server.id,
            expiresAt,
            usedAt: null,
          })
          .execute();
        return { challenge, expiresAt: timeView(expiresAt), mcpServerId: server.id };
      });
    },
  }),
  route('POST /api/v1/mcp-servers/:id/attest', {
    summary: 'An agent attests what it found of an MCP server, signed',
    // The attestation is signed by the agent that it names; SDKs send no other credential with it.
    access: { anyone: true },
    body: attestation,
    run: ({ services, params, body, text }) => attest(services, params['id'] ?? '', body.attestation, body.signature, text),
  }),
  route('GET /api/v1/mcp-servers/:id/attestations', {
    summary: 'Attestations of an MCP server',
    access: readers,
    run: async ({ services, principal, params, now }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries
        .selectFrom('attestations')
        .leftJoin('agents', 'agents.id', 'attestations.agentId')
        .selectAll('attestations')
        .select(['agents.name as agentName', 'agents.trustScore as agentTrustScore', 'agents.createdBy as agentOwnerId'])
        .where('attestations.mcpServerId', '=', server.id)
        .orderBy('verifiedAt', 'desc')
        .limit(500)
        .execute();
      const attestations = rows.map((row) => ({
        id: row.id,
        agentId: row.agentId,
        agentName: row.agentName,
        agentTrustScore: row.agentTrustScore,
        agentOwnerId: row.agentOwnerId,
        verifiedAt: timeView(row.verifiedAt),
        expiresAt: timeView(row.expiresAt),
        capabilitiesConfirmed: JSON.parse(row.capabilitiesFound) as string[],
        connectionLatencyMs: row.connectionLatencyMs,
        connectionSuccessful: row.connectionSuccessful === 1,
        healthCheckPassed: row.healthCheckPassed === 1,
        isValid: row.revokedAt === null && row.expiresAt > now,
        attestationType: row.type,
        attesterType: row.agentId === null ? 'user' : 'agent',
        signatureVerified: row.type === 'sdk',
      }));
      return {
        attestations,
        total: attestations.length,
        confidence_score: server.confidenceScore,
        confidenceScore: server.confidenceScore,
        last_attested_at: timeView(server.lastAttestedAt),
        lastAttestedAt: timeView(server.lastAttestedAt),
      };
    },
  }),
  route('POST /api/v1/sdk-api/agents/:id/mcp-servers', {
    summary: 'An agent registers an MCP server that it uses',
    access: { agent: 'self', key: 'self', user: 'member' },
    body: z.union([connected, newServer]),
    run: async (call) => {
      const { body, params } = call;
      if ('mcpServerIds' in body) return connect(call, params['id'] ?? '', body.mcpServerIds);
      return created((await register(call, body, params['id'] ?? '')).view);
    },
  }),
  route('GET /api/v1/sdk-api/agents/:id/mcp-servers', {
    summary: 'MCP servers that an agent talks to',
    access: { agent: 'self', key: 'self', user: 'viewer' },
    run: (call) => serversOf(call),
  }),
  route('GET /api/v1/agents/:id/mcp-servers', {
    summary: 'MCP servers that an agent talks to',
    access: readers,
    run: (call) => serversOf(call),
  }),
  route('GET /api/v1/sdk-api/agents/:id/mcp-servers/by-name', {
    summary: 'What is known of an MCP server by its name',
    access: { agent: 'self', key: 'self', user: 'viewer' },
    query: z.object({ name }),
    run: async ({ services, principal, query }) => {
      const row = await services.queries
        .selectFrom('mcpServers')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .where('name', '=', query.name)
        .limit(1)
        .executeTakeFirst();
      if (row === undefined) throw notFound('MCP server not found');
      const [view] = await mcpViews(services.queries, [row]);
      return { ...view, hasCachedCapabilities: (view?.capabilities.length ?? 0) > 0 };
    },
  }),
  ...['/api/v1/sdk-api/agents/:id/detection/report', '/api/v1/detection/agents/:id/report'].map((path) =>
    route(`POST ${path}`, {
      summary: 'An agent reports MCP servers that it was seen with',
      access: { agent: 'self', key: 'self', user: 'member' },
      body: report,
      run: async ({ services, principal, params, body }) =>
        services.changes.run(async ({ queries, now }) => {
          const agent = await agentById(queries, principal.organizationId, params['id'] ?? '');
          mayChange(principal, agent);
          const valid = body.detections.filter(
            (each) => each.mcpServer !== '' && each.confidence >= 0 && each.confidence <= 100,
          );
          const known = new Set(JSON.parse(agent.talksTo) as string[]);
          const names = [...new Set(valid.map(({ mcpServer }) => mcpServer))];
          const newMCPs = names.filter((each) => !known.has(each));
          for (const each of valid) {
            const row = {
              confidence: each.confidence,
              details: JSON.stringify(each.details ?? {}),
              sdkVersion: each.sdkVersion ?? null,
              lastSeenAt: now,
            };
            await queries
              .insertInto('detections')
              .values({
                organizationId: agent.organizationId,
                agentId: agent.id,
                mcpServer: each.mcpServer,
                method: each.detectionMethod,
                firstDetectedAt: now,
                ...row,
              })
              .onConflict((existing) => existing.columns(['agentId', 'mcpServer', 'method']).doUpdateSet(row))
              .execute();
          }
          await queries
            .updateTable('agents')
            .set({ talksTo: JSON.stringify([...known, ...newMCPs]), lastActiveAt: now })
            .where('id', '=', agent.id)
            .execute();
          return {
            success: true,
            detectionsProcessed: valid.length,
            newMCPs,
            existingMCPs: names.filter((each) => known.has(each)),
            message: `Processed ${valid.length} detections`,
          };
        }),
    }),
  ),
  route('GET /api/v1/detection/agents/:id/status', {
    summary: 'MCP servers that an agent was seen with',
    access: { user: 'viewer', agent: 'self', key: 'self' },
    run: async ({ services, principal, params }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries.selectFrom('detections').selectAll().where('agentId', '=', agent.id).execute();
      const detectedMCPs = [...Map.groupBy(rows, ({ mcpServer }) => mcpServer)].map(([server, found]) => ({
        name: server,
        confidenceScore: Math.min(
          99,
          found.reduce((sum, each) => sum + each.confidence, 0) / found.length +
            (found.length >= 3 ? 30 : found.length === 2 ? 10 : 0),
        ),
        detectedBy: found.map(({ method }) => method),
        firstDetected: timeView(Math.min(...found.map(({ firstDetectedAt }) => firstDetectedAt))),
        lastSeen: timeView(Math.max(...found.map(({ lastSeenAt }) => lastSeenAt))),
      }));
      const seen = new Set(detectedMCPs.map((each) => each.name));
      for (const each of JSON.parse(agent.talksTo) as string[])
        if (!seen.has(each))
          detectedMCPs.push({ name: each, confidenceScore: 100, detectedBy: ['manual'], firstDetected: null, lastSeen: null });
      return {
        agentId: agent.id,
        sdkInstalled: rows.length > 0,
        sdkVersion: rows.find(({ sdkVersion }) => sdkVersion !== null)?.sdkVersion ?? null,
        autoDetectEnabled: true,
        detectedMCPs,
        lastReportedAt: timeView(rows.length === 0 ? null : Math.max(...rows.map(({ lastSeenAt }) => lastSeenAt))),
      };
    },
  }),
  ...['mcp-connections', 'mcp-usage-report'].map((what) =>
    route(`POST /api/v1/sdk-api/agents/:id/${what}`, {
      summary: 'An agent reports its use of MCP servers',
      access: { agent: 'self', key: 'self' },
      body: z.looseObject({}),
      run: async ({ services, principal, params, body }) => {
        const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
        mayChange(principal, agent);
        await services.queries
          .updateTable('agents')
          .set({ lastActiveAt: services.clock() })
          .where('id', '=', agent.id)
          .execute();
        const servers =
          typeof body['mcpServers'] === 'object' && body['mcpServers'] !== null ? Object.values(body['mcpServers']) : [];
        const invocations = servers
          .flatMap((server) => Object.values((server as { toolUsage?: Record<string, { count?: number }> }).toolUsage ?? {}))
          .reduce((sum, tool) => sum + (Number(tool.count) || 0), 0);
        return {
          success: true,
          agentId: agent.id,
          connection_id: randomUUID(),
          mcp_server_id: body['mcpServerId'] ?? body['mcp_server_id'] ?? null,
          connection_type: 'attested',
          serversReported: servers.length,
          totalInvocations: invocations,
          message: 'Recorded',
        };
      },
    }),
  ),
];

type Queries = Call<unknown, unknown>['services']['queries'] | Change['queries'];

export async function serverById(queries: Queries, organizationId: string, id: string): Promise<McpServerTable> {
  const row = await queries
    .selectFrom('mcpServers')
    .selectAll()
    .where('id', '=', id)
    .where('organizationId', '=', organizationId)
    .executeTakeFirst();
  if (row === undefined) throw notFound('MCP server not found');
  return row;
}

async function serversOf({ services, principal, params }: Call<unknown, unknown>) {
  const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
  const talksTo = JSON.parse(agent.talksTo) as string[];
  const rows =
    talksTo.length === 0
      ? []
      : await services.queries
          .selectFrom('mcpServers')
          .selectAll()
          .where('organizationId', '=', principal.organizationId)
          .where((eb) => eb.or([eb('id', 'in', talksTo), eb('name', 'in', talksTo)]))
          .execute();
  const views = (await mcpViews(services.queries, rows)).map((view) => ({
    ...view,
    source: view.attestationCount > 0 ? 'attestation' : 'talks_to',
  }));
  return { mcpServers: views, total: views.length };
}

async function connect({ services, principal, origin }: Call<unknown, unknown>, agentId: string, servers: readonly string[]) {
  return services.changes.run(async (change) => {
    const agent = await agentById(change.queries, principal.organizationId, agentId);
    mayChange(principal, agent);
    const known = new Set(JSON.parse(agent.talksTo) as string[]);
    const added = servers.filter((server) => !known.has(server));
    const talksTo = JSON.stringify([...known, ...added]);
    await change.queries.updateTable('agents').set({ talksTo, lastActiveAt: change.now }).where('id', '=', agent.id).execute();
    if (added.length > 0)
      await tellUpdated(change, actorOf(principal, origin), { ...agent, talksTo }, 'connect-mcp', { added });
    return created({
      success: true,
      message: `${added.length} added`,
      added: added.length,
      agent_id: agent.id,
      agentId: agent.id,
      mcp_server_ids: servers,
      mcpServerIds: servers,
    });
  });
}

/** @throws Refusal 409 with `existingId` where the organisation has the address already; the agent is connected to it then. */
async function register(
  { services, principal, origin }: Call<unknown, unknown>,
  body: z.output<typeof newServer>,
  agentId: string | null,
) {
  const url = body.url || `mcp://${encodeURIComponent(body.name)}`;
  const outcome = await services.changes.run(async (change) => {
    const { queries, now } = change;
    const agent = agentId === null ? null : await agentById(queries, principal.organizationId, agentId);
    if (agent !== null) mayChange(principal, agent);
    const existing = await queries
      .selectFrom('mcpServers')
      .select('id')
      .where('organizationId', '=', principal.organizationId)
      .where('url', '=', url)
      .executeTakeFirst();
    if (agent !== null) {
      const talksTo = new Set(JSON.parse(agent.talksTo) as string[]).add(body.name);
      await queries
        .updateTable('agents')
        .set({ talksTo: JSON.stringify([...talksTo]) })
        .where('id', '=', agent.id)
        .execute();
    }
    if (existing !== undefined) return { existingId: existing.id, view: null };
    const row: McpServerTable = {
      id: randomUUID(),
      organizationId: principal.organizationId,
      name: body.name,
      description: body.description ?? '',
      url,
      version: body.version ?? '',
      publicKey: body.publicKey || null,
      verificationUrl: body.verificationUrl || null,
      status: 'pending',
      verificationMethod: agent === null ? 'manual' : 'agent_attestation',
      trustScore: 0,
      confidenceScore: 0,
      attestationCount: 0,
      lastAttestedAt: null,
      lastVerifiedAt: null,
      registeredByAgent: agent?.id ?? null,
      createdBy: principal.kind === 'user' ? principal.id : (agent?.createdBy ?? null),
      createdAt: now,
      updatedAt: now,
    };
    await queries.insertInto('mcpServers').values(row).execute();
    const capabilities = new Set((body.capabilities ?? []).map((each) => (typeof each === 'string' ? each : each.name)));
    for (const capability of capabilities) {
      await queries
        .insertInto('mcpCapabilities')
        .values({
          id: randomUUID(),
          organizationId: row.organizationId,
          mcpServerId: row.id,
          name: capability,
          type: 'tool',
          description: '',
          schema: '{}',
          detectedAt: now,
          lastVerifiedAt: null,
          isActive: 1,
        })
        .execute();
    }
    return { existingId: null, view: await tell(change, principal, origin, row, 'create', { name: row.name, url }) };
  });
  if (outcome.existingId !== null)
    throw new Refusal(409, 'mcpServerExists', 'mcp server with this URL already exists', { existingId: outcome.existingId });
  return { view: outcome.view };
}

async function tell(
  change: Change,
  principal: Principal,
  origin: Origin,
  row: McpServerTable,
  action: string,
  metadata: Record<string, unknown>,
) {
  const [view] = await mcpViews(change.queries, [row]);
  change.audit(actorOf(principal, origin), {
    organizationId: row.organizationId,
    action,
    resourceType: 'mcp_server',
    resourceId: row.id,
    metadata,
  });
  const what = action === 'create' ? 'created' : action === 'delete' ? 'deleted' : action === 'revoke' ? 'revoked' : 'updated';
  change.publish({
    organizationId: row.organizationId,
    type: 'mcp',
    change: what,
    agentId: row.registeredByAgent,
    subject: view,
  });
  return view;
}
