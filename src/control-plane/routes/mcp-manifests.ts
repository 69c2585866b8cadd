// Manifests of MCP servers and their drift: recorded by people and agents, decided by people (wire-mcp-logs-a2a §2.6).

import { z } from 'zod';
import { locked } from '../../mcp/lockfile.ts';
import { wireObject } from '../../wire/casing.ts';
import { readers } from '../access.ts';
import { decideDrift, driftDecisions } from '../mcp/decide-drift.ts';
import { baselineOf, recordManifest } from '../mcp/manifests.ts';
import { forbidden, notFound } from '../refusal.ts';
import { Answer, type Call, personOf, type Route, route } from '../route.ts';
import { serverById } from '../store/mcp-servers.ts';
import { driftView, manifestView } from '../views/mcp-manifest.ts';

const LARGEST_MANIFEST = 16 * 1024 * 1024;
const DAY = 24 * 60 * 60 * 1000;

const decision = z.preprocess((body) => body ?? {}, wireObject({ reason: z.string().trim().max(4000).nullish() }));
const driftsOfDays = (usual: number) =>
  wireObject({
    status: z.enum(['open', 'acknowledged', 'approved', 'denied', 'superseded', 'all']).catch('all'),
    days: z.coerce.number().int().min(1).max(90).catch(usual),
    limit: z.coerce.number().int().min(1).max(500).catch(100),
    offset: z.coerce.number().int().min(0).catch(0),
  });
const driftQuery = driftsOfDays(90);

export const mcpManifestRoutes: Route[] = [
  route('POST /api/v1/mcp-servers/:id/manifests', {
    summary: 'Records what an MCP server offers now; what differs from its baseline is drift and raises an alert',
    access: { user: 'member', agent: 'any' },
    largestBody: LARGEST_MANIFEST,
    body: locked,
    run: async ({ services, principal, origin, params, body }) => {
      if (principal.kind === 'agent' && principal.agent.status !== 'verified')
        throw forbidden('agentNotVerified', 'Only a verified agent may record manifests');
      const { state, manifest, drift, server } = await recordManifest(services, principal, origin, params['id'] ?? '', body);
      return new Answer(state === 'same' ? 200 : 201, {
        state,
        manifest: manifestView(manifest, { isWhole: false }),
        drift: drift === null ? null : driftView({ ...drift, mcpServerName: server.name }, { isWhole: true }),
      });
    },
  }),
  route('GET /api/v1/mcp-servers/:id/manifests', {
    summary: 'Every content that an MCP server was seen with, newest first',
    access: readers,
    run: async ({ services, principal, params }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries
        .selectFrom('mcpManifests')
        .selectAll()
        .where('mcpServerId', '=', server.id)
        .orderBy('firstSeenAt', 'desc')
        .orderBy('id')
        .limit(100)
        .execute();
      return { manifests: rows.map((row) => manifestView(row, { isWhole: false })), total: rows.length };
    },
  }),
  route('GET /api/v1/mcp-servers/:id/manifests/:manifestId', {
    summary: 'One content of an MCP server, with every definition',
    access: readers,
    run: async ({ services, principal, params }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      const row = await services.queries
        .selectFrom('mcpManifests')
        .selectAll()
        .where('mcpServerId', '=', server.id)
        .where('id', '=', params['manifestId'] ?? '')
        .executeTakeFirst();
      if (row === undefined) throw notFound('Manifest not found');
      return manifestView(row, { isWhole: true });
    },
  }),
  route('GET /api/v1/mcp-servers/:id/manifest', {
    summary: 'The baseline of an MCP server, with every definition',
    access: readers,
    run: async ({ services, principal, params }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      const row = await baselineOf(services.queries, server.id);
      if (row === null) throw notFound('Nothing was recorded of this MCP server yet');
      return manifestView(row, { isWhole: true });
    },
  }),
  route('GET /api/v1/mcp-servers/:id/drift', {
    summary: 'How an MCP server drifted, newest first',
    access: readers,
    query: driftQuery,
    run: async (call) => {
      const server = await serverById(call.services.queries, call.principal.organizationId, call.params['id'] ?? '');
      return drifts(call, server.id);
    },
  }),
  route('GET /api/v1/mcp-servers/:id/drift/:driftId', {
    summary: 'One drift of an MCP server, change by change',
    access: readers,
    run: async ({ services, principal, params }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      const row = await services.queries
        .selectFrom('mcpDrifts')
        .selectAll()
        .where('mcpServerId', '=', server.id)
        .where('id', '=', params['driftId'] ?? '')
        .executeTakeFirst();
      if (row === undefined) throw notFound('Drift not found');
      return driftView({ ...row, mcpServerName: server.name }, { isWhole: true });
    },
  }),
  ...driftDecisions.map((verb) =>
    route(`POST /api/v1/mcp-servers/:id/drift/:driftId/${verb}`, {
      summary: {
        acknowledge: 'Somebody has seen the drift',
        approve: 'What drifted is the new baseline',
        deny: 'What drifted is refused, and the server suspended',
      }[verb],
      access: { user: verb === 'acknowledge' ? 'member' : 'manager' },
      body: decision,
      run: (call) => {
        const person = personOf(call);
        const ids = { server: call.params['id'] ?? '', drift: call.params['driftId'] ?? '' };
        return call.services.changes.run(async (change) => {
          const drift = await decideDrift(change, person, call.origin, ids, verb, call.body.reason || null);
          return { success: true, ...driftView(drift, { isWhole: false }) };
        });
      },
    }),
  ),
  route('GET /api/v1/supply-chain/drift', {
    summary: 'Drift of every MCP server, newest first',
    access: readers,
    query: driftQuery,
    run: (call) => drifts(call, null),
  }),
  route('GET /api/v1/supply-chain/drift-alerts', {
    summary: 'Drift of the last days, counted',
    access: { user: 'viewer' },
    query: driftsOfDays(7),
    run: async (call) => {
      const { drifts: alerts, total } = await drifts(call, null);
      const count = (severity: string): number => alerts.filter((each) => each.severity === severity).length;
      const unacknowledged = alerts.filter(({ acknowledged }) => !acknowledged).length;
      const severities = { critical: count('critical'), high: count('high'), medium: count('medium'), low: count('low') };
      return { stats: { total, unacknowledged, ...severities }, alerts };
    },
  }),
];

type DriftCall = Pick<Call<unknown, z.output<typeof driftQuery>>, 'services' | 'principal' | 'query' | 'now'>;

async function drifts({ services, principal, query, now }: DriftCall, mcpServerId: string | null) {
  let filtered = services.queries
    .selectFrom('mcpDrifts')
    .innerJoin('mcpServers', 'mcpServers.id', 'mcpDrifts.mcpServerId')
    .where('mcpDrifts.organizationId', '=', principal.organizationId)
    .where('mcpDrifts.lastSeenAt', '>', now - query.days * DAY);
  if (mcpServerId !== null) filtered = filtered.where('mcpDrifts.mcpServerId', '=', mcpServerId);
  if (query.status !== 'all') filtered = filtered.where('mcpDrifts.status', '=', query.status);
  const rows = await filtered
    .selectAll('mcpDrifts')
    .select('mcpServers.name as mcpServerName')
    .orderBy('mcpDrifts.detectedAt', 'desc')
    .orderBy('mcpDrifts.id')
    .limit(query.limit)
    .offset(query.offset)
    .execute();
  const { total } = await filtered.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { drifts: rows.map((row) => driftView(row, { isWhole: mcpServerId !== null })), total: Number(total) };
}
