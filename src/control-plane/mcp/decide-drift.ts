// A person decides on drift: seen, the new baseline, or refused. What was decided is about one exact content, which never changes.

import type { Locked } from '../../mcp/lockfile.ts';
import { actorOf, type UserPrincipal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { McpDriftTable, McpServerTable } from '../database/tables/mcp.ts';
import { conflict, notFound } from '../refusal.ts';
import type { Origin } from '../route.ts';
import { serverById, tellMcp } from '../store/mcp-servers.ts';
import { alertView } from '../views/alert.ts';
import { keepCapabilities } from './capabilities-of.ts';

export const driftDecisions = ['acknowledge', 'approve', 'deny'] as const;
export type DriftDecision = (typeof driftDecisions)[number];

const AFTER = { acknowledge: 'acknowledged', approve: 'approved', deny: 'denied' } as const;

/** Approving moves the baseline; denying suspends the server. Said twice, the same is the same. @throws Refusal 409 otherwise. */
export async function decideDrift(
  change: Change,
  person: UserPrincipal,
  origin: Origin,
  ids: { server: string; drift: string },
  decision: DriftDecision,
  reason: string | null,
): Promise<McpDriftTable> {
  const { queries, now } = change;
  const server = await serverById(queries, person.organizationId, ids.server);
  const drift = await queries
    .selectFrom('mcpDrifts')
    .selectAll()
    .where('id', '=', ids.drift)
    .where('mcpServerId', '=', server.id)
    .executeTakeFirst();
  if (drift === undefined) throw notFound('Drift not found');
  const status = AFTER[decision];
  if (drift.status === status) return drift;
  // Who was refused may be let in later; what became the baseline is taken back by approving something else.
  const isOpen =
    drift.status === 'open' || drift.status === 'acknowledged' || (drift.status === 'denied' && decision === 'approve');
  if (!isOpen) throw conflict('driftDecided', `This drift is ${drift.status} already`, { status: drift.status });
  const set = { status, decidedBy: person.email, decidedAt: now, reason };
  await queries.updateTable('mcpDrifts').set(set).where('id', '=', drift.id).execute();
  const after = { ...drift, ...set };
  if (decision === 'approve') await moveBaseline(change, server, drift);
  if (decision === 'deny')
    await queries.updateTable('mcpManifests').set({ status: 'denied' }).where('id', '=', drift.toManifestId).execute();
  await settleAlerts(
    change,
    server,
    drift.id,
    person,
    decision === 'acknowledge' ? null : `${status}${reason === null ? '' : `: ${reason}`}`,
  );
  const isSuspended = decision === 'deny' && server.status !== 'revoked' && server.status !== 'suspended';
  const then = isSuspended ? { ...server, status: 'suspended', updatedAt: now } : server;
  if (isSuspended)
    await queries.updateTable('mcpServers').set({ status: 'suspended', updatedAt: now }).where('id', '=', server.id).execute();
  await tellMcp(change, person, origin, then, `${decision}-drift`, {
    driftId: drift.id,
    prevHash: drift.prevHash,
    newHash: drift.newHash,
    reason,
    ...(isSuspended ? { from: server.status, to: 'suspended' } : {}),
  });
  return after;
}

async function moveBaseline(change: Change, server: McpServerTable, drift: McpDriftTable): Promise<void> {
  const { queries } = change;
  const { numUpdatedRows } = await queries
    .updateTable('mcpManifests')
    .set({ status: 'former' })
    .where('id', '=', drift.fromManifestId)
    .where('status', '=', 'baseline')
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw conflict('baselineMoved', 'The baseline moved since; look at the newer drift');
  await queries.updateTable('mcpManifests').set({ status: 'baseline' }).where('id', '=', drift.toManifestId).execute();
  // What else differed from the old baseline is compared with the new one when it is seen again.
  await queries
    .updateTable('mcpDrifts')
    .set({ status: 'superseded' })
    .where('fromManifestId', '=', drift.fromManifestId)
    .where('id', '!=', drift.id)
    .where('status', 'in', ['open', 'acknowledged'])
    .execute();
  const { content } = await queries
    .selectFrom('mcpManifests')
    .select('content')
    .where('id', '=', drift.toManifestId)
    .executeTakeFirstOrThrow();
  await keepCapabilities(change, server, JSON.parse(content) as Locked);
}

// An alert that was answered by a decision should not wait for another answer.
async function settleAlerts(
  change: Change,
  server: McpServerTable,
  driftId: string,
  person: UserPrincipal,
  resolution: string | null,
): Promise<void> {
  const { queries, now, publish } = change;
  const rows = await queries
    .selectFrom('alerts')
    .selectAll()
    .where('organizationId', '=', server.organizationId)
    .where('resourceId', '=', server.id)
    .where('alertType', '=', 'configuration_drift')
    .where('resolvedAt', 'is', null)
    .execute();
  for (const row of rows) {
    if ((JSON.parse(row.metadata) as { driftId?: string }).driftId !== driftId) continue;
    const set = {
      acknowledgedBy: row.acknowledgedBy ?? person.id,
      acknowledgedAt: row.acknowledgedAt ?? now,
      ...(resolution === null ? {} : { resolvedBy: person.id, resolvedAt: now, resolution }),
    };
    await queries.updateTable('alerts').set(set).where('id', '=', row.id).execute();
    change.audit(actorOf(person, { ip: '', userAgent: null }), {
      organizationId: row.organizationId,
      action: resolution === null ? 'acknowledge' : 'resolve',
      resourceType: 'alert',
      resourceId: row.id,
      metadata: { title: row.title, driftId },
    });
    publish({
      organizationId: row.organizationId,
      type: 'alert',
      change: 'updated',
      agentId: row.agentId,
      subject: alertView({ ...row, ...set }),
    });
  }
}
